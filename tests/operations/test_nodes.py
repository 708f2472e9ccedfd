import datetime as dt
import json
from dataclasses import asdict, replace

import pytest

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.operations import nodes
from truelift.operations.doctor import doctor
from truelift.operations.nodes import NodeState
from truelift.store.hit_lake import HitLake, Node

HERE = NodeState("eu-1", "http://one:1", "2026-11-30 12:00:00", None, "")
LOST = NodeState(
    "us-1", "http://two:1", "2026-11-30 11:00:00", "2026-11-30 11:00:00", "It does not answer."
)


def test_figures_say_what_they_lack_while_a_node_is_missing(told):
    folder = told.ground.folder
    assert nodes.partial(folder) == []
    assert "nodes" not in {each.name for each in doctor(told.ground)}
    nodes.keep_states(folder, [HERE], "")
    assert nodes.partial(folder) == []
    assert {each.name: each.holds for each in doctor(told.ground)}["nodes"]
    nodes.keep_states(folder, [HERE, LOST], "")
    (sentence,) = nodes.partial(folder)
    assert sentence.startswith("Figures are partial: node us-1 (http://two:1) is missing since ")
    assert "2026-11-30 11:00:00 UTC" in sentence
    check = next(each for each in doctor(told.ground) if each.name == "nodes")
    assert (check.holds, check.sentence) == (False, sentence)
    assert nodes.listed(told.ground) == [HERE, LOST]


def test_a_lake_that_is_away_is_told_where_figures_are(told):
    nodes.keep_states(told.ground.folder, [], "The lake does not answer.")
    assert nodes.partial(told.ground.folder) == [
        "Nodes cannot be looked for: The lake does not answer."
    ]


SOME = (
    '{"nodes": [{"node": "a", "address": "", "heard_at": null, "missing_since": null, "fault": "",'
    ' "behind_bytes": 0}], "lake_fault": ""}'
)


@pytest.mark.parametrize(
    "text",
    [
        "{", "", "[]", "{}", '{"nodes": "x", "lake_fault": ""}', '{"nodes": [], "lake_fault": 0}',
        '{"nodes": [{"node": "a"}], "lake_fault": ""}', "\\ud800", "[" * 100_000,
        SOME.replace("null", "1", 1), SOME.replace("0}", '"0"}'),
        '{"nodes": [], "lake_fault": "", "told_at": "yesterday"}',
        '{"nodes": [], "lake_fault": "", "told_at": "2026-11-30 12:00:00+00:00"}',
    ],
)  # fmt: skip
def test_word_that_is_damaged_is_told_and_is_not_taken_for_none(told, text):
    folder = told.ground.folder
    (folder / nodes.FILE).write_text(text)
    assert nodes.states(folder) == []
    (sentence,) = nodes.partial(folder)
    assert sentence.startswith(f"Figures may be partial: {folder / nodes.FILE} is damaged (")
    check = next(each for each in doctor(told.ground) if each.name == "nodes")
    assert not check.holds


def test_word_of_another_version_is_read_as_far_as_it_is_known(told):
    folder = told.ground.folder
    nodes.keep_states(folder, [LOST], "")
    told_of = json.loads((folder / nodes.FILE).read_text())
    told_of["nodes"][0]["load"] = 3
    (folder / nodes.FILE).write_text(json.dumps(told_of | {"form": 2}))
    assert nodes.states(folder) == [LOST]
    older = {"nodes": [asdict(LOST)], "lake_fault": ""}
    (folder / nodes.FILE).write_text(json.dumps(older))
    assert nodes.partial(folder) == [LOST.sentence]


def test_word_that_nobody_renewed_says_so(told, monkeypatch):
    folder, at = told.ground.folder, dt.datetime(2026, 11, 30, 12)
    known = [Node("eu-1", 1, "a", "http://one:1", gone=False, told_at=at)]
    monkeypatch.setattr(nodes, "_now", lambda: at)
    nodes.keep_states(folder, [HERE], "", known, "/lake")
    assert nodes.word(folder).known == (known[0],)
    assert nodes.partial(folder) == []
    monkeypatch.setattr(nodes, "_now", lambda: at + nodes.STALE)
    assert nodes.partial(folder)[0].startswith(
        "Figures are partial: nobody has asked eu-1 since 2026-11-30 12:00:00 UTC"
    )
    monkeypatch.setattr(nodes, "_now", lambda: at)
    nodes.keep_states(folder, [], "", [replace(known[0], gone=True)])
    monkeypatch.setattr(nodes, "_now", lambda: at + nodes.STALE)
    assert nodes.partial(folder) == []


def test_a_lost_node_is_given_up_by_name(told):
    folder = told.ground.folder
    with pytest.raises(UsageError, match="names no lake"):
        nodes.forget(told.ground, "eu-1")
    lake = HitLake(str(folder / "lake"), told.ground.workspace_id)
    (folder / "workspace.toml").write_text(f"lake = {json.dumps(lake.uri)}\n")
    lake.make()
    lake.tell("eu-1", "a", "http://one:1", dt.datetime(2026, 11, 30))
    with pytest.raises(UsageError, match="No node is called us-1"):
        nodes.forget(told.ground, "us-1")
    nodes.forget(told.ground, "eu-1")
    assert [each.gone for each in lake.nodes()] == [True]


def test_the_token_is_the_one_that_was_set_or_one_of_the_folder(tmp_path):
    assert nodes.token(tmp_path, Secret("given")).reveal() == "given"
    first = nodes.token(tmp_path, None).reveal()
    assert nodes.token(tmp_path, None).reveal() == first
    assert len(first) > 40
    assert (tmp_path / "private" / nodes.TOKEN).stat().st_mode & 0o077 == 0
