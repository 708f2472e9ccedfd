"""Request class: the method weighs most, then the agent, then what the request is for."""

from __future__ import annotations

import pytest

from truelift.facts.agent_lists import BOT, HUMAN, PREFETCH, PREVIEW
from truelift.facts.request_class import DATACENTER, HEAD, request_class

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
INSTAGRAM = SAFARI.replace("Version/17.5", "Instagram 330.0.0.35.98")


@pytest.mark.parametrize(
    ("method", "agent", "purposes", "label"),
    [
        ("GET", SAFARI, {}, HUMAN),
        ("HEAD", SAFARI, {}, HEAD),
        ("HEAD", "Twitterbot/1.0", {}, HEAD),
        ("GET", "Twitterbot/1.0", {}, PREVIEW),
        ("GET", "", {}, BOT),
        ("GET", SAFARI, {"sec-purpose": "prefetch;prerender"}, PREFETCH),
        ("GET", SAFARI, {"purpose": "prefetch"}, PREFETCH),
        ("GET", SAFARI, {"x-purpose": "preview"}, PREFETCH),
        ("GET", SAFARI, {"x-moz": "Prefetch"}, PREFETCH),
        ("GET", SAFARI, {"purpose": "navigation"}, HUMAN),
        ("GET", "curl/8", {"sec-purpose": "prefetch"}, BOT),
    ],
)
def test_a_request_is_labelled_by_what_it_says(method, agent, purposes, label):
    found = request_class(method, agent, purposes)
    assert found.label == label
    assert ": " in found.rule


def test_a_post_on_x_is_one_preview_and_three_heads_and_no_click():
    burst = [("GET", "Twitterbot/1.0"), *[("HEAD", SAFARI)] * 3]
    labels = [request_class(method, agent, {}).label for method, agent in burst]
    assert labels == [PREVIEW, HEAD, HEAD, HEAD]


def test_an_address_of_a_datacenter_makes_a_browser_no_person():
    assert request_class("GET", SAFARI, {}, datacenter=True).label == DATACENTER
    assert request_class("GET", "curl/8", {}, datacenter=True).label == BOT


def test_the_app_stays_known_whatever_the_class():
    found = (
        request_class("HEAD", INSTAGRAM, {}),
        request_class("GET", INSTAGRAM, {"x-moz": "prefetch"}),
    )
    assert [each.in_app for each in found] == ["instagram", "instagram"]
