"""What programs read keeps to the contract: every report's JSON, for every way to ask for it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from truelift.base.estimate import Reason
from truelift.measurement.checks.catalogue import CHECKS

HERE = Path(__file__).parent
SCHEMAS = {
    path.name.partition(".")[0]: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(HERE.glob("*.schema.json"))
}
MODELS = ("code-first", "last", "first", "linear", "time-decay", "position", "markov", "shapley")
GROUPINGS = ("campaign", "creator", "post", "platform", "day")
ASKED = [
    *({"by": by} for by in GROUPINGS),
    *({"model": model} for model in MODELS[1:]),
    {"by": "creator", "basis": "order"},
    {"by": "campaign", "basis": "order", "cost": "paid"},
    {"by": "creator", "cost": "committed"},
    {"by": "campaign", "metric": "views"},
    {"by": "creator", "metric": "engagement", "as_of": "2026-05-10"},
    {"by": "creator", "known_at": "2026-04-30T18:00"},
    {"by": "campaign", "as_of": "2026-01-01"},
]


def faults(name, data):
    """Give what in a report is not as its schema says; it is read back from its text first."""
    told = json.loads(json.dumps(data, allow_nan=False, default=str))
    checker = jsonschema.Draft202012Validator(SCHEMAS[name])
    found = sorted(checker.iter_errors(told), key=str)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_a_schema_and_names_every_reason(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    text = json.dumps(SCHEMAS[name])
    if "NO_CASH_OUTCOME" in text:
        assert all(f'"{reason.value}"' in text for reason in Reason)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: ",".join(asked.values()))
def test_roi_keeps_to_its_schema(season, asked):
    result = season.ws.roi(**asked)
    assert faults("roi", result.data) == []
    assert len(result.table.rows) == len(result.rows)
    told = {row["lift"]["metric"] for row in result.rows}
    assert told <= {asked.get("metric")} or "metric" not in asked


def test_the_season_shows_every_shape_that_a_row_can_take(season):
    rows = season.ws.roi(by="creator").rows + season.ws.roi(by="campaign").rows
    lifts = [row["lift"] for row in rows]
    assert {lift.get("evidence") for lift in lifts} == {"baseline", "experiment", None}
    assert {lift.get("late") for lift in lifts} == {True, False, None}
    assert {lift.get("grade") for lift in lifts} == {"A", "C", None}
    assert {row["goal"] for row in rows} == {"sales", "leads", "awareness", None}
    assert any("point" in row["valued_roi"] for row in rows)
    assert any("withheld" in row["incremental_roi"] for row in rows)
    assert any(row["campaign"] is None and row["cost"]["accrued"] for row in rows)
    assert any(row["ladder"][0]["amount"] for row in rows)


def test_each_grouping_adds_the_columns_that_tell_its_rows_apart(season):
    extra = {"post": ("platform", "post_id"), "platform": ("platform",), "day": ("day",)}
    for by in GROUPINGS:
        for row in season.once("roi", by=by).rows:
            told = [name for name in ("platform", "post_id", "day") if name in row]
            assert told == list(extra.get(by, ()))


@pytest.mark.parametrize("model", MODELS)
def test_attribution_keeps_to_its_schema_and_accounts_for_every_conversion(season, model):
    data = season.ws.attribute(model).data
    assert faults("attribute", data) == []
    assert sum(row["orders"] for row in data["rows"]) == pytest.approx(99)
    assert sum(row["leads"] for row in data["rows"]) == pytest.approx(18)
    # Whole cents: every model shares out the same net value, the unattributed included.
    values = [row["value"] for row in season.once("attribute", model="code-first").rows]
    assert sum(row["value"] for row in data["rows"]) == sum(values)


def test_a_bridge_keeps_to_its_schema_and_its_residual_is_nothing(season):
    for asked in ({}, {"campaign": "spring"}, {"period": "2026-05"}, {"period": "2031-01"}):
        assert faults("bridge", season.once("bridge", **asked).data) == []


def test_doubt_keeps_to_its_schema_and_names_every_check(season):
    whole = season.once("doubt", campaign="spring")
    assert faults("doubt", whole.data) == []
    assert {row["check"] for row in whole.rows} == set(CHECKS)
    assert faults("doubt", season.ws.doubt("glow", "ana", "views").data) == []
    rows = [row["properties"]["check"]["enum"] for row in (_doubt_row("doubt"),)]
    assert rows == [list(CHECKS)]


def _doubt_row(name):
    return SCHEMAS[name]["properties"]["rows"]["items"]


@pytest.mark.soak
def test_every_figure_that_roi_prints_can_be_explained(season):
    for row in season.once("roi", by="creator").rows:
        figures = row["figure_ids"]
        name = sorted(figures)[len(row["creator"] or "") % len(figures)]
        told = season.ws.explain(figures[name])
        assert faults("explain", told) == []
        value = row["ladder"][4] if name == "incremental" else row[name]
        if name == "lift":  # whether it is flagged is of the list, not of the figure
            value = {key: each for key, each in value.items() if key != "flagged"}
        assert told["value"] == value
