"""Conversions and value per creator: nothing is lost, and nobody's stand in a row of their own."""

from __future__ import annotations

import pytest

from truelift.attribution.models import Model
from truelift.operations.attribute import attribute


def test_a_report_names_its_rule_its_times_and_what_can_be_seen_at_all(season):
    told = attribute(season.ground, Model.CODE_FIRST)
    assert told["attribution_rule"].startswith("A creator's own code wins")
    assert (told["model"], told["lookback_days"]) == ("code-first", 30)
    assert told["as_of"] == season.ws.roi().data["as_of"]
    # 99 orders and 18 leads, of which one order was touched by nobody.
    assert told["observable_path_share"] == round(116 / 117, 6)
    assert told["conflicts"] == 1  # Ana's code on a visit that began with Bo's link


def test_rows_stand_by_creator_with_nobody_last(season):
    rows = attribute(season.ground, Model.LAST)["rows"]
    names = [(row["creator"], row["campaign"]) for row in rows]
    assert names[-1] == (None, None)
    assert names[:-1] == sorted(names[:-1], key=lambda key: [(part is None, part) for part in key])


def test_only_markov_gives_removal_effects(season):
    markov = attribute(season.ground, Model.MARKOV)["rows"]
    assert any(row["removal_effect"] for row in markov)
    others = attribute(season.ground, Model.SHAPLEY)["rows"]
    assert {row["removal_effect"] for row in others} == {None}


def test_net_value_is_that_of_the_report(season):
    value = {
        (row["campaign"], row["creator"]): row["value"]
        for row in attribute(season.ground, Model.CODE_FIRST)["rows"]
    }
    for row in season.roi():
        if row["creator"]:
            key = row["campaign"], row["creator"]
            assert value.get(key, 0) == row["ladder"][2]["amount"]


@pytest.mark.parametrize("model", [Model.CODE_FIRST, Model.MARKOV])
def test_without_conversions_there_are_no_rows_and_no_share(told, model):
    report = attribute(told.ground, model)
    assert (report["rows"], report["observable_path_share"]) == ([], None)
