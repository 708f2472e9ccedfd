"""A request is by a token's person or by who says their password; by the owner while none exist."""

from __future__ import annotations

import base64

import pytest

from truelift.base.errors import NotAdmitted, Refused, TooManyTries
from truelift.base.secret import Secret
from truelift.catalog.permission import Role, Scope
from truelift.operations import admission as admissions
from truelift.operations.admission import REMEMBERED_SECONDS, TRIES, Admission, NotHere
from truelift.store import people_store
from truelift.store.credentials import new_token

PASSWORD = "correct horse battery"


def basic(name, password=PASSWORD):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def hashed(monkeypatch):
    """Stand in for argon2 and count how often it works."""
    count = []

    def matches(password, kept):
        count.append(kept)
        return kept == f"hash of {password.reveal()}"

    monkeypatch.setattr(admissions, "password_matches", matches)
    monkeypatch.setattr(admissions, "password_hash", lambda password: f"hash of {password}")
    return count


@pytest.fixture
def entrance(told, hashed):
    """Give the admission of a workspace with kim (auditor) and eve (no role here)."""
    at = told.clock.at
    with told.ground.workspace.transaction() as connection:
        for name, brand, role in (("kim", "acme", Role.AUDITOR), ("eve", "bolt", Role.ADMIN)):
            people_store.add(connection, name, email=None, creator=None, at=at, by="root")
            people_store.grant(connection, name, brand, role, at=at, by="root")
    made = Admission(told.ground)
    made.tick = lambda: made_at[0]
    made_at = [1000.0]
    made_at_of[id(made)] = made_at
    assert hashed == []
    return made


made_at_of = {}


def later(entrance, seconds):
    made_at_of[id(entrance)][0] += seconds


def give_password(told, name):
    with told.ground.workspace.transaction() as connection:
        people_store.set_password(connection, name, f"hash of {PASSWORD}")


def token_of(told, name, *scopes):
    token, at = new_token(), told.clock.at
    with told.ground.workspace.transaction() as connection:
        people_store.keep_token(
            connection, name, token, scopes or list(Scope), at=at, by="root",
            expires_at=at.replace(year=at.year + 1),
        )  # fmt: skip
    return f"Bearer {token.text.reveal()}"


def test_the_owner_is_meant_until_anybody_has_a_password(told, entrance):
    assert entrance.admit(None, "roi") == "ana.controller"
    give_password(told, "kim")
    with pytest.raises(NotAdmitted, match="people with passwords; say who you are"):
        entrance.admit(None, "roi")


def test_a_token_is_judged_by_its_own(told, entrance):
    assert entrance.admit(token_of(told, "kim"), "roi") == "kim"
    with pytest.raises(Refused, match="needs one of scope read"):
        entrance.admit(token_of(told, "kim", Scope.IMPORT), "roi")
    with pytest.raises(NotHere, match="Nothing matches") as nowhere:  # eve's brand is another one
        entrance.admit(token_of(told, "eve"), "roi")
    assert nowhere.value.brands == ()
    for given in ("Bearer", "Bearer truelift_1_x", "Digest x", "", "Basic", "Basic ???", basic("")):
        with pytest.raises(NotAdmitted):
            entrance.admit(given, "roi")


def test_a_right_password_is_hashed_once_and_forgotten_when_it_changes(told, entrance, hashed):
    give_password(told, "kim")
    for _ in range(5):
        assert entrance.admit(basic("kim"), "roi") == "kim"
    assert len(hashed) == 1
    later(entrance, REMEMBERED_SECONDS)
    assert entrance.admit(basic("kim"), "roi") == "kim"
    assert len(hashed) == 2
    with told.ground.workspace.transaction() as connection:
        people_store.set_password(connection, "kim", "hash of another")
    with pytest.raises(NotAdmitted, match="do not fit"):
        entrance.admit(basic("kim"), "roi")
    with told.ground.workspace.transaction() as connection:
        people_store.set_password(connection, "kim", f"hash of {PASSWORD}")
        people_store.set_active(connection, "kim", active=False)
    with pytest.raises(NotAdmitted, match="do not fit"):
        entrance.admit(basic("kim"), "roi")


def test_wrong_passwords_are_few_a_minute_and_a_missing_name_takes_as_long(
    told, entrance, hashed, logged
):
    give_password(told, "kim")
    assert entrance.admit(basic("kim"), "roi") == "kim"
    for number in range(TRIES):
        with pytest.raises(NotAdmitted, match="do not fit"):
            entrance.admit(basic("kim" if number % 2 else "nobody", f"wrong {number}"), "roi")
    assert len(hashed) == 1 + TRIES
    with pytest.raises(TooManyTries, match="try again in one"):
        entrance.admit(basic("kim", "wrong again"), "roi")
    assert len(hashed) == 1 + TRIES
    assert entrance.admit(basic("kim"), "roi") == "kim"  # who is in already stays in
    later(entrance, 60)
    with pytest.raises(NotAdmitted, match="do not fit"):
        entrance.admit(basic("kim", "wrong again"), "roi")
    tries = [line for line in logged() if line[1] == "sign in"]
    assert len(tries) == TRIES + 1
    assert "wrong" not in str(tries)


def test_reading_a_page_that_names_people_is_logged_under_their_name(told, entrance, logged):
    entrance.admit(token_of(told, "kim"), "quarantine")
    assert logged() == [("kim", "read", "quarantine", "done")]


def test_nothing_of_a_password_is_in_its_repr(told, entrance):
    give_password(told, "kim")
    entrance.admit(basic("kim"), "roi")
    assert PASSWORD not in repr(entrance)
    assert str(Secret(PASSWORD)) not in PASSWORD
