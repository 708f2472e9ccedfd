"""The shop by day: outcome, control series, and the calendar's events."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.base.errors import UsageError
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels
from truelift.operations.shop import Shop

ORDERS = """
events
event | starts | ends   | kind
sale  | @04-02 | @04-03 | promotion
flood | @04-05 |        | outage

orders
order_id | ordered_at | currency | subtotal | discount | ship_region | utm_source | new_customer
1        | @04-01     | USD      | 10.00    | 1.00     | CA          |            | yes
2        | @04-01     | USD      | 10.00    |          | NY          | google     | no
3        | @04-02     | USD      | 10.00    |          | NY          |            |
4        | @04-04     | KES      | 10.00    |          | NY          |            | yes
5        | @04-04     | USD      | 10.00    |          | CA          | google     |
6        | @04-06     | USD      | 20.00    |          | NY          |            |

rates
date  | base | quote | rate
04-01 | KES  | USD   | 1.50

sessions
date  | source | medium | campaign | sessions
04-01 | mail   | email  | news     | 7
04-04 | mail   | email  | news     | 9
"""
FIRST, LAST = dt.date(2026, 4, 1), dt.date(2026, 4, 6)


@pytest.fixture
def shop(told):
    told.given(ORDERS)
    known = knowledge(told.ground, as_of=dt.datetime(2026, 4, 7, 3, 59, 59, 999999))
    return Shop(known, Panels(known))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("orders", [2, np.nan, np.nan, 2, np.nan, 1]),
        ("new_customers", [1, np.nan, np.nan, 1, np.nan, 0]),
        ("revenue", [1900, np.nan, np.nan, 2500, np.nan, 2000]),
    ],
)
def test_an_outcome_by_day_without_the_days_of_events(shop, outcome, expected):
    series = shop.series(outcome, [], FIRST, LAST)
    np.testing.assert_allclose(series.outcome, expected)
    assert series.weekday.tolist() == [2, 3, 4, 5, 6, 0]
    assert series.controls.shape == (6, 0)


def test_orders_that_are_a_control_are_no_part_of_the_outcome(shop):
    words = ["region:CA", "utm_source:google", "sessions:news", "brand:acme"]
    series = shop.series("orders", words, FIRST, LAST)
    np.testing.assert_allclose(series.outcome[[0, 3, 5]], [0, 1, 1])
    assert series.controls.T.tolist() == [
        [1, 0, 0, 1, 0, 0], [1, 0, 0, 1, 0, 0], [7, 0, 0, 9, 0, 0], [2, 1, 0, 2, 0, 1],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("moon:full", "is not known"), ("region", "is not known"), ("region:TX", "has no counts")],
)
def test_a_control_that_nobody_counts_is_refused(shop, word, sentence):
    with pytest.raises(UsageError, match=sentence):
        shop.series("orders", [word], FIRST, LAST)


def test_revenue_without_a_rate_is_refused(told):
    told.given(ORDERS.replace("04-01 | KES  | USD   | 1.50", "04-01 | UGX  | USD   | 1.50"))
    known = knowledge(told.ground)
    with pytest.raises(UsageError, match="No rate from KES to USD"):
        Shop(known, Panels(known)).series("revenue", [], FIRST, LAST)


def test_only_whole_days_count(shop):
    assert (shop.first_day, shop.last_day) == (FIRST, LAST)
    shop.known.as_of = dt.datetime(2026, 4, 6, 12)
    del shop.__dict__["last_day"]
    assert shop.last_day == LAST - dt.timedelta(days=1)


def test_a_shop_without_orders_has_no_days(told):
    known = knowledge(told.ground)
    empty = Shop(known, Panels(known))
    assert (empty.first_day, empty.last_day) == (None, None)


def test_events_are_named_with_their_days(shop):
    assert [(day.day, name) for day, name in shop.events(FIRST, LAST)] == [
        (2, "sale"), (3, "sale"), (5, "flood"),
    ]  # fmt: skip
