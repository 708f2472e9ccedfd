"""Link making: one link and code per creator, each its own, all leading to the shop."""

from __future__ import annotations

import pytest

from truelift.catalog.link_making import LinkPlan, make_links, tagged

SHOP = "https://shop.example/p?size=m#top"


def test_each_creator_has_a_link_and_a_code_with_tags():
    plan = LinkPlan(SHOP, "spring", "tiktok", code="{creator}10")
    made = make_links(plan, ["ana", "Bo K", "ana"])
    assert [row["slug"] for row in made.links] == ["ana-spring", "Bo-K-spring"]
    assert made.links[0]["destination"] == (
        "https://shop.example/p?size=m&utm_source=tiktok&utm_medium=creator&utm_campaign=spring"
        "&utm_content=ana#top"
    )
    assert [row["code"] for row in made.codes] == ["ANA10", "BO-K10"]
    assert made.links[1]["creator"] == "Bo K"


def test_without_a_campaign_or_code_there_is_a_plain_link():
    made = make_links(LinkPlan(SHOP, utm="", kind="evergreen"), ["ana"])
    assert made.links[0] == {
        "slug": "ana", "destination": SHOP, "creator": "ana", "campaign": "", "kind": "evergreen",
    }  # fmt: skip
    assert made.codes == ()


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (LinkPlan(SHOP, slug="{name}"), "nothing to fill in"),
        (LinkPlan(SHOP, slug="all"), "the slug all"),
        (LinkPlan(SHOP, code="SPRING"), "the code SPRING"),
        (LinkPlan("shop.example"), "web address"),
    ],
)
def test_a_plan_that_cannot_be_says_why(plan, sentence):
    assert sentence in make_links(plan, ["ana", "bo"])


@pytest.mark.parametrize(
    ("destination", "tags", "found"),
    [
        ("https://a.example", "x=1&y=", "https://a.example?x=1"),
        ("https://a.example?x=0", "x=1&y=2", "https://a.example?x=0&y=2"),
        ("https://a.example#f", "", "https://a.example#f"),
        ("https://a.example/?#f", "x=1", "https://a.example/?x=1#f"),
    ],
)
def test_tags_are_added_and_none_that_is_there_is_changed(destination, tags, found):
    assert tagged(destination, tags) == found
