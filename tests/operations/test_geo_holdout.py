"""Regions drawn by lot before launch, and the grade A factor that they give."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Grade
from truelift.operations.experiments import factor_of
from truelift.operations.geo_holdout import register_holdout
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.panels import Panels

REGISTERED = dt.datetime(2026, 4, 30, 20)
JUNE = dt.datetime(2026, 6, 2)
REGIONS = [f"R{number:02}" for number in range(1, 17)]

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


def orders(first, last, per_day, regions, code=""):
    """Write `per_day(number of the region, day)` orders in each region on each day of 2026."""
    rows, day = [], dt.date.fromisoformat(f"2026-{first}")
    while day <= dt.date.fromisoformat(f"2026-{last}"):
        rows += [
            f"{code}{day}-{place}-{n} | {day}T12:00:00 | {code} | USD | 10.00 | 4.00 | US | {place}"
            for number, place in enumerate(regions)
            for n in range(per_day(number, day))
        ]
        day += dt.timedelta(days=1)
    header = (
        "order_id | ordered_at | code | currency | subtotal | cogs | ship_country | ship_region"
    )
    return "\n".join(["", "orders", header, *rows, ""])


def usual(number, day):
    """Give a few orders, larger regions first, with ups and downs that a campaign does not make."""
    return 4 - number // 6 + (day.toordinal() * 7 + number * 5) % 11 // 6


@pytest.fixture
def shop(told):
    """A shop of sixteen regions with five weeks of orders before the campaign."""
    return told.given(CAST + orders("03-25", "04-29", usual, REGIONS), at=REGISTERED)


def registered(shop, **options):
    shop.clock.at = REGISTERED
    shop.asked.clear()
    return register_holdout(shop.ground, "spring", **{"seed": 5, **options})


def drawn(kept):
    """Give the regions of a draw that take part, and those that are kept out."""
    rows = kept["record"]["regions"]
    return [
        [row["region"].partition("/")[2] for row in rows if row["kept_out"] is out]
        for out in (False, True)
    ]


def played(shop, live, *, tracked=1, extra=0, last="05-29", more=""):
    """Let spring happen: each live region has tracked orders, and others that nobody tracked."""
    text = orders("04-30", last, usual, REGIONS)
    if tracked:
        text += orders("05-01", last, lambda *_: tracked, live, "ANA-26")
    if extra:
        text += orders("05-01", last, lambda *_: extra, live, "HALO")
    return shop.given(text + more, at=JUNE)


@pytest.mark.soak
def test_the_lot_gives_a_factor_of_grade_a_that_is_near_the_truth(shop):
    kept = registered(shop)
    live, out = drawn(kept)
    assert (len(live), len(out), kept["record"]["late"]) == (8, 8, False)
    played(shop, live, extra=1)  # one order tracked and one more: a factor of 2
    (row,) = shop.ws.holdouts("spring").rows
    assert (row["used"], row["grade"], row["days"]) == (True, "A", 28)
    assert row["tracked"] == 28 * 8
    assert row["factor_low"] < 2 < row["factor_high"]
    assert row["factor"] == pytest.approx(2, abs=0.5)
    assert row["low"] < 2 * 28 * 8 < row["high"]
    assert sorted(row["kept_out"]) == sorted(f"US/{place}" for place in out)
    assert (row["tracked_where_kept_out"], row["outside_the_lottery"]) == (0, [])
    figure = Measurement(knowledge(shop.ground)).lift("spring", "orders")["ana"]
    assert (figure.grade, figure.evidence) == (Grade.A, "experiment")
    assert figure.units == pytest.approx(figure.observed * row["factor"])


def test_tracked_orders_that_would_have_come_anyway_have_a_factor_near_zero(shop):
    live, _ = drawn(registered(shop))
    fewer = orders("05-01", "05-29", lambda n, day: usual(n, day) - (REGIONS[n] in live), REGIONS)
    shop.given(fewer + orders("05-01", "05-29", lambda *_: 1, live, "ANA-26"), at=JUNE)
    (row,) = shop.ws.holdouts("spring").rows
    assert row["factor_low"] < 0 < row["factor_high"]
    assert row["factor"] == pytest.approx(0, abs=0.5)


def test_a_launch_that_is_told_later_makes_the_draw_late(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, more=orders("04-20", "04-20", lambda *_: 1, live, "ANA-26"))
    (row,) = shop.ws.holdouts().rows
    assert (row["late"], row["used"]) == (True, False)


def test_the_same_seed_draws_the_same_regions_and_no_other_draw_follows(shop):
    kept = registered(shop)
    assert kept["record"]["seed"] == 5
    with pytest.raises(UsageError, match="drawn on 2026-04-30 and stands"):
        registered(shop, seed=6)


def test_without_a_seed_the_machine_draws_one_that_is_kept(shop):
    record = registered(shop, seed=None, share=0.4)["record"]
    assert 0 <= record["seed"] < 2**32
    assert sum(row["kept_out"] for row in record["regions"]) == 8


def test_after_the_launch_it_is_refused_or_shown_and_never_used(shop):
    played(shop, REGIONS[::2])
    shop.clock.at = JUNE
    with pytest.raises(UsageError, match="drawn before launch"):
        register_holdout(shop.ground, "spring")
    kept = register_holdout(shop.ground, "spring", seed=1, late=True)
    assert kept["record"]["late"]
    (row,) = shop.ws.holdouts().rows
    assert (row["late"], row["used"], row["factor"]) == (True, False, None)
    assert row["effect"] is not None
    assert "shown and not used" in row["sentence"]
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders") is None


def test_too_few_regions_are_refused_with_how_many_are_needed(shop):
    with pytest.raises(UsageError, match=r"1 regions .* needs 12"):
        registered(shop, by="country")
    with pytest.raises(UsageError, match=r"16 regions .* needs 24"):
        registered(shop, share=0.25)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"by": "city"}, "--by city"), ({"share": 1.0}, "--share 1.0"), ({"days": 20}, "20 days")],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(shop, options, words):
    with pytest.raises(UsageError, match=words):
        registered(shop, **options)


def test_an_unknown_campaign_and_a_shop_without_orders_are_named(told):
    told.given(CAST, at=REGISTERED)
    with pytest.raises(NotFound, match="no campaign 'winter'"):
        register_holdout(told.ground, "winter")
    with pytest.raises(UsageError, match="No order of the shop"):
        register_holdout(told.ground, "spring")
    with pytest.raises(NotFound, match="no campaign 'winter'"):
        told.ws.holdouts("winter")


def test_before_the_first_whole_day_there_is_nothing_to_say(shop):
    registered(shop)
    (row,) = shop.ws.holdouts().rows
    assert (row["effect"], row["used"], row["days"]) == (None, False, 0)
    assert "No whole day" in row["sentence"]


def test_on_the_first_days_no_factor_can_be_ruled_out(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, last="05-03")
    (row,) = shop.ws.holdouts().rows
    assert (row["days"], row["effect"], row["used"]) == (2, None, False)
    assert "too few days" in row["sentence"]


def test_without_a_tracked_order_the_effect_is_shown_and_no_factor(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, tracked=0, extra=2)
    (row,) = shop.ws.holdouts().rows
    assert row["low"] < 2 * 28 * 8 < row["high"]
    assert row["low"] > 0
    assert (row["factor"], row["used"]) == (None, False)
    assert row["sentence"] == "No order was tracked on these days."


@pytest.mark.soak
def test_leaks_new_regions_and_other_campaigns_are_said_and_change_no_lottery(shop):
    live, out = drawn(registered(shop))
    more = orders("05-03", "05-16", lambda *_: 1, [out[0], "NEW"], "ANA-26")
    more += orders("05-11", "05-12", lambda *_: 1, [live[0]], "BO-26")
    played(shop, live, extra=1, more=more)
    (row,) = shop.ws.holdouts("spring").rows
    assert (row["tracked_where_kept_out"], row["outside_the_lottery"]) == (14, ["US/NEW"])
    assert "6% of tracked orders went where" in row["sentence"]
    assert "14 tracked orders went to places outside" in row["sentence"]
    assert row["live_beside"] == ["other"]
    assert row["used"]
    assert row["factor_low"] < row["factor"] < row["factor_high"]


def test_an_imported_test_of_the_same_campaign_stands_before_the_lot(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, extra=1)
    known = knowledge(shop.ground)
    found = factor_of(known, Panels(known), "spring", "orders")
    assert (found.design, found.grade) == ("geo", Grade.A)
    assert factor_of(known, Panels(known), "spring", "leads") is None
    shop.given(
        """
        experiments
        experiment | campaign | design | outcome | factor | low  | high | to
        by-lot     | spring   | user   | orders  | 0.5    | 0.3  | 0.7  | 05-20
        """
    )
    known = knowledge(shop.ground)
    assert factor_of(known, Panels(known), "spring", "orders").design == "user"


def test_orders_that_name_no_country_are_of_their_region_alone(told):
    text = orders("03-25", "04-29", usual, REGIONS).replace("| US |", "| |")
    told.given(CAST + text, at=REGISTERED)
    rows = told.ws.register_holdout("spring", seed=1).rows
    assert {row["region"] for row in rows} == set(REGIONS)
    with pytest.raises(UsageError, match="0 regions"):
        register_holdout(told.ground, "other", by="country")


def test_two_campaigns_with_one_seed_have_draws_of_their_own(shop):
    mine, _ = drawn(registered(shop))
    theirs, _ = drawn(register_holdout(shop.ground, "other", seed=5))
    assert sorted(mine) != sorted(theirs)


@pytest.mark.parametrize("seed", [-1, 2**40])
def test_a_seed_is_a_whole_number_that_can_be_kept(shop, seed):
    with pytest.raises(UsageError, match="is no seed"):
        registered(shop, seed=seed)


def test_tracked_orders_that_name_no_place_have_no_part_in_the_lot(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, more=orders("05-01", "05-29", lambda *_: 9, ["", "R01"], "ANA-26").replace(
        "| US |", "|    |"))  # fmt: skip
    (row,) = shop.ws.holdouts("spring").rows
    assert not row["used"]
    assert "tracked orders name no place" in row["sentence"]


def test_places_that_are_written_differently_after_launch_are_no_days_without_orders(shop):
    registered(shop)
    again = orders("04-30", "05-29", usual, [place.lower() for place in REGIONS])
    shop.given(again, at=JUNE)
    (row,) = shop.ws.holdouts("spring").rows
    assert not row["used"]
    shop.given(orders("05-01", "05-29", lambda *_: 1, REGIONS[:2], "ANA-26"), at=JUNE)
    (row,) = shop.ws.holdouts("spring").rows
    assert not row["used"]
    assert "are written differently now" in row["sentence"]


def test_an_effect_on_usual_orders_needs_days_without_the_campaign(shop):
    live, _ = drawn(registered(shop))
    played(shop, live, more=orders("04-30", "04-30", lambda *_: 1, live[:1], "ANA-26"))
    (row,) = shop.ws.holdouts("spring").rows
    assert row["late"] or row["effect"] is None
