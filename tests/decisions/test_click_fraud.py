"""Clicks are questioned by bursts, repeats, datacenters and landings that never come."""

import datetime as dt

import pytest
import scipy

from truelift.decisions.click_fraud import ClickDay, few, questioned

DAY = dt.date(2026, 5, 1)


def clicks(**given):
    plain = {
        "slug": "ana1", "creator": "ana", "campaign": None, "day": DAY, "gross": 100, "human": 90,
        "datacenter": 2, "landed": 0, "repeated": 0, "busiest": 5,
    }  # fmt: skip
    return ClickDay(**{**plain, **given})


@pytest.mark.parametrize(
    ("given", "reasons", "count"),
    [
        ({}, [], 0),
        ({"busiest": 60}, ["burst"], 60),
        ({"busiest": 20, "human": 20}, [], 0),
        ({"repeated": 40}, ["repeats"], 40),
        ({"datacenter": 40}, ["datacenter"], 0),
        ({"busiest": 50, "repeated": 70}, ["burst", "repeats"], 70),
    ],
)
def test_each_reason_says_how_many(given, reasons, count):
    (verdict,) = questioned([clicks(**given)])
    assert [name for name, _ in verdict.reasons] == reasons
    assert verdict.questioned == count
    assert verdict.valid == verdict.clicks.human - count


def test_a_link_whose_clicks_never_land_stands_out_among_those_that_do():
    days = [clicks(slug=f"s{at}", landed=60 + at % 7) for at in range(10)]
    odd = clicks(slug="odd", landed=3)
    *others, last = questioned([*days, odd])
    assert not any(each.reasons for each in others)
    assert [name for name, _ in last.reasons] == ["no landing"]
    assert 80 <= last.questioned <= 90


def test_where_no_page_tells_of_landings_nothing_is_known():
    assert not any(each.reasons for each in questioned([clicks(), clicks(slug="b")]))
    assert questioned([]) == []


def test_few_landings_are_as_probable_as_scipy_says():
    for landed, human, yes, no in (
        (0, 40, 0.5, 12.0),
        (7, 90, 33.0, 27.0),
        (900, 2_500, 20.0, 9.0),
    ):
        want = scipy.stats.betabinom.cdf(landed, human, yes, no)
        assert few(landed, human, yes, no) == pytest.approx(want, rel=1e-11)
    assert few(5, 5, 1.0, 1.0) == 1.0
