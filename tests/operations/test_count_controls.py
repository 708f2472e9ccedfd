"""The calendar taken out of orders: creators in no campaign, on the same days."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.estimate import Grade
from truelift.operations.count_controls import NAMED, RULE
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement

SEALED = dt.datetime(2026, 4, 30, 20)

CAST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-28 | USD

codes
code   | creator | campaign | kind      | valid_from
ANA    | ana     |          | evergreen |
ANA-26 | ana     | spring   |           |
BO     | bo      |          | evergreen |
CY     | cy      |          | evergreen | @02-15
NEW    | new     |          | evergreen | @04-29
OUT    | out     |          | evergreen |

agreements
agreement | campaign | creator | currency | signed_on
a         | spring   | ana     | USD      | 04-01

participants
campaign | creator | arm
spring   | out     | excluded
"""


def orders(codes, first, last, per_day):
    """Write orders of each code on each day of 2026 between two days."""
    day, rows = dt.date.fromisoformat(f"2026-{first}"), []
    while day <= dt.date.fromisoformat(f"2026-{last}"):
        rows += [
            f"{code}-{day}-{n} | {day}T12:00:00 | {code} | USD | 100.00"
            for code in codes.split()
            for n in range(per_day)
        ]
        day += dt.timedelta(days=1)
    return "\n".join(
        ["", "orders", "order_id | ordered_at | code | currency | subtotal", *rows, ""]
    )


def season(told, extra=""):
    """Everybody's orders double in May, ana's in a campaign."""
    told.given(CAST + extra + orders("ANA BO CY OUT", "02-01", "04-29", 2), at=SEALED)
    told.sealed(SEALED)
    told.given(
        orders("ANA-26 BO CY", "05-01", "05-20", 4) + orders("OUT", "05-01", "05-20", 40),
        at=dt.datetime(2026, 5, 21),
    )
    return Measurement(knowledge(told.ground)).lift("spring", "orders")["ana"]


def test_a_month_that_was_good_for_everybody_is_no_lift(told):
    found = season(told)
    assert found.controls.names == ("bo", "cy")  # the new code has no history
    assert (found.controls.creators, found.controls.rule) == (2, RULE)
    assert found.controls.mean == pytest.approx(0.69, abs=0.05)
    assert found.log == pytest.approx(0, abs=0.1)
    assert found.grade is Grade.B


def test_a_campaign_may_name_its_controls(told):
    named = """
        participants
        campaign | creator | arm
        spring   | bo      | control
        """
    found = season(told, named)
    assert (found.controls.names, found.controls.rule) == (("bo",), NAMED)


def test_a_control_in_a_campaign_of_its_own_does_not_serve_on_those_days(told):
    own = """
        campaigns
        campaign | goal  | starts | ends  | currency
        may      | sales | 05-01  | 05-28 | USD

        codes
        code  | creator | campaign
        BO-26 | bo      | may
        CY-26 | cy      | may
        """
    told.given(CAST + own + orders("ANA BO CY", "02-01", "04-29", 2), at=SEALED)
    told.sealed(SEALED)
    told.given(orders("ANA-26 BO-26 CY-26", "05-01", "05-20", 4), at=dt.datetime(2026, 5, 21))
    found = Measurement(knowledge(told.ground)).lift("spring", "orders")["ana"]
    assert found.controls is None
    assert found.log == pytest.approx(0.69, abs=0.1)
    assert found.grade is Grade.C
