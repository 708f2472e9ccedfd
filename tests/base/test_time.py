"""Time: four kinds of spans that never mix, and wall clocks that become UTC."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.time import (
    Flight,
    Lookback,
    Period,
    Window,
    brand_day,
    local_to_utc,
    utc_to_local,
)

DAY = dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 1, 12)

# Zones with daylight saving, without it, with odd offsets, and one that skipped a whole day.
zones = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ]
)
moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2036, 1, 1))
days = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))


def instants(*values):
    return np.array(values, "datetime64[us]")


def test_a_flight_holds_its_first_and_last_day():
    flight = Flight(DAY, DAY + dt.timedelta(days=2))
    held = [DAY + dt.timedelta(days=shift) in flight for shift in (-1, 0, 2, 3)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(("span", "at"), [(Flight, DAY), (Window, NOON)])
def test_a_span_that_ends_before_it_starts_is_refused(span, at):
    with pytest.raises(ValueError, match="before it starts"):
        span(at, at - dt.timedelta(days=1))
    span(at, at)


def test_a_window_counts_fractions_of_days():
    assert Window(NOON, NOON + dt.timedelta(hours=36)).days == 1.5


@pytest.mark.parametrize(
    ("touch_days_before", "covered"), [(0, True), (30, True), (30.001, False), (-0.001, False)]
)
def test_a_lookback_reaches_back_and_never_forward(touch_days_before, covered):
    assert Lookback(30).covers(NOON - dt.timedelta(days=touch_days_before), NOON) is covered


@given(days)
def test_a_day_lies_in_its_period_and_periods_follow_without_gaps(day):
    period = Period.of(day)
    assert period.first_day <= day <= period.last_day
    assert period.next().first_day == period.last_day + dt.timedelta(days=1)
    assert Period.parse(str(period)) == period
    assert period < period.next()


@pytest.mark.parametrize("text", ["2026", "2026-13", "26-01", "2026-05-01", "May", ""])
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(ValueError, match=r"not a month|unconverted"):
        Period.parse(text)


def test_a_brand_s_day_is_the_day_on_its_own_wall():
    at = dt.datetime(2026, 3, 1, 2)
    assert brand_day(at, "America/New_York") == dt.date(2026, 2, 28)
    assert brand_day(at, "Asia/Kathmandu") == dt.date(2026, 3, 1)


@given(st.lists(moments, max_size=20), zones)
def test_utc_goes_to_the_wall_and_back_but_for_hours_that_come_twice(values, zone):
    utc = instants(*values)
    wall = utc_to_local(utc, zone)
    back, exists = local_to_utc(wall, zone)
    assert exists.all()
    assert np.array_equal(utc_to_local(back, zone), wall)
    assert (back <= utc).all()


@given(moments, zones)
def test_a_column_of_times_agrees_with_one_time_at_a_time(moment, zone):
    (wall,) = utc_to_local(instants(moment), zone).tolist()
    aware = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
    assert wall == aware.replace(tzinfo=None)
    assert brand_day(moment, zone) == wall.date()


@pytest.mark.parametrize(
    ("wall", "exists"),
    [
        ("2026-03-08T01:59:59.999999", True),
        ("2026-03-08T02:00", False),
        ("2026-03-08T02:59:59.999999", False),
        ("2026-03-08T03:00", True),
    ],
)
def test_the_hour_that_daylight_saving_skips_does_not_exist(wall, exists):
    assert local_to_utc(instants(wall), "America/New_York")[1].tolist() == [exists]


def test_an_hour_that_came_twice_is_read_as_its_first_pass():
    utc, exists = local_to_utc(instants("2026-11-01T01:30"), "America/New_York")
    assert utc.tolist() == [dt.datetime(2026, 11, 1, 5, 30)]
    assert exists.all()


def test_missing_times_stay_missing():
    utc, exists = local_to_utc(instants("NaT", "2026-03-01"), "Europe/Berlin")
    assert np.isnat(utc).tolist() == [True, False]
    assert exists.tolist() == [True, True]
    assert np.isnat(utc_to_local(instants("NaT"), "Europe/Berlin")).all()


def test_a_column_without_rows_has_none_afterwards():
    utc, exists = local_to_utc(instants(), "Europe/Berlin")
    assert len(utc) == len(exists) == len(utc_to_local(instants(), "Europe/Berlin")) == 0
