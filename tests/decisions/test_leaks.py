"""Orders of a code are told apart by click, referrer, country, customer and pace, day by day."""

import datetime as dt
import random

import pytest

from truelift.base.errors import UsageError
from truelift.decisions.leak_rules import is_coupon_site, rules_of
from truelift.decisions.leaked_code import leaked_codes
from truelift.decisions.leaks import CodedOrder, judge

FIRST = dt.date(2026, 1, 1)
LAST = FIRST + dt.timedelta(days=99)
RULES = rules_of()


def order(number, day, code="ANA", **shows):
    at = dt.datetime.combine(FIRST, dt.time(9)) + dt.timedelta(days=day, minutes=number % 600)
    given = {"clicked": False, "country": "US", "new_customer": True, "campaign": "spring"}
    return CodedOrder(
        order=f"{code}-{number}", code=code, creator=code.lower(), at=at,
        day=FIRST + dt.timedelta(days=day), **{**given, **shows},
    )  # fmt: skip


def own_orders(code="ANA", days=100, daily=1, seed=1):
    drawn = random.Random(seed)
    return [
        order(
            day * 10 + each, day, code, clicked=drawn.random() < 0.3,
            country=drawn.choice(["US"] * 9 + ["CA"]), new_customer=drawn.random() < 0.6,
        )
        for day in range(days)
        for each in range(daily)
    ]  # fmt: skip


def leaked_orders(first, days, daily=8, **shows):
    given = {"country": "BR", "new_customer": False, **shows}
    return [
        order(5_000 + day * 20 + each, day, **given)
        for day in range(first, first + days)
        for each in range(daily)
    ]


def called(orders, posts=None, until=LAST):
    return {each.order.order for each in judge(orders, posts or {}, RULES, until) if each.leaked}


def test_a_leak_abroad_is_found_whole_and_hardly_anything_else_is():
    leak = leaked_orders(60, 10)
    found = called(own_orders() + own_orders("BO", seed=2) + leak)
    assert found >= {each.order for each in leak}
    assert len(found) <= len(leak) + 3
    assert not any(name.startswith("BO") for name in found)


def test_it_is_found_on_its_first_day():
    leak = leaked_orders(60, 1)
    known = [each for each in own_orders() + own_orders("BO", seed=2) if each.day <= leak[0].day]
    assert called(known + leak, until=leak[0].day) == {each.order for each in leak}


def test_a_burst_that_looks_like_the_creators_own_buyers_is_no_leak():
    burst = [order(9_000 + at, 60 + at % 3, clicked=at % 3 == 0) for at in range(24)]
    post = {"ana": [FIRST + dt.timedelta(days=60)]}
    assert called(own_orders() + own_orders("BO", seed=2) + burst, post) == set()


def test_a_coupon_site_tells_buyers_of_the_same_country():
    leak = leaked_orders(60, 6, country="US", coupon=True)
    assert called(own_orders() + own_orders("BO", seed=2) + leak) >= {each.order for each in leak}


def test_what_is_not_known_of_an_order_says_nothing():
    bare = [order(at, at, country=None, new_customer=None) for at in range(30)]
    (judged, *_) = judge(bare, {}, RULES, LAST)
    assert {each.kind for each in judged.evidence} == {"click", "referrer"}
    assert judge([], {}, RULES, LAST) == []


def test_an_own_purchase_is_questioned_without_being_called_leaked():
    (judged,) = judge([order(1, 1, own=True)], {}, RULES, LAST)
    assert judged.questioned
    assert not judged.leaked


def test_a_code_adds_up_to_what_leaked_since_when_and_what_tells_it():
    orders = own_orders() + own_orders("BO", seed=2) + leaked_orders(60, 10)
    leaked, *others = leaked_codes(judge(orders, {}, RULES, LAST))
    assert (leaked.code, leaked.orders, leaked.named) == ("ANA", 180, True)
    assert 80 <= leaked.leaked <= 83
    assert leaked.since.date() == FIRST + dt.timedelta(days=60)
    assert leaked.seen_at.date() == leaked.since.date()
    assert leaked.daily == pytest.approx(9)
    assert leaked.daily_before == pytest.approx(1)
    assert leaked.differences[0].shown == "BR"
    assert leaked.share == pytest.approx(80 / 180, abs=0.02)
    assert [each.leaked for each in others] == [0]


def test_the_same_orders_are_judged_the_same_in_any_order():
    orders = own_orders() + leaked_orders(60, 5)
    other = list(orders)
    random.Random(3).shuffle(other)
    assert judge(orders, {}, RULES, LAST) == judge(other, {}, RULES, LAST)


@pytest.mark.parametrize(
    ("texts", "is_one"),
    [(("https://www.honey.example/x",), True), ((None, "RetailMeNot"), True),
     (("https://instagram.com", None), False), ((), False)],
)  # fmt: skip
def test_places_where_codes_are_passed_on_are_known_by_their_words(texts, is_one):
    assert is_coupon_site(*texts) is is_one


def test_a_version_that_never_was_is_refused():
    with pytest.raises(UsageError, match="no leak rules '9'"):
        rules_of("9")
