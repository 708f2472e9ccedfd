"""Figures that look ahead are explained like all others."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.operations.explain import explain
from truelift.operations.explain_ahead import looks_ahead


def test_a_forecast_figure_has_its_formula_and_inputs(season):
    row = next(row for row in season.once("forecast").rows if row["creator"] == "bo")
    found = explain(season.ground, row["figure_ids"]["roi"])
    assert found["value"] == row["roi_at_completion"]
    assert found["formula"] == "(value - cost) / cost, draw by draw"
    assert found["inputs"]["inputs"]["usual_days_left"] > 0


def test_the_pace_of_a_budget_or_target_is_explained(read_only):
    told = read_only("""
campaigns
campaign | goal  | starts | ends  | currency | budget
spring   | sales | 05-01  | 05-30 | USD      | 500.00
""")
    row = told.ws.pacing().rows[1]
    found = explain(told.ground, row["figure_id"])
    assert found["formula"].startswith("(budget - accrued) /")
    assert found["inputs"]["budget"] == 50_000


def test_an_id_that_is_not_whole_or_of_no_row_is_refused(season):
    with pytest.raises(UsageError, match="not a whole figure id"):
        explain(season.ground, "pace;campaign=spring")
    row = season.once("forecast").rows[0]
    other = row["figure_ids"]["roi"].replace("campaign=glow", "campaign=glow;creator=nobody")
    with pytest.raises(NotFound, match="has no row"):
        explain(season.ground, other)
    assert looks_ahead("forecast_roi")
    assert not looks_ahead("roi")
