"""Visitor key: one visitor has one key a day, and none can be followed into the next."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.visitor import DAY_US, day_of, network_of, salts_on, visitor_key

ASKS = ("203.0.113.9", "Mozilla/5.0", "en-US", "go.shop.example")
TODAY = dt.date(2026, 5, 3)


def test_the_same_request_has_the_same_key_under_one_salt_only():
    assert visitor_key(b"a" * 32, *ASKS) == visitor_key(b"a" * 32, *ASKS)
    assert visitor_key(b"a" * 32, *ASKS) != visitor_key(b"b" * 32, *ASKS)
    assert len(visitor_key(b"a" * 32, *ASKS)) == 32
    assert ASKS[0] not in visitor_key(b"a" * 32, *ASKS)


@pytest.mark.parametrize("part", range(4))
def test_every_part_of_a_request_counts(part):
    other = [text + "x" if place == part else text for place, text in enumerate(ASKS)]
    assert visitor_key(b"a" * 32, *other) != visitor_key(b"a" * 32, *ASKS)


def test_parts_cannot_run_into_each_other():
    assert visitor_key(b"a", "1", "ab", "c", "") != visitor_key(b"a", "1", "a", "bc", "")
    assert visitor_key(b"a", "1", "\udcff", "", "")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9%eth0", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_of_an_ipv6_address_the_network_counts(address, network):
    assert network_of(address) == network


@given(st.lists(st.integers(0, 20), max_size=8))
def test_no_salt_outlives_the_day_after_its_own(days):
    kept = {}
    for later in sorted(days):
        today = TODAY + dt.timedelta(days=later)
        before = dict(kept)
        kept = salts_on(kept, today, bytes([later]) * 32)
        assert set(kept) <= {today, today - dt.timedelta(days=1)}
        assert today in kept
        assert all(kept[day] == before[day] for day in kept if day in before)


def test_a_day_is_counted_in_utc():
    assert day_of(0) == dt.date(1970, 1, 1)
    assert day_of(DAY_US - 1) == dt.date(1970, 1, 1)
    assert day_of(DAY_US) == dt.date(1970, 1, 2)
