"""Triangles from facts: weeks of orders with their refunds, campaigns with their late orders."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.development import Development
from truelift.operations.developments import Developments
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels

spread = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["spread"]

CAMPAIGNS = """
campaigns
campaign | goal  | starts | ends  | currency
one      | sales | 01-05  | 01-31 | USD
two      | sales | 01-05  | 01-31 | USD

codes
code | creator | campaign
A    | ana     | one
B    | bo      | one
C    | cy      | two
D    | dee     | two
"""
FACTS = (
    CAMPAIGNS
    + spread("orders", "A B C D", "01-05", 28)
    + spread("orders", "A", "02-03", 3)
    + """
refunds
refund_id | order_id  | refunded_at | amount | currency
r1        | A-01-05-0 | @01-08      | 50.00  | USD
r2        | B-01-05-1 | @01-20      | 90.00  | USD

orders
order_id | ordered_at | currency | subtotal | cogs
last     | @05-30     | USD      | 1.00     | 1.00
"""
)


@pytest.fixture
def found(read_only):
    told = read_only(FACTS)
    known = knowledge(told.ground)
    return Developments(known, Panels(known))


def test_refunds_take_off_goods_of_their_week_at_their_age(found):
    table, weeks = found.refund_triangle
    assert weeks[0] == "2026-01-05"
    assert table[0].tolist() == [280_000, 275_000, 266_000, *[266_000] * 5]
    assert isinstance(found.refunds, Development)
    assert found.refunds.ultimate == pytest.approx(1 - 14_000 / table[:, 0].sum())


def test_orders_after_the_end_are_late(found):
    table, pairs = found.late_triangles["orders"]
    assert pairs == ["one/ana", "one/bo", "two/cy", "two/dee"]
    assert table[0].tolist() == [27, 31, 31, 31, 31]
    late = found.late("orders")
    assert isinstance(late, Development)
    assert late.ultimate > 1
    assert found.late("clicks").reason is Reason.NO_HISTORY


def test_too_little_history_is_said(told):
    told.given(CAMPAIGNS + spread("orders", "A", "01-05", 2))
    known = knowledge(told.ground)
    found = Developments(known, Panels(known))
    assert isinstance(found.refunds, Withheld)
    assert isinstance(found.late("orders"), Withheld)
