import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from truelift.base.time import local_to_utc, utc_to_local
from truelift.facts import moments
from truelift.facts.acceptance import AcceptanceContext

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",  # changed its clock at midnight
        "America/Havana",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Australia/Lord_Howe",  # changes by half an hour
        "Pacific/Apia",  # left out a whole day
    ]
)
TIMES = st.datetimes(dt.datetime(1974, 1, 1), dt.datetime(2037, 12, 31))


def read(texts, zone="UTC", *, closes=False):
    return moments.read_instants(pa.array(texts, pa.string()), zone, closes=closes)


@given(st.lists(TIMES, min_size=1), ZONES)
def test_any_moment_written_in_any_zone_is_read_back(instants, zone):
    local = [each.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)) for each in instants]
    with_offset = [each.isoformat() for each in local]
    assert read(with_offset, zone).values.to_pylist() == instants
    for each, instant in zip(local, instants, strict=True):
        assume(not each.fold)
        reading = read([each.replace(tzinfo=None).isoformat(" ")], zone)
        assert reading == (pa.array([instant], pa.timestamp("us")), [])


@given(st.lists(TIMES, min_size=1), ZONES)
def test_days_of_a_zone_are_those_of_its_calendar(instants, zone):
    days = moments.days_of(pa.array([*instants, None], pa.timestamp("us")), zone)
    aware = [each.replace(tzinfo=dt.UTC) for each in instants]
    assert days.to_pylist() == [*(each.astimezone(ZoneInfo(zone)).date() for each in aware), None]


@given(st.lists(st.none() | TIMES), ZONES)
def test_converting_by_day_is_converting_each_moment(instants, zone):
    wanted = np.array(instants, "datetime64[us]")
    for convert in (
        lambda local: local_to_utc(local, zone),
        lambda utc: (utc_to_local(utc, zone), np.ones(len(utc), bool)),
    ):
        for by_day, each in zip(moments._by_day(wanted, convert), convert(wanted), strict=True):
            np.testing.assert_array_equal(by_day, each)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T10:30:00Z",
        "2026-05-01 10:30:00Z",
        "2026-05-01T10:30Z",
        "2026-05-01T10:30:00.000000Z",
        "2026-05-01T12:30",
        "2026-05-01 12:30:00",
        "2026-05-01T12:30:00.0",
        "2026-05-01T12:30:00+02:00",
        "2026-05-01T12:30:00+0200",
        "2026-05-01T12:30+02",
        "2026-05-01T05:30:00-05:00",
        "2026-05-01 12:30:00 +0200",
        "2026-05-01t10:30:00z",
        "2026-05-01 10:30:00 UTC",
        "2026-05-01T12:30:00.000000999",
    ],
)
def test_one_moment_may_be_written_in_many_ways(value_of, text):
    assert value_of("orders", "ordered_at", text) == dt.datetime(2026, 5, 1, 10, 30)


def test_fractions_of_a_second_are_kept_to_the_microsecond(value_of):
    moment = value_of("orders", "ordered_at", "2026-05-01T10:30:00.123456789Z")
    assert moment == dt.datetime(2026, 5, 1, 10, 30, 0, 123456)


def test_a_day_is_its_midnight_in_the_brands_zone(value_of):
    assert value_of("orders", "ordered_at", "2026-05-01") == dt.datetime(2026, 4, 30, 22)


def test_a_day_that_closes_something_is_the_midnight_after_it(value_of):
    assert value_of("codes", "valid_to", "2026-05-31") == dt.datetime(2026, 5, 31, 22)
    assert value_of("codes", "valid_to", "2026-05-31T00:00") == dt.datetime(2026, 5, 30, 22)


def test_a_midnight_that_daylight_saving_skips_is_the_first_moment_of_its_day(value_of):
    brazil = AcceptanceContext("America/Sao_Paulo", "BRL", b"")
    first = value_of("orders", "ordered_at", "2018-11-04", context=brazil)
    assert first == dt.datetime(2018, 11, 4, 3)


def test_a_time_that_came_twice_is_its_first_pass(value_of):
    moment = value_of("orders", "ordered_at", "2026-10-25 02:30")
    assert moment == dt.datetime(2026, 10, 25, 0, 30)


def test_a_time_in_the_skipped_hour_never_was(fault_of):
    assert fault_of("orders", "ordered_at", "2026-03-29 02:30") == (
        "NO_SUCH_TIME",
        "ordered_at",
        (
            "'2026-03-29 02:30' is in the hour that daylight saving skips in Europe/Berlin; "
            "write the time with its offset, such as 2026-05-31T18:30+02:00."
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-31",
        "2026-02-31T12:00",
        "2026-02-31T12:00Z",
        "2026-13-01",
        "2026-05-01T24:00",
        "2026-05-01T12:60",
        "2026-05-01T12:00+25:00",
        "2026-05-01 12",
        "2026-5-1",
        "20260501",
        "05/01/2026",
        "1 May 2026",
        "1777777777",
        "2026-05-01T12:00:00.",
        "yesterday",
    ],
)
def test_a_time_that_does_not_exist_says_how_to_write_one(fault_of, text):
    assert fault_of("orders", "ordered_at", text) == (
        "NOT_A_DATE",
        "ordered_at",
        f"'{text}' is not a date or time that exists; write it as 2026-05-31 or 2026-05-31T18:30.",
    )


@pytest.mark.parametrize("text", ["1969-12-31", "2201-01-01", "0001-01-01T00:00Z"])
def test_a_year_far_away_is_a_mistake(fault_of, text):
    assert fault_of("orders", "ordered_at", text) == (
        "NOT_A_DATE",
        "ordered_at",
        f"'{text}' lies outside the years 1970 to 2200; check the year.",
    )


def test_the_first_and_last_year_are_still_read(accepting):
    rows = [
        {"order_id": text, "ordered_at": text} for text in ("1970-01-01", "2200-12-31T23:59:59")
    ]
    assert accepting("orders", *rows).faults == []


def test_one_bad_time_among_many_costs_only_its_own_row():
    texts = [f"2026-05-01T12:{place % 60:02d}" for place in range(10_000)]
    texts[7_000] = "2026-02-30T12:00"
    reading = read(texts)
    assert [miss.row for miss in reading.misses] == [7_000]
    assert reading.values.null_count == 1
    assert reading.values[9_999].as_py() == dt.datetime(2026, 5, 1, 12, 39)


def test_bad_times_with_offsets_are_found_among_good_ones():
    reading = read(["2026-05-01T12:00+02:00", "2026-02-30T12:00Z", None, "2026-05-01"])
    assert [miss.row for miss in reading.misses] == [1]
    assert reading.values.to_pylist()[0] == dt.datetime(2026, 5, 1, 10)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-01", dt.date(2026, 5, 1)),
        ("2026-05-01T23:30", dt.date(2026, 5, 1)),
        ("2026-05-01T23:30Z", dt.date(2026, 5, 2)),  # Berlin is past midnight
        ("2026-03-29T02:30", dt.date(2026, 3, 29)),  # the hour is cut anyway
    ],
)
def test_a_day_is_cut_from_a_time_in_the_brands_zone(value_of, text, day):
    assert value_of("campaigns", "ends", text, starts="2026-01-01") == day


def test_a_day_that_does_not_exist_is_refused(fault_of):
    assert fault_of("campaigns", "starts", "2026-02-31")[:2] == ("NOT_A_DATE", "starts")


@pytest.mark.parametrize(
    ("kind", "cells", "day"),
    [
        ("orders", {"ordered_at": "2026-05-01T23:30Z"}, dt.date(2026, 5, 2)),
        ("sessions", {"date": "2026-05-01"}, dt.date(2026, 5, 1)),
        ("mentions", {}, None),
        ("codes", {"valid_from": "2026-05-01"}, None),
    ],
)
def test_the_day_of_a_row_is_when_it_happened_in_the_brands_zone(accepting, kind, cells, day):
    assert accepting(kind, cells).rows["day"].to_pylist() == [day]
