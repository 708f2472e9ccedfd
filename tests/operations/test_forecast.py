"""Forecasts from facts: what rows say, by goal, and what is missing said."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.operations.forecast import ForecastRequest, forecast, kind_of, returns
from truelift.store import control_records


@pytest.fixture(scope="module")
def foreseen(season):
    """Give the season's rows: (campaign, creator) -> row."""
    rows = forecast(season.ground, ForecastRequest())
    return {(row.campaign, row.creator): row for row in rows}


def test_orders_go_on_and_their_extra_part_is_worth_money(foreseen):
    row = foreseen["spring", "bo"]
    found = row.outlook
    assert (row.metric, found.so_far) == ("orders", 12)
    assert 12 < found.tracked.p10 < found.tracked.p50 < found.tracked.p90
    assert found.incremental.p50 < found.tracked.p50
    assert found.roi.p10 < found.roi.p50 < found.roi.p90
    assert 0 < found.chance < 1
    assert row.inputs["usual_days_left"] == pytest.approx(13.5, rel=0.01)
    assert row.lift.low < row.lift.high


def test_the_campaign_is_the_sum_and_says_how_many_are_measured(foreseen):
    whole = foreseen["spring", None].outlook
    parts = [row.outlook for (name, who), row in foreseen.items() if name == "spring" and who]
    assert whole.so_far == sum(each.so_far for each in parts)
    assert (whole.measured, whole.creators) == (3, 4)


def test_who_has_no_history_has_counts_and_no_return(foreseen):
    found = foreseen["spring", "dee"].outlook
    assert found.tracked.p50 >= 2
    assert found.incremental.reason is Reason.NO_ORDER_BASELINE
    assert found.roi.reason is Reason.NO_ORDER_BASELINE


def test_leads_take_the_tested_factor_and_their_approved_value(foreseen):
    row = foreseen["signup", "ana"]
    share = row.outlook.incremental.p50 / row.outlook.tracked.p50
    assert share == pytest.approx(0.4, abs=0.05)
    assert row.value_basis.startswith("won contribution of leads and approved values of those not")
    assert row.other_basis is None
    assert row.outlook.value.p50 > row.outlook.incremental.p50 * 800


def test_awareness_is_worth_the_approved_value_of_its_outputs(foreseen):
    row = foreseen["glow", "ana"]
    assert row.metric == "engagement"
    assert row.value_basis.startswith("approved values of outputs, schedule ")
    assert row.outlook.tracked.p50 >= row.outlook.so_far == pytest.approx(1648)
    assert row.outlook.value.p50 == pytest.approx(row.outlook.incremental.p50 * 5, rel=0.1)


def test_another_metric_than_the_goals_has_units_and_no_money(season):
    rows = forecast(season.ground, ForecastRequest(campaign="spring", metric="engagement"))
    assert rows[0].outlook.roi.reason is Reason.NO_VALUES
    assert rows[0].outlook.tracked.p50 >= rows[0].outlook.so_far


def test_the_same_facts_give_the_same_figures(season, foreseen):
    again = forecast(season.ground, ForecastRequest(campaign="spring"))
    assert [row.outlook for row in again] == [
        row.outlook for (name, _), row in foreseen.items() if name == "spring"
    ]


def test_reallocation_gets_a_log_return_per_creator_or_the_reason(season):
    found = returns(season.ground, "spring")
    mean, variance = found["bo"]
    assert variance > 0
    assert -5 < mean < 3
    assert found["dee"].reason is Reason.NO_ORDER_BASELINE
    assert found["cy"].reason is Reason.NO_COST


def test_what_cannot_be_asked_is_refused(season):
    with pytest.raises(NotFound):
        forecast(season.ground, ForecastRequest(campaign="autumn"))
    with pytest.raises(UsageError):
        forecast(season.ground, ForecastRequest(campaign="spring", metric="hearts"))


EMPTY = """
campaigns
campaign | goal      | starts | ends  | currency
spring   | sales     | 05-01  | 05-31 | USD
glow     | awareness | 05-01  | 05-31 | USD
"""
SIGNED = """
agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 300.00 | USD      | 04-01
g         | glow     | ana     | 300.00 | USD      | 04-01
"""


def test_without_creators_or_history_there_is_a_reason_and_a_backtest_gives_the_scale(told):
    told.given(EMPTY)
    for row in forecast(told.ground, ForecastRequest()):
        assert isinstance(row.outlook, Withheld)
        assert row.outlook.reason is Reason.NOT_PLANNED
    assert returns(told.ground, "spring") == {}
    told.given(SIGNED)
    rows = {row.campaign: row for row in forecast(told.ground, ForecastRequest())}
    assert rows["spring"].outlook.reason is Reason.NO_HISTORY
    assert rows["glow"].outlook.reason is Reason.NOT_PLANNED
    assert scale_after(told, {"scale": 1.7, "in_force": False}, 2) == (1.2, "default,")
    assert scale_after(told, {"scale": 1.7, "in_force": True}, 3) == (1.7, "backtest")
    assert kind_of("views") == "posts"


def scale_after(told, record, day):
    at = dt.datetime(2026, 12, day)
    with told.ground.workspace.transaction() as connection:
        control_records.keep(
            connection, "acme", control_records.FORECAST_SCALE, "counts", record, at=at, by="ana"
        )
    row, *_ = forecast(told.ground, ForecastRequest(campaign="spring"))
    return row.scale, row.scale_from.split()[0]
