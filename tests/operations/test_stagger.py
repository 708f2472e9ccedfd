"""First days drawn by lot, creators who follow them or not, and the factor that they give."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import UsageError
from truelift.base.estimate import Grade
from truelift.operations.experiments import factor_of
from truelift.operations.geo_holdout import register_holdout
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.panels import Panels
from truelift.operations.stagger import register_stagger

REGISTERED = dt.datetime(2026, 4, 30, 20)
JUNE = dt.datetime(2026, 6, 2)
FIRST, LAST = dt.date(2026, 5, 2), dt.date(2026, 5, 22)
CREATORS = ["ana", "bo", "cy", "dee", "eve", "fay"]

CAST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-28 | USD
other    | sales | 05-10  | 05-20 | USD

codes
code   | creator | campaign | kind
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator
CY-26  | cy      | spring   | creator
DEE-26 | dee     | spring   | creator
EVE-26 | eve     | spring   | creator
FAY-26 | fay     | spring   | creator
GUS-26 | gus     | spring   | creator
ANA-O  | ana     | other    | creator
ANA    | ana     |          | evergreen

participants
campaign | creator | arm
spring   | gus     | control
"""
FEES = """
agreements
agreement | campaign | creator | fee    | currency | signed_on
"""


def agreements(fee):
    rows = [
        f"a-{name} | spring | {name} | {fee(n)} | USD | 04-01" for n, name in enumerate(CREATORS)
    ]
    return FEES + "\n".join([*rows, ""])


def orders(first, last, per_day, code=""):
    """Write `per_day(day)` orders on each day of 2026 between two days."""
    rows, day = [], dt.date.fromisoformat(f"2026-{first}")
    while day <= dt.date.fromisoformat(f"2026-{last}"):
        rows += [
            f"{code}{day}-{n} | {day}T12:00:00 | {code} | USD | 10.00 | 4.00 | S{n % 12}"
            for n in range(per_day(day))
        ]
        day += dt.timedelta(days=1)
    header = "order_id | ordered_at | code | currency | subtotal | cogs | ship_region"
    return "\n".join(["", "orders", header, *rows, ""])


def usual(day):
    """Give busy Fridays, and ups and downs that no campaign makes."""
    return (20 if day.weekday() == 4 else 12) + day.toordinal() * 7 % 11 // 4


@pytest.fixture
def shop(told):
    """A shop with 70 days of orders before the campaign."""
    return told.given(CAST + orders("02-19", "04-29", usual), at=REGISTERED)


def registered(shop, first=FIRST, last=LAST, **options):
    shop.clock.at = REGISTERED
    shop.asked.clear()
    return register_stagger(shop.ground, "spring", first, last, **{"seed": 3, **options})


def drawn(kept):
    return {
        row["creator"]: dt.date.fromisoformat(row["begins"]) for row in kept["record"]["creators"]
    }


def burst(begins):
    """Give the orders that a creator brings from a day on: many at first, then none."""
    return lambda day: {0: 12, 1: 8, 2: 5, 3: 3, 4: 2}.get((day - begins).days, 0)


def played(shop, begins, *, halo=0, more=""):
    """Let spring happen: creators begin, and for each order tracked come `halo` others."""
    text = orders("04-30", "05-29", usual)
    for name, day in begins.items():
        brought = burst(day)
        text += orders("05-01", "05-29", brought, f"{name.upper()}-26")
        if halo:
            text += orders("05-01", "05-29", lambda d, b=brought: halo * b(d), f"H-{name}")
    return shop.given(text + more, at=JUNE)


@pytest.mark.soak
def test_drawn_first_days_give_a_factor_of_grade_a_near_the_truth(shop):
    begins = drawn(registered(shop))
    assert list(begins) == CREATORS  # gus is a control and draws no day
    played(shop, begins, halo=1)  # each order tracked and one more: a factor of 2
    (row,) = shop.ws.staggers("spring").rows
    assert (row["used"], row["grade"], row["days"], row["planned_days"]) == (True, "A", 27, 27)
    assert row["factor_low"] < 2 < row["factor_high"]
    assert row["factor"] == pytest.approx(2, abs=0.4)
    assert row["effect"] == pytest.approx(row["factor"] * row["tracked"])
    assert (row["began_as_drawn"], row["began_otherwise"]) == (6, [])
    assert "6 of 6 creators began on the drawn day." in row["sentence"]
    figure = Measurement(knowledge(shop.ground)).lift("spring", "orders")["ana"]
    assert (figure.grade, figure.evidence) == (Grade.B, "experiment")  # one of several
    assert figure.units == pytest.approx(figure.observed * row["factor"])


def test_the_briefing_names_a_day_for_each_creator_and_is_drawn_once(shop):
    shop.clock.at = REGISTERED
    result = shop.ws.register_stagger("spring", FIRST, LAST)
    assert [row["creator"] for row in result.rows] == CREATORS
    assert all(FIRST.isoformat() <= row["begins"] <= LAST.isoformat() for row in result.rows)
    assert result.table.note.endswith(result.data["sha256"])
    with pytest.raises(UsageError, match="stands"):
        registered(shop)


def test_who_begins_on_another_day_is_named_and_makes_limits_wider(shop):
    begins = drawn(registered(shop))
    moved = begins | {"ana": FIRST, "bo": LAST}
    played(shop, {name: day for name, day in moved.items() if name != "cy"}, halo=1)
    (row,) = shop.ws.staggers().rows
    assert row["began_as_drawn"] == 3
    assert row["began_otherwise"] == [
        f"ana: drawn {begins['ana']}, began {FIRST}",
        f"bo: drawn {begins['bo']}, began {LAST}",
        f"cy: drawn {begins['cy']}, began not yet",
    ]
    assert "3 of 6 creators" in row["sentence"]
    assert row["factor"] is None or row["factor_low"] < 2 < row["factor_high"]


def test_creators_who_all_ignore_their_day_give_no_factor(shop):
    begins = drawn(registered(shop))
    together = dt.date(2026, 5, 1)
    assert together not in begins.values()
    played(shop, dict.fromkeys(CREATORS, together), halo=1)
    (row,) = shop.ws.staggers().rows
    assert (row["factor"], row["used"], row["began_as_drawn"]) == (None, False, 0)
    assert "No factor can be ruled out" in row["sentence"]


def test_other_campaigns_are_said_and_change_no_lottery(shop):
    begins = drawn(registered(shop))
    played(shop, begins, more=orders("05-11", "05-12", lambda _: 1, "ANA-O"))
    (row,) = shop.ws.staggers().rows
    assert (row["live_beside"], row["used"]) == (["other"], True)


def test_after_the_launch_it_is_refused_or_shown_and_never_used(shop):
    played(shop, dict.fromkeys(CREATORS, FIRST))
    shop.clock.at = JUNE
    with pytest.raises(UsageError, match="drawn before launch"):
        register_stagger(shop.ground, "spring", FIRST, LAST)
    assert register_stagger(shop.ground, "spring", FIRST, LAST, late=True)["record"]["late"]
    (row,) = shop.ws.staggers().rows
    assert (row["late"], row["used"], row["grade"]) == (True, False, None)
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders") is None


def test_without_a_tracked_order_or_a_day_there_is_no_factor(shop):
    registered(shop)
    (row,) = shop.ws.staggers().rows
    assert "No whole day" in row["sentence"]
    played(shop, {})
    (row,) = shop.ws.staggers().rows
    assert (row["effect"], row["factor"]) == (None, None)
    assert row["sentence"].startswith("No order was tracked on these days.")


def test_a_lot_of_too_few_creators_days_or_days_outside_the_flight_is_refused(shop):
    with pytest.raises(UsageError, match="6 creators and 4 first days"):
        registered(shop, last=dt.date(2026, 5, 5))
    with pytest.raises(UsageError, match="days of the flight of spring, 2026-05-01 to 2026-05-28"):
        registered(shop, last=dt.date(2026, 6, 5))
    with pytest.raises(UsageError, match="needs 56"):
        registered(shop, days=30)
    shop.clock.at = REGISTERED
    with pytest.raises(UsageError, match="1 creators"):
        register_stagger(shop.ground, "other", dt.date(2026, 5, 11), dt.date(2026, 5, 20))


def test_creators_are_as_large_as_their_fees_or_as_what_they_sold_before(shop):
    shop.given(orders("04-01", "04-06", lambda _: 1, "ANA"), at=REGISTERED)
    record = registered(shop)["record"]
    sizes = {row["creator"]: row["size"] for row in record["creators"]}
    assert record["sized_by"] == "evergreen orders"
    assert sizes["ana"] == pytest.approx(7 * sizes["bo"])
    assert sum(sizes.values()) == pytest.approx(6)


def test_fees_say_how_large_creators_are_when_all_have_one(shop):
    shop.given(agreements(lambda n: 100 * (n + 1)), at=REGISTERED)
    record = registered(shop)["record"]
    sizes = [row["size"] for row in record["creators"]]
    assert record["sized_by"] == "fees"
    assert sizes == pytest.approx([(n + 1) / 3.5 for n in range(6)])


def test_the_factor_of_the_campaign_is_the_staggers_own(shop):
    played(shop, drawn(registered(shop)), halo=1)
    known = knowledge(shop.ground)
    found = factor_of(known, Panels(known), "spring", "orders")
    assert (found.design, found.grade) == ("stagger", Grade.A)
    assert factor_of(known, Panels(known), "spring", "leads") is None


@pytest.mark.soak
def test_of_two_lotteries_the_one_that_was_registered_first_serves(shop):
    begins = drawn(registered(shop))
    shop.clock.at = REGISTERED + dt.timedelta(hours=1)
    register_holdout(shop.ground, "spring", seed=2)
    played(shop, begins, halo=1)
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders").design == "stagger"
