"""Codes that orders carry and nobody owned at that time are counted, and mapped late."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import FieldOff

STORY = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code | creator | campaign | valid_from | kind
ANA  | ana     | spring   | @05-10     |
SITE |         |          |            | sitewide

aliases
kind | alias | creator
code | anna  | ana

orders
order_id | ordered_at | currency | subtotal | discount | code | codes   | cancelled_at
1        | @05-05     | USD      | 10.00    | 1.00     | ANA  |         |
2        | @05-12     | USD      | 10.00    |          | ANA  |         |
3        | @05-05     | USD      | 10.00    |          | SITE |         |
4        | @05-05     | USD      | 10.00    |          | ANNA |         |
5        | @05-06     | USD      | 30.00    |          | EVE  | eve;bo  |
6        | @05-08     | EUR      | 5.00     |          | eve  |         |
7        | @05-08     | USD      | 5.00     |          | EVE  |         | @05-09
8        | @05-07     | USD      | 20.00    |          | eve  |         |
"""


def test_codes_of_nobody_are_counted_by_currency_with_their_first_and_last_day(told):
    told.given(STORY)
    rows = told.ws.unowned_codes().rows
    assert [(row["code"], row["currency"], row["orders"], row["net"]) for row in rows] == [
        ("EVE", "USD", 2, "50.00"), ("ANA", "USD", 1, "9.00"), ("BO", "USD", 1, "30.00"),
        ("EVE", "EUR", 1, "5.00"),
    ]  # fmt: skip
    assert (rows[0]["first_day"], rows[0]["last_day"]) == (
        dt.date(2026, 5, 6), dt.date(2026, 5, 7),
    )  # fmt: skip


def test_a_code_that_is_mapped_late_moves_the_figures_at_once_and_says_so(told):
    told.given(STORY)
    (row,) = told.ws.map_code("EVE", "eve", "spring", "2026-05-07").rows
    assert row["before"] == {"orders": 1, "net": "10.00 USD"}
    assert row["after"]["orders"] == 4  # one of them was cancelled
    assert [(each["code"], each["orders"]) for each in told.ws.unowned_codes().rows] == [
        ("ANA", 1), ("BO", 1), ("EVE", 1),
    ]  # fmt: skip
    told.ws.map_code("BO", "", "", "2026-05-01")
    assert {each["code"] for each in told.ws.unowned_codes().rows} == {"ANA", "EVE"}
    with pytest.raises(FieldOff) as off:
        told.ws.map_code("EVE", "bo", "spring", "2026-05-07")
    assert off.value.field in {"code", "valid_from"}


def test_where_nothing_is_of_nobody_it_says_so(told):
    assert "No orders are known yet" in told.ws.unowned_codes().table.instead
