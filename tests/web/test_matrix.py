"""Every route of the pages by every role, by nobody, by a link, and at another brand."""

from __future__ import annotations

import re

import pytest
from litestar import Response

from truelift.catalog.permission import ROLES, Action, Role
from truelift.web import pages
from truelift.web.people_deeds import PEOPLE_ACTS, TAKEN
from truelift.web.screens import people
from truelift.web.visiting import brand_prefix, takes

THERE = brand_prefix("bolt")
FILLED = {
    "/campaign/{name:path}": "/campaign/summer",
    "/close/{period:str}/{ending:str}": "/close/2026-05/pdf",
    "/share/{given:str}": "/share/share_0_0",
}
OF_PEOPLE = re.compile("/(people|tokens|sessions|audit|shares|mine|me)[.]")

ANYBODY = {
    ("GET", "/healthz"): 200, ("GET", "/sign-in"): 200, ("POST", "/sign-in"): 401,
    ("POST", "/sign-out"): 303, ("GET", "/first-run"): 404, ("POST", "/first-run"): 404,
    ("GET", "/share/share_0_0"): 404, ("POST", "/share/share_0_0"): 404,
}  # fmt: skip
"""What is answered to whoever asks, and how."""


def routes(application):
    """Give every (method, path) of an application, its parameters filled."""
    found = set()
    for route in application.routes:
        methods = getattr(route, "methods", ()) or ()
        found |= {(each, FILLED.get(route.path, route.path)) for each in methods if each != "HEAD"}
    return sorted(
        (method, path)
        for method, path in found
        if method != "OPTIONS" and (OF_PEOPLE.search(path) or not path.endswith(".json"))
    )  # of pages of figures one twin is enough: both have the route of their page


def expected(role, method, path):
    """Say how a route answers a role, from the permission table alone."""
    if path.startswith("/static/"):
        return 200
    allowed = ROLES[role]
    taken = takes(path, TAKEN)
    if path.startswith("/close/"):
        return 404 if Action.EXPORT in allowed else 403  # the period is not closed
    if path == "/upload/look" and Action.IMPORT in allowed:
        return 404  # no file waits
    done = 303 if method == "POST" or (path == "/" and Action.READ not in allowed) else 200
    usual = done if any(action in allowed for action in taken) else 403
    return ANYBODY.get((method, path), usual)


def without_id(text):
    return re.sub(r"Request <code>.*?</code>|\"request_id\": \"\w+\"", "", text)


@pytest.fixture(scope="module")
def matrix(peopled):
    """Serve with pages of figures that are short: what is tested is who gets them."""
    short = [
        {path: (fields, shown) for path, (fields, _) in each.items()}
        for each in pages.SCREENS
        if each is not people.SCREENS
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "SCREENS", (*short, people.SCREENS))
        named = {path: (*given, shown) for path, (*given, _) in pages.NAMED.items()}
        patch.setattr(pages, "NAMED", named)
        yield peopled.again()


def shown(*_given):
    return Response(b"shown", media_type="text/html")


@pytest.fixture(scope="module")
def every(matrix):
    found = routes(next(iter(matrix.apps.values())))
    assert len(found) > 100
    return found


@pytest.mark.parametrize("role", Role)
def test_every_route_answers_each_role_as_the_table_of_permissions_says(matrix, every, role):
    client = matrix.client(f"the-{role}")
    wrong = []
    for method, path in every:
        if path in {"/sign-out", "/sign-in"}:
            continue  # a session that is ended answers nothing more
        answer = client.request(method, path, follow_redirects=False)
        if answer.status_code != expected(role, method, path):
            wrong.append((method, path, answer.status_code, expected(role, method, path)))
    assert wrong == []


def test_nobody_is_answered_but_where_anybody_is(matrix, every):
    client = matrix.client()
    for method, path in every:
        answer = client.request(method, path, follow_redirects=False)
        anybody = 200 if path.startswith("/static/") else ANYBODY.get((method, path), 401)
        assert (method, path, answer.status_code) == (method, path, anybody)
        if anybody == 401 and path != "/sign-in":
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_another_brand_is_the_same_as_one_that_was_never_there(matrix, every):
    client = matrix.client("the-auditor")
    nowhere = without_id(client.get("/b/nosuch/roi").text)
    assert client.get("/b/nosuch/roi").status_code == 404
    for method, path in every:
        first = path.split("/")[1].partition(".")[0]
        if path.startswith("/static/") or (method, path) in ANYBODY or first == "live":
            continue
        answer = client.request(method, f"{THERE}{path}", follow_redirects=False)
        if path == "/":  # who has a role at one brand only is led there
            continue
        assert (path, answer.status_code) == (path, 404)
        if not path.endswith(".json"):
            shown = without_id(answer.text)
            assert shown.replace(f"{THERE}/", "/") == nowhere
        assert "bolt" not in without_id(answer.text).replace(THERE, "")


def test_a_brand_of_ones_own_is_shown_under_its_address_with_links_that_stay_there(peopled):
    client = peopled.client("stranger")
    assert client.get("/", follow_redirects=False).headers["location"] == f"{THERE}/"
    assert client.get("/roi").status_code == 404
    page = client.get(f"{THERE}/ledger")
    assert page.status_code == 200
    for link in re.findall(r' (?:href|action)="(/[^"]*)"', page.text):
        assert link.startswith((f"{THERE}/", "/static/"))
        assert "Brand" not in link
    back = {"back": "/people", "once": "there", "name": "x", "state": "disabled"}
    sent = client.post(f"{THERE}/act/person-state", data=back, follow_redirects=False)
    assert sent.headers["location"] == f"{THERE}/people?done=there"
    both = peopled.client("everywhere").get("/ledger").text
    assert f'href="{THERE}/"' in both


def test_a_creator_is_led_to_their_own_statement_and_sees_no_way_elsewhere(peopled):
    client = peopled.client("the-creator")
    page = client.get("/")
    assert page.url.path == "/mine"
    links = set(re.findall(r' href="(/[^"?.]*)"', page.text))
    assert {each for each in links if not each.startswith("/static")} == {"/", "/me", "/mine"}


def test_every_form_of_people_says_what_it_takes():
    assert set(TAKEN) == set(PEOPLE_ACTS)
