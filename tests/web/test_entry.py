"""People sign in and out by a page; what a browser and a program are told differs."""

from __future__ import annotations

import pytest
from litestar.testing import TestClient

from truelift.app import create, opened
from truelift.operations.brands import brand_record
from truelift.web.pages import application
from truelift.web.visiting import Entry

WORD = "correct horse battery"
HTML = {"accept": "text/html,application/xhtml+xml"}


def signed_in(client, name="everywhere", word=WORD, **more):
    given = {"name": name, "password": word, **more}
    return client.post("/sign-in", data=given, follow_redirects=False)


def test_a_browser_is_led_to_sign_in_and_back_and_a_program_is_told_how(peopled):
    client = peopled.client()
    asked = client.get("/roi?by=creator&cost=paid", headers=HTML, follow_redirects=False)
    assert asked.status_code == 303
    where = asked.headers["location"]
    assert where == "/sign-in?next=%2Froi%3Fby%3Dcreator%26cost%3Dpaid"
    page = client.get(where).text
    assert 'value="/roi?by=creator&amp;cost=paid"' in page
    came = signed_in(client, next="/roi?by=creator&cost=paid")
    assert came.headers["location"] == "/roi?by=creator&cost=paid"
    shown = client.get(came.headers["location"])
    assert shown.status_code == 200
    assert ">everywhere</a>" in shown.text
    assert "Sign out" in shown.text
    program = peopled.client()
    for path in ("/roi", "/roi.json", "/me"):
        told = program.get(path)
        assert told.status_code == 401
        assert told.headers["www-authenticate"].startswith("Bearer")
    script = program.get("/roi", headers={**HTML, "sec-fetch-dest": "empty"})
    assert (script.status_code, "Basic" in script.headers["www-authenticate"]) == (401, False)
    basic = program.request("GET", "/me", auth=("everywhere", WORD))
    assert basic.status_code == 200
    assert "Sign out" not in basic.text


def test_the_cookie_is_of_this_host_and_no_script_and_new_at_every_sign_in(peopled):
    client = peopled.client()
    client.cookies = {"truelift-session": "session_of_somebody_else"}
    first = signed_in(client).headers["set-cookie"]
    assert "HttpOnly" in first
    assert "samesite=lax" in first.lower()
    assert "Path=/" in first
    assert "Domain" not in first
    assert "Secure" not in first
    assert "session_of_somebody_else" not in first
    before = dict(client.cookies)
    second = signed_in(client).headers["set-cookie"]
    assert second != first
    client.cookies = before  # the session that was there before ended with the new one
    assert client.get("/roi").status_code == 401


def test_over_https_the_cookie_is_bound_to_the_host_and_no_other_one_counts(peopled):
    made = application(peopled.workspace, entry=Entry(https=True))
    with TestClient(made, base_url="http://127.0.0.1") as client:
        client.headers["origin"] = "https://127.0.0.1"
        set_by_us = signed_in(client).headers["set-cookie"]
        assert set_by_us.startswith("__Host-truelift-session=")
        assert "Secure" in set_by_us
        client.cookies = {"truelift-session": set_by_us.partition("=")[2].partition(";")[0]}
        assert client.get("/me").status_code == 401
        name, _, value = set_by_us.partition(";")[0].partition("=")
        client.cookies = {name: value}
        assert client.get("/me").status_code == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(peopled):
    client = peopled.client("the-auditor")
    before = dict(client.cookies)
    assert client.get("/me").status_code == 200
    out = client.post("/sign-out", follow_redirects=False)
    assert out.headers["location"] == "/sign-in"
    assert "truelift-session" not in client.cookies
    client.cookies = before
    assert client.get("/me").status_code == 401
    assert client.get("/me", headers=HTML, follow_redirects=False).status_code == 303


def test_a_refusal_gives_the_name_back_and_never_the_password(peopled):
    client = peopled.client()
    refused = signed_in(client, "<b>everywhere", "wrong & long enough")
    assert refused.status_code == 401
    assert "This name and password do not fit." in refused.text
    assert 'value="&lt;b&gt;everywhere"' in refused.text
    assert "wrong" not in refused.text
    assert "www-authenticate" not in refused.headers  # the form asks, and no window
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "where",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "roi",
        "/\t/evil.example", "http:evil", "///evil.example", "\\\\evil", "",
    ],
)  # fmt: skip
def test_the_way_on_stays_here(peopled, where):
    assert signed_in(peopled.client(), next=where).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/first-run"])
def test_a_form_of_another_page_signs_nobody_in_or_out(peopled, path):
    client = peopled.client("the-auditor", origin="http://evil.example")
    assert client.post(path, data={}).status_code == 403
    assert client.get("/me").status_code == 200


@pytest.fixture
def fresh(tmp_path):
    """Serve a workspace in which nobody has a password, beyond this machine."""
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with (
        opened(tmp_path / "ws") as ws,
        TestClient(application(ws, "0.0.0.0"), base_url="http://10.0.0.7") as client,
    ):
        client.headers["origin"] = "http://10.0.0.7"
        client.follow_redirects = False
        yield ws, client


def test_beyond_this_machine_nobody_is_let_in_until_the_first_admin_is_made(fresh):
    ws, client = fresh
    assert client.get("/roi").status_code == 401
    assert client.get("/first-run").status_code == 404
    assert "Nobody has a password here yet" in client.get("/sign-in").text
    code = ws.first_run_code().reveal()
    assert client.get("/roi", headers=HTML).headers["location"].startswith("/sign-in")
    assert client.get("/sign-in").headers["location"] == "/first-run"
    page = client.get("/first-run")
    assert page.status_code == 200
    assert code not in page.text
    given = {"code": "00000-00000", "name": "root", "password": WORD}
    wrong = client.post("/first-run", data=given)
    assert wrong.status_code == 401
    assert WORD not in wrong.text
    short = client.post("/first-run", data=given | {"code": code, "password": "short"})
    assert short.status_code == 400
    assert "take 12 to" in short.text
    done = client.post("/first-run", data=given | {"code": code})
    assert (done.status_code, done.headers["location"]) == (303, "/people")
    assert client.get("/people").status_code == 200
    for again in (client.get("/first-run"), client.post("/first-run", data=given)):
        assert again.status_code == 404
