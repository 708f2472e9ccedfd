"""Somebody signs in by a provider: there and back, as the person with the verified address."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from litestar.testing import TestClient

from truelift.base.errors import NotAdmitted
from truelift.base.secret import Secret

pytest.importorskip("authlib", reason="authlib is not installed")

from truelift.operations.provider import Provider
from truelift.web.pages import application
from truelift.web.provided import MOST, SECONDS, Waiting
from truelift.web.visiting import Entry

MADE = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "identity_provider.py"))


@pytest.fixture(scope="module")
def there():
    made = MADE["IdentityProvider"]()
    yield made
    made.end()


@pytest.fixture
def client(there, peopled):
    there.claims = {}
    provider = Provider(there.issuer, MADE["CLIENT"], Secret(MADE["SECRET"]), "Our House")
    made = application(peopled.workspace, entry=Entry(provider=provider))
    with TestClient(made, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
        found.follow_redirects = False
        yield found


def test_the_person_with_the_verified_address_comes_in_where_they_wanted_to(client, there):
    page = client.get("/sign-in?next=/me").text
    assert "Sign in with Our House" in page
    begun = client.get("/oidc/start?next=/me")
    back = client.get(there.agrees(begun.headers["location"]))
    assert (back.status_code, back.headers["location"]) == (303, "/me")
    assert "everywhere" in client.get("/me").text
    assert "provider" in client.get("/me.csv").text


def test_an_address_that_nobody_has_makes_nobody(client, there):
    there.claims = {"email": "stranger@x.example"}
    begun = client.get("/oidc/start")
    back = client.get(there.agrees(begun.headers["location"]), headers={"accept": "text/html"})
    assert back.status_code == 401
    assert "Nobody here has this address alone" in back.text
    assert "stranger@" not in back.text
    assert "set-cookie" not in back.headers
    assert client.get("/roi").status_code == 401


def test_a_way_back_is_good_once_and_only_in_the_browser_that_began_it(client, there):
    first = there.agrees(client.get("/oidc/start").headers["location"])
    client.cookies.clear()
    assert client.get(first).status_code == 401
    again = there.agrees(client.get("/oidc/start?next=//evil.example").headers["location"])
    there_and_back = client.get(again)
    assert there_and_back.headers["location"] == "/"
    assert client.get(again).status_code == 401
    for query in ("", "?state=x&code=y", "?error=access_denied&state=x"):
        assert client.get(f"/oidc/done{query}").status_code == 401


def test_what_was_begun_is_forgotten_in_time():
    class Begun:
        def __init__(self, state):
            self.state = state

    now = [0.0]
    waiting = Waiting(lambda: now[0])
    for number in range(MOST + 1):
        waiting.leave(Begun(str(number)), "browser", "/")
    for state in ("0", "nosuch"):
        with pytest.raises(NotAdmitted):
            waiting.back(state, "browser")
    assert waiting.back("1", "browser")[1] == "/"
    now[0] = SECONDS + 1
    with pytest.raises(NotAdmitted):
        waiting.back("2", "browser")
