"""People sign in and out, the first admin is made by a code, and a new password ends sessions."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotAdmitted, NotFound, Refused, TooManyTries, UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import Action, Role
from truelift.operations import admission as admissions
from truelift.operations import desk as desks
from truelift.operations import sessions
from truelift.operations.admission import TRIES, Admission, NotHere
from truelift.operations.sessions import FirstRun
from truelift.store import audit_log
from truelift.store.ground import Desk
from truelift.store.people_store import owner
from truelift.store.session_store import IDLE

WORD, OTHER = Secret("correct horse battery"), Secret("another horse battery")


@pytest.fixture
def at(told, monkeypatch):
    """Give an admission and the owner's desk; a hash is a word, for the real one is slow."""
    monkeypatch.setattr(
        admissions, "password_matches", lambda word, kept: kept == f"hash of {word.reveal()}"
    )
    for module in (admissions, desks, sessions):
        monkeypatch.setattr(
            module, "password_hash", lambda word: f"hash of {word.reveal()}", raising=False
        )
    made = Admission(told.ground)
    made.wall = told.clock.now
    desk = Desk(told.ground.workspace, told.clock, owner("ana.controller"))
    desks.add_person(desk, "Kim", Role.AUDITOR, email="Kim@X.example")
    desks.set_password(desk, "Kim", WORD)
    return made, desk


def said(text):
    return f"Session {text.reveal()}"


def test_a_session_is_its_persons_until_it_is_ended(told, at, logged):
    admission, desk = at
    text = sessions.sign_in(admission, "kim", WORD)  # capitals make no other person
    visitor = admission.visit(said(text), "roi")
    assert (visitor.name, visitor.brands) == ("Kim", ("acme",))
    assert visitor.session == sessions.session_id_of(text)
    with pytest.raises(Refused, match="Kim may not import"):
        admission.visit(said(text), "x", (Action.IMPORT,))
    sessions.sign_out(admission, text)
    sessions.sign_out(admission, text)
    with pytest.raises(NotAdmitted, match="Your session is over"):
        admission.visit(said(text), "roi")
    text = sessions.sign_in(admission, "Kim", WORD)
    told.clock.at += IDLE
    with pytest.raises(NotAdmitted, match="over"):
        admission.visit(said(text), "roi")
    text = sessions.sign_in(admission, "Kim", WORD)
    desks.set_active(desk, "Kim", active=False)
    desks.set_active(desk, "Kim", active=True)
    with pytest.raises(NotAdmitted, match="over"):
        admission.visit(said(text), "roi")
    assert ("Kim", "sign in", "by password", "done") in logged()
    assert ("Kim", "sign out", "", "done") in logged()


def test_a_wrong_name_and_a_wrong_password_are_one_answer_and_slow_down(at):
    admission, _ = at
    for name, word in (("Kim", "wrong"), ("nobody", "wrong"), ("Kim", ""), ("Kim", "x" * 300)):
        with pytest.raises(NotAdmitted, match=r"^This name and password do not fit\.$"):
            sessions.sign_in(admission, name, Secret(word))
    for _ in range(TRIES):
        admission.wrong()
    with pytest.raises(TooManyTries):
        sessions.sign_in(admission, "Kim", WORD)


def test_a_verified_address_opens_the_account_of_its_person_alone(at):
    admission, desk = at
    text = sessions.sign_in_by_address(admission, "kim@x.EXAMPLE")
    assert admission.visit(said(text), "roi").name == "Kim"
    desks.add_person(desk, "tim", Role.AUDITOR, email="kim@x.example")
    for address in ("kim@x.example", "eve@x.example", ""):
        with pytest.raises(NotAdmitted, match="Nobody here has this address alone"):
            sessions.sign_in_by_address(admission, address)


def test_who_changes_a_password_says_the_old_one_and_every_session_ends(at):
    admission, desk = at
    texts = [sessions.sign_in(admission, "Kim", WORD) for _ in "ab"]
    own = Desk(desk.workspace, desk.clock, admission.actor(said(texts[0])))
    with pytest.raises(NotAdmitted, match="do not fit"):
        sessions.change_password(admission, own, OTHER, OTHER)
    assert len([row for row in sessions.own_sessions(own) if row["state"] == "open"]) == 2
    sessions.change_password(admission, own, WORD, OTHER)
    for text in texts:
        with pytest.raises(NotAdmitted):
            admission.visit(said(text), "roi")
    assert sessions.sign_in(admission, "Kim", OTHER)
    with pytest.raises(UsageError, match="no password to change"):
        sessions.change_password(admission, desk, WORD, OTHER)


def test_people_end_their_own_and_an_admin_everybodys(at):
    admission, desk = at
    text = sessions.sign_in(admission, "Kim", WORD)
    desks.issue_token(desk, "Kim")
    own = Desk(desk.workspace, desk.clock, admission.actor(said(text)))
    (token,) = sessions.own_tokens(own)
    sessions.revoke_own_token(own, token["token"])
    with pytest.raises(NotFound):
        sessions.revoke_own_token(desk, token["token"])
    with pytest.raises(NotFound):
        sessions.end_own_session(desk, sessions.session_id_of(text))
    with pytest.raises(Refused):
        sessions.sessions(own)
    (row,) = sessions.sessions(desk)
    assert row["name"] == "Kim"
    sessions.end_session(desk, row["session"])
    with pytest.raises(NotFound):
        sessions.end_session(desk, "nosuch")
    other = sessions.sign_in(admission, "Kim", WORD)
    sessions.end_own_session(own, sessions.session_id_of(other))
    assert {row["state"] for row in sessions.sessions(desk)} == {"over"}


def test_the_first_admin_is_made_by_the_code_once_and_never_beside_a_password(told, at):
    admission, desk = at
    first = FirstRun()
    assert not first.open_to(admission)
    with pytest.raises(NotFound):
        first.make(admission, first.code(), "root", WORD)
    desks.set_active(desk, "Kim", active=False)  # now nobody can come in by a password
    with pytest.raises(UsageError, match="a user Kim already"):
        first.make(admission, first.code(), "kim", WORD)
    old, code = first.code(), first.code()
    for wrong in (old.reveal(), "", "00000-00000-00000-00000"):
        with pytest.raises(NotAdmitted, match="not the code"):
            first.make(admission, Secret(wrong), "root", WORD)
    with pytest.raises(UsageError, match="is no name"):
        first.make(admission, code, " ", WORD)
    text = first.make(admission, Secret(code.reveal().upper()), "root", WORD)
    visitor = admission.visit(said(text), "people", (Action.MANAGE_USERS,))
    assert visitor.rights.roles == {Role.ADMIN}
    assert not first.open_to(admission)
    with told.ground.workspace.transaction() as connection:
        lines = [each.subject for each in audit_log.records(connection, "")]
    assert "user root is admin, by the code of the first run" in lines


def test_served_beyond_this_machine_nobody_is_taken_for_its_owner(told):
    admission = Admission(told.ground)
    assert admission.visit(None, "roi").owner
    with pytest.raises(NotAdmitted, match="comes from elsewhere"):
        admission.visit(None, "roi", local=False)


def test_who_has_no_role_here_is_told_where_they_have_one(told, at):
    admission, desk = at
    desks.add_person(desk, "eve", Role.ADMIN)
    desks.withdraw_role(desk, "eve", Role.ADMIN)
    text = sessions._begin(admission, "eve", "password")
    with pytest.raises(NotHere) as nowhere:
        admission.visit(said(text), "roi")
    assert nowhere.value.brands == ()
    assert told.ground.brand.brand not in str(nowhere.value)
