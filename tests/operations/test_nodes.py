import datetime as dt
import json

import pytest

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.operations import nodes
from truelift.operations.doctor import doctor
from truelift.operations.nodes import NodeState
from truelift.store.hit_lake import HitLake

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


def test_word_that_is_half_written_is_none(told):
    (told.ground.folder / nodes.FILE).write_text("{")
    assert nodes.states(told.ground.folder) == []
    assert nodes.partial(told.ground.folder) == []


def test_a_lost_node_is_given_up_by_name(told):
    folder = told.ground.folder
    with pytest.raises(UsageError, match="names no lake"):
        nodes.forget(told.ground, "eu-1")
    lake = HitLake(str(folder / "lake"))
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
