"""Who takes part, what they still have to publish, how far the flight is."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound
from truelift.operations.knowledge import knowledge
from truelift.operations.plans import deliverables, flown, parties

FACTS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-10 | USD

agreements
agreement | campaign | creator | fee    | currency | signed_on | cancelled_on
a         | spring   | ana     | 100.00 | USD      | 04-02     |
b         | spring   | bo      | 100.00 | USD      | 04-02     | 05-03
c         | spring   | cy      | 100.00 | USD      | 05-04     |

participants
campaign | creator | arm
spring   | dee     | treated
spring   | eve     | control

deliverables
deliverable | agreement | platform  | due_on | live_at
a1          | a         | instagram | 05-02  | @05-03
a2          | a         | instagram | 05-08  |
b1          | b         | instagram | 05-05  |
x1          | a         |           |        |
"""
FOURTH = dt.datetime(2026, 5, 4, 16)


def known_at(told, at):
    return knowledge(told.ground, as_of=at)


def test_agreements_that_are_signed_and_not_cancelled_take_part(read_only):
    told = read_only(FACTS)
    assert parties(known_at(told, FOURTH), "spring") == ["ana", "cy", "dee"]
    assert parties(known_at(told, dt.datetime(2026, 5, 2, 16)), "spring") == ["ana", "bo", "dee"]


def test_deliverables_stand_in_the_order_they_are_due(read_only):
    told = read_only(FACTS)
    found = deliverables(known_at(told, FOURTH), "spring")
    assert [(each.deliverable, each.live) for each in found] == [
        ("a1", True), ("a2", False), ("x1", False),
    ]  # fmt: skip
    before = deliverables(known_at(told, dt.datetime(2026, 5, 1, 16)), "spring")
    assert [each.deliverable for each in before] == ["a1", "b1", "a2", "x1"]


def test_a_flight_has_days_that_are_over_and_days_left(read_only):
    told = read_only(FACTS)
    found = flown(known_at(told, FOURTH), "spring")
    assert (found.gone, found.left, found.days) == (3.5, 6.5, 10)
    assert found.day_of(found.end) == 10
    assert flown(known_at(told, dt.datetime(2026, 4, 1)), "spring").gone == 0
    assert flown(known_at(told, dt.datetime(2026, 7, 1)), "spring").left == 0
    with pytest.raises(NotFound, match="no campaign 'autumn'"):
        flown(known_at(told, FOURTH), "autumn")
