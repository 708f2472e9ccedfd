"""Who acts follows from the token: its person, their roles, its scopes, until it ends."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import Refused
from truelift.base.secret import Secret
from truelift.catalog.permission import Action, Role, Scope
from truelift.store import people_store as people
from truelift.store.credentials import new_token
from truelift.store.people_tables import EVERY_BRAND
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9)
DAY = dt.timedelta(days=1)


@pytest.fixture
def connection(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    with database.transaction() as made:
        people.add(made, "kim", email="kim@x.example", creator=None, at=NOW, by="owner")
        people.grant(made, "kim", "acme", Role.APPROVER, at=NOW, by="owner")
        yield made
    database.close()


@pytest.fixture
def token(connection):
    made = new_token()
    people.keep_token(
        connection, "kim", made, [Scope.READ, Scope.APPROVE], at=NOW, by="owner",
        expires_at=NOW + DAY,
    )  # fmt: skip
    return made


def refused(connection, token, now=NOW):
    with pytest.raises(Refused) as told:
        people.actor(connection, "os user", token, now)
    assert "\n" not in str(told.value)
    assert not token.reveal().strip() or token.reveal() not in str(told.value)
    return str(told.value)


def test_without_a_token_the_local_owner_acts(connection):
    owner = people.actor(connection, "os user", None, NOW)
    assert owner.name == "os user"
    assert owner.sees("acme")
    assert owner.at("anything").allows(Action.APPROVE_CLOSE)


def test_a_token_acts_as_its_person_at_their_brand_only(connection, token):
    kim = people.actor(connection, "os user", token.text, NOW)
    assert kim.name == "kim"
    assert kim.at("acme").actions == {
        Action.READ, Action.READ_AUDIT, Action.APPROVE_CLOSE, Action.REOPEN_CLOSE,
        Action.HANDLE_ALERTS, Action.SET_BUDGET,
        Action.SET_POLICY, Action.APPROVE_PAYEE, Action.APPROVE_VALUE, Action.HOLD_PAYOUT,
    }  # fmt: skip
    assert not kim.sees("bolt")
    assert kim.at("bolt").actions == frozenset()


def test_a_wrong_expired_revoked_or_disabled_one_opens_nothing(connection, token):
    wrong = Secret(token.text.reveal()[:-1] + ("A" if token.text.reveal()[-1] != "A" else "B"))
    for given in (wrong, Secret("nonsense"), Secret("truelift_000000000000_x"), Secret(" ")):
        assert refused(connection, given).startswith("This token is none of this workspace")
    assert "expired on 2026-06-02" in refused(connection, token.text, NOW + DAY)
    people.set_active(connection, "kim", active=False)
    assert "disabled" in refused(connection, token.text)
    people.set_active(connection, "kim", active=True)
    people.revoke(connection, token.token_id, NOW)
    people.revoke(connection, token.token_id, NOW + DAY)
    assert "revoked on 2026-06-01" in refused(connection, token.text)


def test_a_token_is_compared_in_constant_time(connection, token, monkeypatch):
    compared = []
    monkeypatch.setattr(people, "same", lambda *both: compared.append(both) or False)
    refused(connection, token.text)
    refused(connection, Secret("truelift_000000000000_x"))  # no such id: compared all the same
    assert [len(given) for given, _ in compared] == [64, 64]
    assert compared[1][1] == people.NOBODY


def test_a_role_withdrawn_is_gone_for_tokens_made_before(connection, token):
    people.grant(connection, "kim", EVERY_BRAND, Role.AUDITOR, at=NOW, by="owner")
    people.grant(connection, "kim", EVERY_BRAND, Role.AUDITOR, at=NOW, by="owner")
    assert people.withdraw(connection, "kim", "acme", Role.APPROVER)
    assert not people.withdraw(connection, "kim", "acme", Role.APPROVER)
    kim = people.actor(connection, "os user", token.text, NOW)
    assert kim.at("acme").actions == {Action.READ, Action.READ_AUDIT}


def test_people_and_tokens_are_listed_without_what_opens(connection, token):
    (kim,) = people.people(connection)
    people.set_password(connection, "kim", "$argon2id$kept")
    assert people.passwords(connection) == {"kim": "$argon2id$kept"}
    assert kim.roles == (("acme", Role.APPROVER),)
    assert people.found(connection, " KIM ").name == "kim"
    assert people.found(connection, "tim") is None
    listed = people.tokens(connection)
    assert [item.token_id for item in listed] == [token.token_id]
    assert token.sha256 not in repr(listed)
    assert "argon2id" not in repr(people.people(connection))
