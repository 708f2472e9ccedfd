"""The line of a page shows who is here and what they may open, and nothing else."""

from __future__ import annotations

import pytest

from truelift.catalog.permission import OWNER_RIGHTS, Rights, Role
from truelift.operations.admission import Visitor
from truelift.web.account import account
from truelift.web.visiting import CALLER, NAME, SHARED, Caller


def shown(*roles, brands=(), session=None, shared=""):
    rights = Rights(frozenset(roles)) if roles else OWNER_RIGHTS
    tokens = (
        CALLER.set(Caller(Visitor("<kim>", rights, brands, session), None, brands)),
        SHARED.set(shared),
    )
    try:
        return str(account("<acme>", "/people"))
    finally:
        CALLER.reset(tokens[0])
        SHARED.reset(tokens[1])


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (Role.MARKETER, {"/shares"}), (Role.PREPARER, set()),
        (Role.APPROVER, {"/audit", "/shares"}), (Role.AUDITOR, {"/audit"}),
        (Role.ADMIN, {"/people", "/audit", "/shares"}),
        (Role.CREATOR, {"/mine"}),
    ],
)  # fmt: skip
def test_each_role_is_shown_what_it_may_open(role, paths):
    page = shown(role)
    linked = {each for each in ("/people", "/audit", "/shares", "/mine") if f'"{each}"' in page}
    assert linked == paths
    assert NAME in page
    assert "Sign out" not in page


def test_other_brands_are_linked_and_a_session_can_be_left():
    page = shown(Role.ADMIN, brands=("<acme>", "b/c"), session="17")
    assert 'href="/b/b%2Fc/"' in page
    assert page.count("&lt;acme&gt;") == 1
    assert 'action="/sign-out"' in page


def test_a_page_that_is_shown_by_a_link_says_no_more_than_its_brand():
    page = shown(Role.ADMIN, brands=("<acme>", "b/c"), session="17", shared="shown by a link")
    assert "href" not in page
    assert "kim" not in page
    assert "b/c" not in page
