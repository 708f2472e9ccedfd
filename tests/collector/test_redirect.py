"""Redirects: a click is kept as it came, the visitor goes where the link leads and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from urllib.parse import urlsplit

import pytest

from truelift.catalog.served import LinkWords
from truelift.facts.datacenter import read_ranges

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"
INSTAGRAM = SAFARI.replace("Version/17.5", "Instagram 330.0.0.35.98 (iPhone15,2)")
PAST, FUTURE = dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)


def test_a_click_is_kept_and_leads_to_the_shop_with_its_id_last(door):
    answer = door.ask(
        "GET", "/r/ana1?utm_medium=social&evil=1", user_agent=INSTAGRAM, host="go.shop.example",
        referer="https://l.instagram.com/", accept_language="en",
    )  # fmt: skip
    (click,) = door.hits
    assert answer.status == 302
    assert answer["location"] == (
        f"https://shop.example/p?size=m&utm_medium=social&tl={click.click_id}#top"
    )
    assert answer["cache-control"] == "no-store, private"
    assert answer["x-robots-tag"] == "noindex, nofollow"
    assert answer["referrer-policy"]
    assert len(click.click_id) == 22
    assert (click.brand, click.slug, click.method) == ("acme", "ana1", "GET")
    assert (click.label, click.in_app) == ("human", "instagram")
    assert (click.referrer, click.user_agent) == ("https://l.instagram.com/", INSTAGRAM)
    assert click.received_us == door.now_us
    assert len(click.visitor) == 32


def test_a_head_is_answered_alike_and_labelled(door):
    answer = door.ask("HEAD", "/r/ana1", user_agent=SAFARI)
    assert (answer.status, answer.body) == (302, b"")
    assert answer["location"].startswith("https://shop.example/p")
    assert door.hits[0].label == "head"
    assert door.machinery.counters.classes == {"head": 1}


@pytest.mark.parametrize(
    ("headers", "label"),
    [
        ({"user_agent": SAFARI}, "human"),
        ({"user_agent": "Twitterbot/1.0"}, "preview"),
        ({"user_agent": "curl/8"}, "bot"),
        ({}, "bot"),
        ({"user_agent": SAFARI, "sec_purpose": "prefetch"}, "prefetch"),
        ({"user_agent": SAFARI, "x_moz": "prefetch"}, "prefetch"),
    ],
)
def test_everybody_is_redirected_and_labelled(door, headers, label):
    assert door.ask("GET", "/r/ana1", **headers).status == 302
    assert door.hits[0].label == label


def test_an_address_of_a_datacenter_is_labelled(door):
    door.machinery.datacenters = read_ranges(["203.0.113.0/24"])
    door.ask("GET", "/r/ana1", user_agent=SAFARI)
    assert door.hits[0].label == "datacenter"


@pytest.mark.parametrize(("name", "signal"), [("sec_gpc", "gpc"), ("dnt", "dnt")])
def test_who_does_not_want_to_be_followed_gets_no_click_id(door, name, signal):
    answer = door.ask("GET", "/r/ana1?utm_medium=a", user_agent=SAFARI, **{name: "1"})
    assert answer["location"] == "https://shop.example/p?size=m&utm_medium=a#top"
    (click,) = door.hits
    assert (click.signal, click.consent, click.passed_on) == (signal, False, False)


def test_a_link_out_of_force_ends_at_its_fallback_or_is_gone(doors):
    door = doors(
        words=(
            LinkWords("ended", "https://shop.example/a", valid_to=PAST),
            LinkWords("later", "https://shop.example/a", valid_from=FUTURE),
            LinkWords(
                "falls", "https://shop.example/a", valid_to=PAST, fallback="https://shop.example/z"
            ),
        )
    )
    assert door.ask("GET", "/r/ended").status == 410
    assert door.ask("GET", "/r/later").status == 404
    assert not door.hits
    answer = door.ask("GET", "/r/falls")
    assert urlsplit(answer["location"]).path == "/z"
    assert door.hits[0].fallback


def test_destinations_take_turns_and_the_click_says_which(door):
    seen = Counter()
    for number in range(60):
        answer = door.ask("GET", "/r/turns", user_agent=f"{SAFARI} {number}")
        seen[urlsplit(answer["location"]).path, door.hits[-1].choice] += 1
    assert set(seen) == {("/a", 0), ("/b", 1)}


def test_one_may_look_where_a_link_leads_without_a_click(doors):
    door = doors(words=(LinkWords("odd", "https://shop.example/<b>&amp"),))
    answer = door.ask("GET", "/r/ana1+")
    assert (answer.status, door.hits) == (200, [])
    assert b"https://shop.example/p?size=m#top" in answer.body
    assert b"<b>" not in door.ask("GET", "/r/odd+").body


@pytest.mark.parametrize(
    "slug", ["nothing", "nothing+", "", "ana1/", "ANA1", "//evil.example", "%0d"]
)
def test_what_is_no_link_is_not_found(door, slug):
    answer = door.ask("GET", f"/r/{slug}")
    assert (answer.status, answer["content-type"]) == (404, "application/problem+json")
    assert answer.json["detail"]


def test_other_methods_are_refused(door):
    answer = door.ask("POST", "/r/ana1")
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD")


ATTEMPTS = [
    f"{path}{query}"
    for path in ("/r/ana1", "/r/ana1//evil.example", "/r//evil.example", "/r/\\evil.example",
                 "/r/ana1@evil.example", "/r/https://evil.example", "/r/..%2fevil", "/r/ana1%00",
                 "/r/ana1\r\nLocation: https://evil.example", "/r/ana1;//evil.example")
    for query in ("", "?url=//evil.example", "?redir_url=https://evil.example",
                  "?utm_term=%0d%0aLocation:%20https://evil.example", "?tl=forged&utm_term=@evil",
                  "?utm_term=\\evil.example", "?utm_source=https://evil.example#@evil.example")
]  # fmt: skip


@pytest.mark.parametrize("target", ATTEMPTS, ids=ascii)
def test_nobody_is_led_to_another_host(door, target):
    assert len(ATTEMPTS) >= 60
    answer = door.ask("GET", target)
    if answer.status == 302:
        location = answer["location"]
        assert urlsplit(location).netloc == "shop.example"
        assert location.startswith("https://shop.example/p?size=m&")
        assert "\r" not in location
        assert "\n" not in location
        assert location.endswith(f"tl={door.hits[-1].click_id}#top")
    else:
        assert answer.status == 404


def test_a_visitor_is_redirected_when_nothing_can_be_kept(doors):
    for keeps, lost, opened in ((None, 1, []), (False, 0, [1]), ("slow", 0, [1])):
        door = doors(keeps=keeps)
        assert door.ask("GET", "/r/ana1").status == 302
        assert door.machinery.counters.lost == lost
        assert [each.opened for each in door.commits] == opened


@pytest.mark.parametrize(
    ("sent", "country"), [("de", "DE"), ("XX1", None), ("", None), ("\u00fc\u00fc", None)]
)
def test_a_country_is_taken_from_a_trusted_proxy_only(door, sent, country):
    door.ask("GET", "/r/ana1", cf_ipcountry=sent)
    assert door.hits[-1].country is None
    door.machinery.country_header = "cf-ipcountry"
    door.ask("GET", "/r/ana1", cf_ipcountry=sent)
    assert door.hits[-1].country == country


def test_visitors_have_another_key_on_another_day_or_behind_another_address(door):
    door.ask("GET", "/r/ana1", user_agent=SAFARI)
    door.ask("GET", "/r/ana1", user_agent=SAFARI)
    door.now_us += 86_400_000_000
    door.ask("GET", "/r/ana1", user_agent=SAFARI)
    first, second, third = (each.visitor for each in door.hits)
    assert first == second != third
    assert len({each.click_id for each in door.hits}) == 3


def test_a_very_long_query_is_left_behind(door):
    answer = door.ask("GET", "/r/ana1?utm_term=" + "a" * 5_000)
    assert answer["location"] == f"https://shop.example/p?size=m&tl={door.hits[0].click_id}#top"
