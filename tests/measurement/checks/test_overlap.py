"""What else ran while a creator was measured is counted, named and dated."""

import datetime as dt

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.overlap import Window, overlap

MAY, JUNE, JULY = (dt.datetime(2026, month, 1) for month in (5, 6, 7))
SPRING = Window("spring", MAY, JUNE)


def test_nothing_beside_passes():
    found = overlap(SPRING, [Window("summer", JUNE, JULY)], [JUNE], posts=3, shared=0)
    assert found.verdict is Verdict.PASSES
    assert found.sentence == "Nothing else of this creator ran in the 31 days of the campaign."


def test_another_campaign_or_another_brand_warns_and_is_named():
    ten = Window("glow", MAY - dt.timedelta(days=20), MAY + dt.timedelta(days=10))
    found = overlap(SPRING, [ten], [MAY, JUNE], posts=3, shared=1)
    assert found.verdict is Verdict.WARNS
    assert "also ran in glow (10 days)" in found.sentence
    assert "published 1 post for other brands" in found.sentence
    assert "shares 1 of 3 posts" in found.sentence
    assert [item.value for item in found.values] == [10, 10 / 31, 1, 1]


def test_a_campaign_whose_posts_are_all_anothers_too_fails():
    assert overlap(SPRING, [], [], posts=2, shared=2).verdict is Verdict.FAILS


def test_before_the_launch_there_is_nothing_to_compare():
    assert overlap(None, [SPRING], [], posts=0, shared=0).verdict is Verdict.NOT_RUN


def test_a_launch_after_the_flight_has_no_days_to_share():
    found = overlap(Window("late", JULY, JULY), [SPRING], [], posts=1, shared=0)
    assert found.verdict is Verdict.PASSES
