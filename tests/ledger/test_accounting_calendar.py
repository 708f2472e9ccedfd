"""Every day has one period, and every period the days its calendar gives it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.time import Period
from truelift.ledger.accounting_calendar import AccountingCalendar

TEXTS = ("months", "4-4-5", "4-5-4:02-01:sunday", "5-4-4:07-01:saturday")


@given(st.dates(dt.date(1971, 1, 1), dt.date(2199, 1, 1)), st.sampled_from(TEXTS))
def test_a_day_lies_in_its_period_and_the_next_period_begins_the_day_after(day, text):
    calendar = AccountingCalendar.parse(text)
    period = calendar.period_of(day)
    first, last = calendar.first_day(period), calendar.last_day(period)
    assert first <= day <= last
    assert calendar.period_of(first) == calendar.period_of(last) == period
    assert calendar.period_of(last + dt.timedelta(days=1)) == period.next()


def test_months_are_months():
    may = Period(2026, 5)
    calendar = AccountingCalendar.parse("months")
    assert calendar.period_of(dt.date(2026, 5, 31)) == may
    assert (calendar.first_day(may), calendar.last_day(may)) == (may.first_day, may.last_day)


def test_a_year_of_weeks_begins_on_the_monday_nearest_to_new_year():
    calendar = AccountingCalendar.parse("4-4-5")
    days = [calendar.first_day(Period(2026, month)).isoformat() for month in range(1, 5)]
    assert days == ["2025-12-29", "2026-01-26", "2026-02-23", "2026-03-30"]


def test_the_53rd_week_belongs_to_the_last_period():
    calendar = AccountingCalendar.parse("4-4-5")  # ISO 2026 has 53 weeks
    last = Period(2026, 12)
    assert (calendar.last_day(last) - calendar.first_day(last)).days + 1 == 6 * 7


def test_retails_year_begins_on_the_sunday_nearest_to_february():
    calendar = AccountingCalendar.parse("4-5-4:02-01:sunday")
    assert calendar.first_day(Period(2026, 1)) == dt.date(2026, 2, 1)
    assert calendar.first_day(Period(2025, 1)) == dt.date(2025, 2, 2)
    assert calendar.period_of(dt.date(2026, 1, 31)) == Period(2025, 12)


def test_a_span_is_cut_at_the_ends_of_its_periods():
    calendar = AccountingCalendar.parse("months")
    ends = calendar.period_ends(dt.date(2026, 5, 20), dt.date(2026, 6, 3))
    assert [(str(period), day.isoformat()) for period, day in ends] == [
        ("2026-05", "2026-05-31"),
        ("2026-06", "2026-06-03"),
    ]


@pytest.mark.parametrize("text", ["weeks", "4-4-4", "4-4-5:13-01", "4-4-5:02-01:funday", ""])
def test_what_is_no_calendar_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        AccountingCalendar.parse(text)
