"""Returns that alerts look at: forecast while flights run, as measured once they are over."""

import datetime as dt

import pytest

from truelift.decisions.value_basis import Counted
from truelift.operations.costs import Costs
from truelift.operations.forecast import ForecastRequest, forecast
from truelift.operations.knowledge import knowledge
from truelift.operations.watched import Watching


@pytest.fixture(scope="module")
def watching(season):
    known = knowledge(season.ground)
    return Watching(known, known.as_of)


def test_a_running_flight_is_looked_at_as_the_forecast_has_it(season, watching):
    found = {(each.campaign, each.creator): each for each in watching.expected()}
    rows = {(row.campaign, row.creator): row for row in forecast(season.ground, ForecastRequest())}
    told = {pair for pair, row in rows.items() if pair[1] and hasattr(row.outlook.roi, "p50")}
    assert set(found) == {pair for pair in told if pair[0] != "glow"}
    for pair, each in found.items():
        outlook = rows[pair].outlook
        assert (each.low, each.high) == (outlook.roi.p10, outlook.roi.p90)
        assert (each.chance, each.basis) == (outlook.chance, rows[pair].value_basis)
    assert found["signup", "ana"].basis.startswith(Counted.OPEN_LEADS.value)
    assert watching.returns() == []


def test_an_ended_flight_is_looked_at_as_the_report_has_it(season):
    known = knowledge(season.ground)
    later = Watching(known, dt.datetime(2026, 6, 10))
    rows = {row["creator"]: row for row in season.roi(campaign="spring")}
    found = {each.creator: each.roi for each in later.returns()}
    assert set(found) == {"ana", "bo"}
    for creator, each in found.items():
        steps = {step["step"]: step["amount"] for step in rows[creator]["ladder"]}
        assert each.point > -1
        assert round((each.point + 1) * bound(known, creator)) == steps["incremental"]
    assert {(each.campaign) for each in later.expected()} == {"signup"}


def bound(known, creator):
    return Costs(known).by(("campaign", "creator"))["spring", creator].bound
