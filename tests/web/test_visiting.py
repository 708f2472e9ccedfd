"""Addresses of a brand stay under it, and what a path takes is found by its first part."""

from __future__ import annotations

import pytest
from htpy import a, p

from truelift.operations.people import Action
from truelift.web.people_deeds import TAKEN
from truelift.web.visiting import PREFIX, brand_prefix, own_path, prefixed, takes


@pytest.fixture
def under():
    token = PREFIX.set(brand_prefix('a/b "c"'))
    yield PREFIX.get()
    PREFIX.reset(token)


def test_links_and_forms_are_written_under_the_brand_and_texts_are_left_alone(under):
    assert under == "/b/a%2Fb%20%22c%22"
    texts = ' href="/evil" action="/evil"'
    page = prefixed(str(p[a(href="/roi")["x"], a(href="/static/y")["y"], texts, a(href="?z")["z"]]))
    assert page.count(under) == 1
    assert f'href="{under}/roi"' in page
    assert 'href="/static/y"' in page
    assert 'href="?z"' in page
    assert "/evil&#34;" in page


def test_without_a_brand_in_the_address_a_page_is_as_it_is():
    assert prefixed('<a href="/roi">') == '<a href="/roi">'


@pytest.mark.parametrize(
    ("path", "actions"),
    [
        ("/", (Action.READ, Action.READ_OWN)), ("/roi.csv", (Action.READ,)),
        ("/people", (Action.MANAGE_USERS,)), ("/people.json", (Action.MANAGE_USERS,)),
        ("/mine.csv", (Action.READ_OWN,)), ("/act/prepare", (Action.READ,)),
        ("/act/make-token", (Action.MANAGE_USERS,)), ("/act/share", (Action.SHARE,)),
        ("/act/own-password", (Action.READ, Action.READ_OWN)),
        ("/me/x", (Action.READ, Action.READ_OWN)),
        ("/campaign/people", (Action.READ,)), ("/audit.csv", (Action.READ_AUDIT,)),
    ],
)  # fmt: skip
def test_what_a_path_takes(path, actions):
    assert tuple(takes(path, TAKEN)) == actions


@pytest.mark.parametrize("path", ["/roi?by=creator", "/b/x/roi", "/campaign/a%2Fb"])
def test_an_address_of_ours_is_gone_on_to(path):
    assert own_path(path) == path
    assert own_path(f"/{path}") == "/"
    assert own_path(f"{path}\n") == "/"
