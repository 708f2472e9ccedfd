"""What is done from the pages about people goes where it is judged, and secrets are not kept."""

from __future__ import annotations

import re

import pytest

from truelift.web.acts import Forms
from truelift.web.people_deeds import PEOPLE_ACTS

WORD = "correct horse battery"


def test_an_admin_adds_somebody_who_signs_in_changes_their_password_and_is_out(peopled, form):
    admin, guest = peopled.client("the-admin"), peopled.client()
    page = form(admin, "add-person", "/people", name="ada", role="auditor", where="this brand",
                email="ada@x.example", creator="").text  # fmt: skip
    assert "ada is auditor at this brand." in page
    page = form(admin, "set-password", "/people", name="ada", password=WORD).text
    assert "ada has a new password" in page
    assert WORD not in page
    given = {"name": "ada", "password": WORD}
    assert guest.post("/sign-in", data=given, follow_redirects=False).status_code == 303
    wrong = form(guest, "own-password", "/me", current="x", password=WORD + "!", again=WORD + "!")
    assert "do not fit" in wrong.text
    assert WORD not in wrong.text
    twice = form(guest, "own-password", "/me", current=WORD, password=WORD + "!", again="y")
    assert "not the same both times" in twice.text
    form(guest, "own-password", "/me", current=WORD, password=WORD + "!", again=WORD + "!")
    assert guest.get("/me").status_code == 401
    form(admin, "person-state", "/people", name="ada", state="disabled")
    given["password"] += "!"
    assert guest.post("/sign-in", data=given).status_code == 401


def test_a_token_is_shown_once_works_and_is_revoked(peopled, form):
    admin = peopled.client("the-admin")
    page = form(admin, "make-token", "/tokens", name="the-auditor", days="7", scope_read="yes")
    token = re.search(r"<code>(truelift_[^<]+)</code>", page.text)[1]
    assert token not in admin.get(page.url.raw_path.decode()).text
    bearer = {"authorization": f"Bearer {token}"}
    guest = peopled.client()
    assert guest.get("/ledger", headers=bearer).status_code == 200
    assert guest.get("/people", headers=bearer).status_code == 403
    form(admin, "revoke-token", "/tokens", token=token.split("_")[1])
    assert guest.get("/ledger", headers=bearer).status_code == 401


def test_a_session_is_ended_by_its_person_or_by_an_admin(peopled, form):
    one, admin = peopled.client("the-approver"), peopled.client("the-admin")
    own = one.cookies["truelift-session"].split("_")[1]
    assert own in one.get("/me").text
    assert "The session" in form(admin, "end-session", "/sessions", session=own).text
    assert one.get("/me").status_code == 401
    two = peopled.client("the-approver")
    form(two, "own-session", "/me", session=two.cookies["truelift-session"].split("_")[1])
    assert two.get("/me").status_code == 401


def test_who_manages_people_here_cannot_make_anybody_elsewhere(peopled, form):
    admin = peopled.client("the-admin")
    page = form(admin, "add-person", "/people", name="eve", role="admin", where="every brand")
    assert "the-admin may not add and disable people" in page.text
    page = form(admin, "set-password", "/people", name="stranger", password=WORD)
    assert "There is no user &#39;stranger&#39; here" in page.text
    assert "stranger" not in admin.get("/people").text


@pytest.mark.parametrize(
    ("act", "given", "words"),
    [
        ("add-person", {"name": "x", "role": "king", "where": "this brand"}, "Role takes one of"),
        ("add-person", {"name": "x", "role": "admin", "where": "bolt"}, "At takes one of"),
        ("make-token", {"name": "x", "days": "-1"}, "not a number of days"),
        ("make-token", {"name": "x", "days": "٣"}, "not a number of days"),
        ("share", {"page": "/people", "days": "3"}, "no page that a link can open"),
        ("share", {"page": "/roi", "days": "", "filters": ""}, "Days it is good for is missing"),
    ],
)
def test_what_is_off_is_said_beside_the_form(deeds, act, given, words):
    workspace = deeds()
    workspace.people = workspace.own = lambda: workspace
    outcome = Forms(PEOPLE_ACTS).do(workspace, act, given)
    assert outcome.refused
    assert words in outcome.sentence
    assert workspace.done == []
