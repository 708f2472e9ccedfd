"""Both date bases by month reach one total."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from truelift.reports.both_dates import months_by_both_dates


def day(text, net):
    ladder = [{"step": "matched", "amount": 9}, {"step": "net", "amount": net}]
    return {"day": text, "ladder": ladder}


def test_a_refund_of_another_month_is_the_difference():
    event = [day("2026-05-03", 100), day("2026-06-02", -40), day(None, 7)]
    order = [day("2026-05-03", 60)]
    assert months_by_both_dates(event, order) == [
        {"month": "2026-05", "event_date": 100, "order_date": 60, "difference": 40},
        {"month": "2026-06", "event_date": -40, "order_date": 0, "difference": -40},
        {"month": "total", "event_date": 60, "order_date": 60, "difference": 0},
    ]
    assert months_by_both_dates([], []) == []


MONEY = st.lists(
    st.tuples(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.integers(-999, 999))
)


@given(MONEY, MONEY)
def test_every_month_adds_up_to_the_total(event, order):
    rows = months_by_both_dates(
        [day(str(each), net) for each, net in event], [day(each, net) for each, net in order]
    )
    *months, total = rows or [dict.fromkeys(("event_date", "order_date", "difference"), 0)]
    for name in ("event_date", "order_date", "difference"):
        assert sum(each[name] for each in months) == total[name]
    assert total["event_date"] == sum(net for _, net in event)
