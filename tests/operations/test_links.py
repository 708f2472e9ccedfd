"""Links: made in bulk they are links like any others; settings hold from the next second on."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.link_making import LinkPlan
from truelift.catalog.permission import Role
from truelift.operations.collect import ServedNow
from truelift.operations.links import add_links, qr_code, set_links, slugs
from truelift.store.ground import Desk

SHOP = "https://shop.example/p"


@pytest.fixture
def made(told):
    """A workspace with two links and codes."""
    reports = add_links(told.ground, LinkPlan(SHOP, "spring", code="{creator}10"), ["ana", "bo"])
    assert [record.accepted for report in reports for record in report.records] == [2, 2]
    return told


def served_of(told):
    return ServedNow(Desk(told.ground.workspace, told.clock, None), told.ground.folder)().links


def test_made_links_are_served_and_made_again_they_are_the_same(made):
    assert slugs(made.ground) == ["ana-spring", "bo-spring"]
    assert set(served_of(made)) == {"ana-spring", "bo-spring"}
    (links, codes) = add_links(made.ground, LinkPlan(SHOP, "spring", code="{creator}10"), ["ana"])
    assert links.records[0].accepted == codes.records[0].accepted == 0
    (other,) = add_links(made.ground, LinkPlan(f"{SHOP}/new", "spring"), ["ana"])
    assert other.records[0].updated == 1


def test_a_plan_that_cannot_be_keeps_nothing(told):
    with pytest.raises(UsageError, match="put"):
        add_links(told.ground, LinkPlan(SHOP, slug="same"), ["ana", "bo"])
    assert slugs(told.ground) == []


def test_settings_stay_until_they_are_changed(made):
    set_links(made.ground, "ana-spring", others=[f"{SHOP}/b"])
    set_links(made.ground, "ana-spring", fallback=f"{SHOP}/z")
    row = set_links(made.ground, parameter="rc")
    assert (row["link"], row["parameter"]) == ("*", "rc")
    link = served_of(made)["ana-spring"]
    assert len(link.choices) == 2
    assert link.fallback.before.startswith(f"{SHOP}/z")
    assert link.choices[0].parameter == "rc"
    set_links(made.ground, "ana-spring", others=[])
    assert len(served_of(made)["ana-spring"].choices) == 1


@pytest.mark.parametrize(
    ("slug", "words", "match"),
    [
        (None, {"others": [SHOP]}, "one link"),
        ("ana-spring", {"parameter": "rc"}, "one link"),
        (None, {"parameter": "a=b"}, "click id"),
        (None, {"fallback": "//evil.example"}, "web address"),
        ("ana-spring", {"others": ["https://a@evil.example"]}, "before @"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(made, slug, words, match):
    with pytest.raises(UsageError, match=match):
        set_links(made.ground, slug, **words)


def test_a_link_that_is_not_there_has_no_settings_and_no_code(made, tmp_path):
    with pytest.raises(NotFound, match="truelift links"):
        set_links(made.ground, "none", fallback=SHOP)
    with pytest.raises(NotFound, match="truelift links"):
        qr_code(made.ground, "none", "https://go.brand.example", tmp_path / "a.svg")


def test_a_code_holds_the_address_of_the_link(made, tmp_path):
    for name, start in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG")):
        address = qr_code(made.ground, "ana-spring", "https://go.brand.example/", tmp_path / name)
        assert address == "https://go.brand.example/r/ana-spring"
        assert (tmp_path / name).read_bytes().startswith(start)
    for base, name in (("go.brand.example", "a.svg"), ("https://go.brand.example", "a.gif")):
        with pytest.raises(UsageError):
            qr_code(made.ground, "ana-spring", base, tmp_path / name)


@pytest.mark.usefixtures("made")
def test_an_auditor_sets_nothing(acting):
    with pytest.raises(Refused, match="import"):
        set_links(acting("kim", Role.AUDITOR), parameter="rc")
