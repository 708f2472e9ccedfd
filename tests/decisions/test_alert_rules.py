"""Each rule of alerts raises what it is for, and nothing at its limit."""

import datetime as dt

import pytest

from truelift.base.estimate import Estimate
from truelift.decisions.alert_rules import Judged, findings, judged_returns
from truelift.decisions.click_fraud import ClickDay, ClickVerdict
from truelift.decisions.leaked_code import LeakedCode
from truelift.decisions.watched import (
    DeadLink,
    Due,
    EarlyCode,
    Expected,
    Launch,
    LivePost,
    Owed,
    Pace,
    Return,
    Right,
    Silence,
    Spend,
    Story,
    Watched,
)

AT = dt.datetime(2026, 5, 20, 12)
DAY = AT.date()
HOUR = dt.timedelta(hours=1)


def day(number):
    return DAY + dt.timedelta(days=number)


def clicks(on, *reasons):
    seen = ClickDay(
        slug="ana1", creator="ana", campaign=None, day=on, gross=9, human=9, datacenter=0,
        landed=0, repeated=0, busiest=9,
    )  # fmt: skip
    return ClickVerdict(seen, 9, reasons)


def leaked(count, latest=AT):
    return LeakedCode(
        campaign="summer", creator="zoe", code="ZOE", orders=9, leaked=count, own_purchases=0,
        expected=3.0, since=AT, latest=latest, seen_at=AT,
    )  # fmt: skip


def roi(creator, point, high, target=0.0, *, stated=False):
    return Return("summer", creator, Estimate(point, point - 1, high), target, stated)


def forecast(chance, target=0.0, *, stated=False):
    basis = "won contribution of orders"
    return Expected("summer", "ugo", -1.6, -1.2, -0.8, chance, target, stated, basis)


CASES = [
    ("paces", Pace("summer", None, "orders", 0.5, 0.7, "Slow."), "pace raised"),
    ("paces", Pace("summer", None, "orders", 0.5, 0.85, "Slow."), "pace between"),
    ("paces", Pace("summer", None, "orders", 0.5, 0.95, "Slow."), ""),
    ("returns", roi("ugo", -0.9, -0.5), "roi_below_target raised"),
    ("returns", roi("ugo", -0.9, 0.1), ""),
    ("returns", roi("ugo", 0.4, 0.5, 1.0, stated=True), "roi_below_target raised"),
    ("expected", forecast(0.05), "roi_below_target raised"),
    ("expected", forecast(0.08), "roi_below_target between"),
    ("expected", forecast(0.10), ""),
    ("spends", Spend("summer", 100, 101, "USD"), "budget_overrun raised"),
    ("spends", Spend("summer", 100, 99, "USD"), "budget_overrun between"),
    ("spends", Spend("summer", 100, 98, "USD"), ""),
    ("codes", leaked(3), "code_leaked raised"),
    ("codes", leaked(2), ""),
    ("codes", leaked(3, AT - dt.timedelta(days=15)), ""),
    ("codes", leaked(3, None), ""),
    ("early", EarlyCode("summer", "ana", "ANA", 2, AT, None), "code_before_post raised"),
    ("early", EarlyCode("summer", "ana", "ANA", 2, AT, AT), "code_before_post raised"),
    ("clicks", clicks(day(-3), ("burst", "9 at once")), "unusual_clicks raised"),
    ("clicks", clicks(day(-4), ("burst", "9 at once")), ""),
    ("clicks", clicks(DAY), ""),
    ("launches", Launch("summer", "ana", day(3), None, sealed=False), "no_baseline raised"),
    ("launches", Launch("summer", "ana", day(-1), None, sealed=False), "no_baseline raised"),
    ("launches", Launch("summer", "ana", day(4), None, sealed=False), ""),
    ("launches", Launch("summer", "ana", day(3), None, sealed=True), ""),
    ("launches", Launch("summer", "ana", day(-3), AT, sealed=False), ""),
    (
        "posts",
        LivePost("x", "1", "ana", "summer", disclosed=False, missing_tags=()),
        "not_disclosed raised",
    ),
    ("posts", LivePost("x", "1", "ana", "summer", None, ("tag",)), "hashtag_missing raised"),
    ("posts", LivePost("x", "1", "ana", "summer", disclosed=True, missing_tags=()), ""),
    ("links", DeadLink("ana1", "ana", None, "answered 404", AT), "dead_link raised"),
    ("orders", Silence("orders", "", 12.0, 6.0, 500), "no_orders raised"),
    ("orders", Silence("orders", "", 11.0, 6.0, 500), ""),
    ("orders", Silence("orders", "", 99.0, 6.0, 50), ""),
    ("sources", Silence("clicks", "", 48.0, 2.0, 9), "source_quiet raised"),
    ("sources", Silence("orders", "shop", 400.0, 168.0, 9), "source_quiet raised"),
    ("sources", Silence("orders", "shop", 300.0, 168.0, 9), ""),
    ("stories", Story("x", "1", "ana", "summer", AT - 20 * HOUR, None), "story_expires raised"),
    ("stories", Story("x", "1", "ana", "summer", AT - 20 * HOUR, AT - HOUR), ""),
    ("stories", Story("x", "1", "ana", "summer", AT - 10 * HOUR, None), ""),
    ("stories", Story("x", "1", "ana", "summer", AT - 24 * HOUR, None), ""),
    ("dues", Due("d1", "ana", "summer", day(2)), "deliverable_due raised"),
    ("dues", Due("d1", "ana", "summer", day(-2)), "deliverable_due raised"),
    ("dues", Due("d1", "ana", "summer", day(3)), ""),
    ("rights", Right("a1", "ana", "summer", day(14)), "usage_right_ends raised"),
    ("rights", Right("a1", "ana", "summer", day(-1)), ""),
    ("owed", Owed("ana", "summer", "a1", "9.00 USD", day(-30)), "invoice_missing raised"),
    ("owed", Owed("ana", "summer", None, "9.00 USD", day(-29)), ""),
]


@pytest.mark.parametrize(("what", "given", "expected"), CASES)
def test_a_rule_raises_what_it_is_for(what, given, expected):
    watched = Watched(at=AT, day=DAY, **{what: given if what == "orders" else (given,)})
    found = [f"{each.rule.value} {each.level.value}" for each in findings(watched)]
    assert found == ([expected] if expected else [])


def test_every_finding_says_why_and_what_to_do():
    for what, given, _ in CASES:
        watched = Watched(at=AT, day=DAY, **{what: given if what == "orders" else (given,)})
        for each in findings(watched):
            assert each.sentence.endswith(".")
            assert each.action
            assert len(each.id) == 10


def test_in_a_long_list_one_that_just_falls_short_waits_for_more_evidence():
    alone = Watched(at=AT, day=DAY, returns=[roi("ugo", -0.9, -0.01)])
    others = [roi(f"c{at}", 0.5, 1.0) for at in range(30)]
    among = Watched(at=AT, day=DAY, returns=[roi("ugo", -0.9, -0.01), *others])
    assert [each.level.value for each in findings(alone)] == ["raised"]
    assert [each.level.value for each in findings(among)] == ["between"]


def test_a_flight_that_is_over_asks_for_what_can_still_be_done():
    late = Return("summer", "ugo", Estimate(-0.9, -1.9, -0.5), 0.0, stated=False)
    spend = Spend("summer", 10_000, 10_100, "USD", over=True)
    roi_found, budget = findings(Watched(at=AT, day=DAY, returns=(late,), spends=(spend,)))
    assert "in summer was -90%" in roi_found.sentence
    assert budget.sentence.startswith("summer ended and had bound 101.00 of 100.00 USD")
    assert all("over" in each.action for each in (roi_found, budget))
    assert "cancel" not in roi_found.action + budget.action


def test_a_running_flight_is_told_by_the_band_of_the_forecast_and_its_chance():
    rows = (forecast(0.04, 0.2, stated=True), forecast(0.0))
    stated, not_stated = findings(Watched(at=AT, day=DAY, expected=rows))
    assert stated.sentence == (
        "ROI of ugo in summer is forecast at -120% at completion (-160% to -80%, 80 % band) by won "
        "contribution of orders; P(return >= target +20%) is 4 %."
    )
    assert "truelift reallocate" in stated.action
    assert not_stated.sentence.endswith("P(return >= break-even (no target is set)) is below 1 %.")


def test_what_is_below_target_and_not_beyond_chance_is_counted():
    none = judged_returns(Watched(at=AT, day=DAY))
    rows = [roi("ugo", -0.9, -0.5), roi("abel", -0.2, 0.4), roi("bea", 0.6, 2.0)]
    running = [forecast(0.01), forecast(0.3), forecast(0.08)]
    assert none == Judged(0, 0, 0)
    found = judged_returns(Watched(at=AT, day=DAY, returns=rows, expected=running))
    assert found == Judged(looked_at=6, beyond_chance=2, within_chance=3)
