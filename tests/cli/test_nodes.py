"""`collect` runs in tests/worker/test_node_kills.py."""

import json

from truelift.operations import nodes
from truelift.operations.nodes import NodeState

LOST = NodeState(
    "us-1", "http://two:1", "2026-11-30 11:00:00", "2026-11-30 11:00:00", "It does not answer."
)


def test_figures_are_labelled_while_a_node_is_missing(command, shop):
    words = ("list", "orders", "-w", shop, "--format", "json")
    _, whole, err = command(*words)
    assert ("partial" in whole, "partial" in err) == (False, False)
    nodes.keep_states(shop, [LOST], "")
    _, out, err = command(*words)
    assert err.startswith("Figures are partial: node us-1 (http://two:1) is missing since ")
    told = json.loads(out)
    assert told.pop("partial") == [LOST.sentence]
    assert told == json.loads(whole)
    _, out, _ = command("node", "list", "-w", shop, "--format", "csv")
    assert out.splitlines()[1].startswith("us-1,http://two:1,2026-11-30 11:00:00,")
    code, _, err = command("doctor", "-w", shop)
    assert code == 3
    assert "node us-1" in err


def test_what_cannot_be_a_node_is_refused_in_a_sentence(command, shop, tmp_path):
    code, _, err = command("collect", tmp_path / "eu-1", "-w", shop)
    assert (code, "names no lake" in err) == (2, True)
    lake = json.dumps(str(tmp_path / "lake"))
    (shop / "workspace.toml").write_text(f"lake = {lake}\n", encoding="utf-8")
    code, _, err = command("collect", shop, "-w", shop)
    assert (code, "takes a folder of its own" in err) == (2, True)
    code, _, err = command("collect", tmp_path / "worker-1", "-w", shop)
    assert (code, "cannot be called 'worker-1'" in err) == (2, True)
    code, _, err = command("node", "forget", "eu-1", "-w", shop)
    assert code == 1 or "No node is called eu-1" in err
