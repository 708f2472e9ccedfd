"""The pixel: it confirms a click and never anything else, and the page always gets its image."""

from __future__ import annotations

import pytest

CLICK = "A" * 22


def test_a_landing_is_kept(door):
    answer = door.ask("GET", f"/p.gif?c={CLICK}&k=page_key_of_the_shop", user_agent="Mozilla/5.0")
    assert (answer.status, answer["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert answer["cache-control"] == "no-store, private"
    (beacon,) = door.hits
    assert (beacon.click_id, beacon.brand, beacon.name) == (CLICK, "acme", "landed")
    assert beacon.label == "human"


def test_a_page_that_knows_no_key_sends_the_click_alone(door):
    door.ask("GET", f"/p.gif?tl={CLICK}&n=checkout")
    assert (door.hits[0].brand, door.hits[0].name) == ("", "checkout")
    door.ask("GET", f"/p.gif?tl={CLICK}&n=Bad%20Name")
    assert door.hits[1].name == "landed"


@pytest.mark.parametrize(
    "query",
    [
        "", "c=short", f"c={CLICK}<", "c=" + "A" * 65, f"c={CLICK}&k=wrong", "order=5&value=100",
        "c=" + "A" * 2_000, "kind=orders&order_id=1&subtotal=9999",
    ],
)  # fmt: skip
def test_what_names_no_click_is_counted_and_not_kept(door, query):
    answer = door.ask("GET", f"/p.gif?{query}")
    assert (answer.status, door.hits) == (200, [])
    assert door.machinery.counters.refused_pixels == 1


def test_a_pixel_with_money_in_it_is_a_landing_and_no_more(door):
    door.ask("GET", f"/p.gif?c={CLICK}&kind=orders&subtotal=9999&value=9999")
    (beacon,) = door.hits
    assert not hasattr(beacon, "rows")
    assert "9999" not in repr(beacon)


def test_a_head_and_other_methods_keep_nothing(door):
    assert door.ask("HEAD", f"/p.gif?c={CLICK}").body == b""
    assert door.ask("POST", f"/p.gif?c={CLICK}").status == 405
    assert not door.hits


def test_the_image_comes_when_nothing_can_be_kept(doors):
    full, slow = doors(keeps=None), doors(keeps="slow")
    assert full.ask("GET", f"/p.gif?c={CLICK}").status == 200
    assert full.machinery.counters.lost == 1
    assert slow.ask("GET", f"/p.gif?c={CLICK}").status == 200
    assert slow.commits[0].opened == 1
