"""Past campaigns are forecast again, and what was found is kept."""

from __future__ import annotations

import datetime as dt
import runpy
from pathlib import Path

import pytest

from truelift.operations.backtest import NO_PAST, forecast_backtest
from truelift.store import control_records

CONFTEST = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
FACTS = (
    """
campaigns
campaign | goal  | starts | ends  | currency
april    | sales | 04-06  | 04-19 | USD
later    | sales | 12-01  | 12-31 | USD

codes
code   | creator | campaign | kind
ANA    | ana     |          | evergreen
BO     | bo      |          | evergreen
ANA-26 | ana     | april    | creator
BO-26  | bo      | april    | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | april    | ana     | 100.00 | USD      | 04-01
b         | april    | bo      | 100.00 | USD      | 04-01
"""
    + CONFTEST["spread"]("orders", "ANA BO", "02-02", 30, 2)
    + CONFTEST["spread"]("orders", "ANA-26 BO-26", "04-06", 14)
    + CONFTEST["spread"]("orders", "ANA", "04-25", 1)
)


@pytest.mark.soak
def test_each_stage_of_a_campaign_that_is_over_is_forecast_again_and_kept(told):
    told.given(FACTS)
    told.sealed(dt.datetime(2026, 12, 2), late=True)
    said = []
    rows = forecast_backtest(told.ground, progress=said.append)
    assert said == [
        "april as of 2026-04-09", "april as of 2026-04-13", "april as of 2026-04-16",
    ]  # fmt: skip
    assert {row["kind"] for row in rows} == {"counts"}
    whole = rows[-1]
    assert (whole["stage"], whole["fitted"] + whole["forecasts"]) == (None, 6)
    assert not whole["in_force"]
    with told.ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, "acme", control_records.FORECAST_SCALE)
    assert kept["counts"].record["campaigns"] == ["april"]
    assert kept["counts"].sha256 == whole["sha256"]
    assert forecast_backtest(told.ground)[-1] == whole  # kept once


def test_without_a_campaign_that_is_over_nothing_is_kept(told):
    (row,) = forecast_backtest(told.ground)
    assert row["why"] == NO_PAST
