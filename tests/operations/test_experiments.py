"""A shop-level forecast registered before launch, and whose factor a campaign takes."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Grade
from truelift.operations.experiments import factor_of, register_counterfactual
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.panels import Panels

REGISTERED = dt.datetime(2026, 4, 30, 20)
JUNE = dt.datetime(2026, 6, 2)

CAST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-28 | USD
other    | sales | 05-10  | 05-20 | USD

codes
code   | creator | campaign
ANA-26 | ana     | spring
BO-26  | bo      | other
"""


def orders(first, last, per_day, code=""):
    """Write `per_day(weekday)` orders on each day of 2026 between two days."""
    day, rows = dt.date.fromisoformat(f"2026-{first}"), []
    while day <= dt.date.fromisoformat(f"2026-{last}"):
        rows += [
            f"{code}{day}-{n} | {day}T12:00:00 | {code} | USD | 100.00 | 40.00"
            for n in range(per_day(day.weekday()))
        ]
        day += dt.timedelta(days=1)
    header = "order_id | ordered_at | code | currency | subtotal | cogs"
    return "\n".join(["", "orders", header, *rows, ""])


def usual(weekday):
    return 9 if weekday == 4 else 5


@pytest.fixture
def shop(told):
    """A shop with busy Fridays and 80 days of orders before the campaign of spring."""
    return told.given(CAST + orders("02-09", "04-29", usual), at=REGISTERED)


def played(shop, tracked=1, beside=5, *, other=False):
    """Let spring happen: each day tracked orders, and others beside them."""
    text = orders("04-30", "05-29", lambda day: usual(day) + beside - 5)
    text += orders("05-01", "05-29", lambda _: tracked, "ANA-26") if tracked else ""
    if other:
        text += orders("05-11", "05-12", lambda _: 1, "BO-26")
    return shop.given(text, at=JUNE)


def registered(shop, **options):
    shop.clock.at = REGISTERED
    shop.asked.clear()
    return register_counterfactual(shop.ground, "spring", **options)


def test_what_is_registered_before_launch_gives_the_factor_of_tracked_orders(shop):
    kept = registered(shop)
    assert (kept["late"], kept["registered_by"]) == (False, "ana.controller")
    assert kept["record"]["horizon"] == 28
    assert (kept["record"]["first_day"], kept["record"]["last_day"]) == ("2026-02-09", "2026-04-28")
    played(shop, tracked=2, beside=7)  # four orders a day come on top, two of them with the code
    (row,) = shop.ws.counterfactuals("spring").rows
    assert row["used"]
    assert (row["grade"], row["tracked"], row["days"]) == ("B", 56, 28)
    assert row["factor"] == pytest.approx(2, abs=0.4)
    assert row["factor_low"] < row["factor"] < row["factor_high"]
    assert row["observed"] == pytest.approx(row["expected"] + row["effect"])
    figures = Measurement(knowledge(shop.ground)).lift("spring", "orders")
    assert (figures["ana"].grade, figures["ana"].evidence) == (Grade.B, "counterfactual")
    assert figures["ana"].units == pytest.approx(figures["ana"].observed * row["factor"])
    assert figures["ana"].units_high == pytest.approx(figures["ana"].observed * row["factor_high"])
    money = shop.row(campaign="spring", creator="ana")["incremental_roi"]
    assert "withheld" in money  # nothing was spent
    levels = shop.levels(campaign="spring", creator="ana")
    assert levels["incremental"] == pytest.approx(levels["contribution"] * row["factor"], rel=1e-3)


def test_a_campaign_that_takes_orders_away_has_a_negative_factor(shop):
    registered(shop)
    played(shop, tracked=1, beside=2)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert row["factor"] == pytest.approx(-2, abs=0.6)
    assert row["factor_low"] < row["factor"] < row["factor_high"]
    assert shop.levels(campaign="spring", creator="ana")["incremental"] < 0


def test_after_the_launch_it_is_refused_or_shown_and_never_used(shop):
    played(shop)
    shop.clock.at = JUNE
    with pytest.raises(UsageError, match="registered before launch"):
        register_counterfactual(shop.ground, "spring")
    kept = register_counterfactual(shop.ground, "spring", late=True)
    assert kept["late"]
    (row,) = shop.ws.counterfactuals().rows
    assert (row["late"], row["used"], row["grade"], row["factor"]) == (True, False, None, None)
    assert row["effect"] is not None
    assert "shown and not used" in row["sentence"]
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders") is None


def test_a_launch_that_is_told_later_makes_a_registration_late(shop):
    registered(shop)
    played(shop)
    shop.given(orders("04-20", "04-20", lambda _: 1, "ANA-26"), at=JUNE)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert (row["late"], row["launched"]) == (True, dt.date(2026, 4, 20))


def test_the_effect_of_two_campaigns_at_once_is_neithers(shop):
    registered(shop)
    played(shop, other=True)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert not row["used"]
    assert row["sentence"] == "The effect is shared with other."


def test_a_test_by_lot_in_this_campaign_stands_first_and_one_of_another_last(shop):
    registered(shop)
    played(shop)
    tests = """
        experiments
        experiment | campaign | design | outcome | factor | low  | high | to
        carried    | other    | geo    | orders  | 0.5    | 0.3  | 0.7  | 05-20
        """
    shop.given(tests)
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders").design == "counterfactual"
    assert factor_of(known, Panels(known), "other", "orders").grade is Grade.A
    shop.given(tests.replace("carried    | other ", "by-lot     | spring").replace("0.5 ", "-0.1")
               .replace("0.3 ", "-0.4"))  # fmt: skip
    known = knowledge(shop.ground)
    found = factor_of(known, Panels(known), "spring", "orders")
    assert (found.design, found.grade, found.factor) == ("geo", Grade.A, -0.1)
    assert factor_of(known, Panels(known), "spring", "leads") is None


def test_before_the_first_whole_day_there_is_nothing_to_say(shop):
    registered(shop)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert (row["effect"], row["used"]) == (None, False)
    assert "No whole day" in row["sentence"]


@pytest.mark.parametrize("outcome", ["revenue", "new_customers"])
def test_other_outcomes_are_shown_and_give_no_factor_of_orders(shop, outcome):
    registered(shop, outcome=outcome)
    played(shop, tracked=2, beside=7)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert row["effect"] is not None
    assert not row["used"]


def test_without_a_tracked_order_there_is_no_factor(shop):
    registered(shop)
    played(shop, tracked=0)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert row["sentence"] == "No order was tracked on these days."


def test_events_in_the_campaign_are_named_and_left_out(shop):
    registered(shop)
    shop.given(
        """
        events
        event | starts | kind
        sale  | @05-10 | promotion
        """
    )
    played(shop)
    (row,) = shop.ws.counterfactuals("spring").rows
    assert (row["events"], row["left_out"], row["days"]) == (["sale"], 1, 27)
    assert row["tracked"] == 27


def test_what_cannot_be_registered_is_refused_in_a_sentence(shop):
    with pytest.raises(UsageError, match="--outcome clicks"):
        registered(shop, outcome="clicks")
    with pytest.raises(UsageError, match="needs 56"):
        registered(shop, days=30)
    with pytest.raises(NotFound, match="no campaign 'winter'"):
        shop.ws.counterfactuals("winter")


def test_a_shop_without_orders_cannot_be_forecast(told):
    told.given(CAST, at=REGISTERED)
    with pytest.raises(UsageError, match="No order of the shop"):
        register_counterfactual(told.ground, "spring")
