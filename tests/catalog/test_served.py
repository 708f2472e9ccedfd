"""Served: links that are in force lead to their destinations, evenly and always the same way."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from truelift.catalog.served import (
    HookEndpoint,
    LinkWords,
    Tracking,
    key_hash,
    microseconds,
    serve_links,
)

SHOP = "https://shop.example/"


def link(**more):
    links, unsafe = serve_links("acme", [LinkWords("ana", SHOP, **more)], Tracking())
    assert not unsafe
    return links["ana"]


def test_a_link_is_in_force_from_its_first_instant_to_before_its_last():
    may, june = dt.datetime(2026, 5, 1), dt.datetime(2026, 6, 1)
    found = link(valid_from=may, valid_to=june)
    at = [microseconds(may) - 1, microseconds(may), microseconds(june) - 1, microseconds(june)]
    assert [found.in_force(each) for each in at] == [False, True, True, False]
    assert link().in_force(0)
    assert link(valid_to=june).in_force(0)
    assert microseconds(None) is None


def test_destinations_take_turns_evenly_and_a_visitor_sees_one():
    found = link(others=("https://shop.example/b", "https://shop.example/c"))
    turns = Counter(found.choice(f"visitor{number}") for number in range(3_000))
    assert set(turns) == {0, 1, 2}
    assert min(turns.values()) > 900
    assert len({found.choice("one") for _ in range(5)}) == 1
    assert link().choice("one") == 0


def test_a_link_has_another_version_when_it_leads_elsewhere():
    versions = {
        link().version,
        link(others=("https://shop.example/b",)).version,
        link(fallback="https://shop.example/end").version,
    }
    assert len(versions) == 3
    assert link(valid_to=dt.datetime(2026, 6, 1)).version == link().version


def test_a_link_that_is_not_safe_is_not_served_and_said():
    words = [
        LinkWords("ana", SHOP),
        LinkWords("bad slug", SHOP),
        LinkWords("evil", "https://shop.example@evil.example"),
        LinkWords("turns", SHOP, others=("//evil.example",)),
        LinkWords("ends", SHOP, fallback="javascript:alert(1)"),
        LinkWords("bo", SHOP),
    ]
    links, unsafe = serve_links("acme", words, Tracking(), taken={"bo"})
    assert set(links) == {"ana"}
    assert len(unsafe) == 5
    assert any("another brand" in each for each in unsafe)


def test_the_parameter_of_the_brand_is_used():
    links, _ = serve_links("acme", [LinkWords("ana", SHOP)], Tracking("rc", frozenset({"ref"})))
    assert links["ana"].choices[0].location("x" * 22).endswith("?rc=" + "x" * 22)
    assert links["ana"].taken_over == {"ref"}


def test_a_secret_is_not_printed_and_a_key_is_known_by_its_hash():
    assert "hush" not in repr(HookEndpoint("acme", "shopify", "h", (b"hush",)))
    assert key_hash("page_x") == key_hash("page_x") != key_hash("page_y")
