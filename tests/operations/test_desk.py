"""Who manages a brand manages its people; nobody learns of a brand that is not theirs."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace

import pytest

from truelift.base.errors import NotFound, Refused, TrueliftError, UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import Action, Role, Scope
from truelift.operations import desk as desks
from truelift.operations.audit import audit_rows, verify_audit
from truelift.store import ground as grounds
from truelift.store.ground import StoppedClock
from truelift.store.workspace_database import BrandRecord

NOW = dt.datetime(2026, 6, 1, 9)
DAY = dt.timedelta(days=1)


def record(name):
    return BrandRecord(name, name, "USD", "UTC", name, "months")


@pytest.fixture
def folder(tmp_path):
    grounds.create(tmp_path / "ws", record("acme"), NOW)
    with grounds.desk(tmp_path / "ws", StoppedClock(NOW), "root") as desk:
        desks.add_brand(desk, record("bolt"))
    return tmp_path / "ws"


@pytest.fixture
def desk(folder):
    with grounds.desk(folder, StoppedClock(NOW), "root") as made:
        yield made


@pytest.fixture
def as_(folder):
    """Come to the desk with a token."""
    with contextlib.ExitStack() as stack:
        yield lambda token, at=NOW: stack.enter_context(
            grounds.desk(folder, StoppedClock(at), "root", token)
        )


@pytest.fixture
def admin(desk, as_):
    """Give the desk of somebody who manages the people of acme and of no other brand."""
    desks.add_person(desk, "ada", Role.ADMIN, brand="acme")
    return as_(desks.issue_token(desk, "ada"))


def names(desk):
    return sorted({row["name"] for row in desks.people(desk)})


def test_a_person_has_roles_per_brand(desk):
    desks.add_person(desk, "kim", Role.APPROVER, brand="acme", email="kim@x.example")
    desks.add_person(desk, "Kim", Role.AUDITOR)
    assert [(row["brand"], row["role"]) for row in desks.people(desk)] == [
        ("every brand", "auditor"),
        ("acme", "approver"),
    ]
    desks.withdraw_role(desk, "kim", Role.APPROVER, brand="acme")
    with pytest.raises(NotFound, match="is not approver at acme"):
        desks.withdraw_role(desk, "kim", Role.APPROVER, brand="acme")
    desks.withdraw_role(desk, "kim", Role.AUDITOR)
    assert [(row["name"], row["role"]) for row in desks.people(desk)] == [("kim", None)]


@pytest.mark.parametrize("name", ["", " kim", "k\nim", "x" * 101])
def test_a_name_is_one_that_can_be_read(desk, name):
    with pytest.raises(UsageError):
        desks.add_person(desk, name, Role.AUDITOR)


def test_the_role_of_creator_goes_with_a_creator(desk):
    with pytest.raises(UsageError, match="goes with --creator"):
        desks.add_person(desk, "ana", Role.CREATOR)
    with pytest.raises(UsageError, match="goes with --creator"):
        desks.add_person(desk, "ana", Role.AUDITOR, creator="ana")
    desks.add_person(desk, "ana", Role.CREATOR, brand="acme", creator="ana")
    with pytest.raises(UsageError, match="rows of another creator"):
        desks.add_person(desk, "ana", Role.CREATOR, brand="bolt", creator="bo")


def test_who_manages_one_brand_sees_and_changes_its_people_only(desk, admin):
    desks.add_person(desk, "kim", Role.APPROVER, brand="acme")
    desks.add_person(desk, "bea", Role.APPROVER, brand="bolt")
    desks.add_person(desk, "cy", Role.AUDITOR)
    assert names(admin) == ["ada", "kim"]
    desks.add_person(admin, "tim", Role.MARKETER, brand="acme")
    hidden, unheard = [
        (name, lambda name=name: desks.issue_token(admin, name)) for name in ("bea", "nobody")
    ]
    for name, ask in (hidden, unheard):
        with pytest.raises(NotFound) as told:
            ask()
        assert str(told.value) == (
            f"There is no user {name!r} here; add one with `truelift user add`."
        )
    for act in (
        lambda: desks.add_person(admin, "eve", Role.APPROVER, brand="bolt"),
        lambda: desks.add_person(admin, "eve", Role.APPROVER, brand="no such brand"),
        lambda: desks.add_person(admin, "eve", Role.APPROVER),
        lambda: desks.add_brand(admin, record("cargo")),
    ):
        with pytest.raises(Refused, match="ada may not"):
            act()


def test_a_brand_of_others_is_not_told_from_one_that_does_not_exist(folder, desk):
    desks.add_person(desk, "kim", Role.APPROVER, brand="acme")
    token = desks.issue_token(desk, "kim")
    said = []
    for brand in ("bolt", "no such brand"):
        with (
            pytest.raises(TrueliftError) as told,
            grounds.opened(folder, brand, StoppedClock(NOW), "root", token),
        ):
            pass
        said.append(str(told.value))
    assert said == ["Name one of this workspace's brands with --brand: acme."] * 2
    with grounds.opened(folder, None, StoppedClock(NOW), "root", token) as ground:
        assert (ground.brand.brand, ground.person) == ("acme", "kim")
        assert ground.rights.allows(Action.APPROVE_CLOSE)
    desks.withdraw_role(desk, "kim", Role.APPROVER, brand="acme")
    with (
        pytest.raises(Refused, match="no role at such a brand"),
        grounds.opened(folder, "acme", StoppedClock(NOW), "root", token),
    ):
        pass


def test_a_token_lives_as_long_as_it_says_and_can_be_ended(desk, as_):
    desks.add_person(desk, "kim", Role.ADMIN)
    for days in (0, 367):
        with pytest.raises(UsageError, match="between 1 and 366"):
            desks.issue_token(desk, "kim", days=days)
    token = desks.issue_token(desk, "kim", [Scope.ADMIN], days=2)
    assert as_(token, NOW + DAY).actor.name == "kim"
    with pytest.raises(Refused, match="expired on 2026-06-03"):
        as_(token, NOW + 2 * DAY)
    (row,) = desks.tokens(desk, "kim")
    assert (row["scopes"], row["revoked_at"]) == ("admin", None)
    assert token.reveal() not in str(row)
    desks.revoke_token(desk, row["token"])
    with pytest.raises(Refused, match="revoked"):
        as_(token)
    with pytest.raises(NotFound, match="no token 'x'"):
        desks.revoke_token(desk, "x")


def test_a_disabled_person_gets_no_token_until_enabled(desk):
    desks.add_person(desk, "kim", Role.ADMIN)
    desks.set_active(desk, "kim", active=False)
    with pytest.raises(UsageError, match="is disabled"):
        desks.issue_token(desk, "kim")
    desks.set_active(desk, "kim", active=True)
    assert desks.issue_token(desk, "kim")


def test_who_manages_nobody_learns_nothing(desk, as_):
    desks.add_person(desk, "kim", Role.AUDITOR)
    kim = as_(desks.issue_token(desk, "kim"))
    for act in (
        lambda: desks.people(kim),
        lambda: desks.tokens(kim),
        lambda: desks.issue_token(kim, "kim"),
        lambda: desks.set_active(kim, "root", active=False),
    ):
        with pytest.raises(Refused, match="takes the role of admin"):
            act()


def test_people_set_their_own_password(desk, as_, monkeypatch):
    monkeypatch.setattr(desks, "password_hash", lambda password: f"hash {len(password.reveal())}")
    desks.add_person(desk, "kim", Role.AUDITOR)
    kim = as_(desks.issue_token(desk, "kim"))
    desks.set_password(kim, "kim", Secret("correct horse"))
    assert desks.people(desk)[0]["password"]
    with pytest.raises(Refused):
        desks.set_password(kim, "root", Secret("correct horse"))
    desks.set_password(desk, "kim", Secret("correct horse"))


def test_every_change_and_refusal_is_in_the_audit_log_and_no_secret_is(desk, admin, as_):
    kept = desks.issue_token(desk, "ada", [Scope.READ])
    with pytest.raises(Refused):
        desks.add_person(admin, "eve", Role.ADMIN)
    with pytest.raises(Refused):
        as_(Secret("truelift_1_wrong"))
    rows = audit_rows(desk)
    told = [(row["person"], row["subject"].split(":")[0], row["outcome"][:7]) for row in rows]
    made = [row["token"] for row in desks.tokens(desk)]
    assert sorted(told) == sorted(
        [
            ("root", "brand bolt added", "done"),
            ("root", "user ada is admin", "done"),
            *(("root", f"token {token_id} of ada", "done") for token_id in made),
            ("ada", "user eve, role admin", "refused"),
            ("root", "", "refused"),
        ]
    )
    assert kept.reveal() not in str(rows)
    assert "wrong" not in str(rows)


def test_who_audits_one_brand_reads_its_log_and_no_other(desk, admin):
    assert {row["brand"] for row in audit_rows(admin)} == {"acme"}
    assert [row["brand"] for row in verify_audit(admin)] == ["acme"]
    for brand in ("bolt", "no such brand"):
        with pytest.raises(Refused) as told:
            audit_rows(admin, brand)
        assert "ada may not read and verify the audit log" in str(told.value)
    assert {row["brand"] for row in verify_audit(desk)} == {None, "acme", "bolt"}
    assert all(row["changed_at"] is None for row in verify_audit(desk))


def test_a_narrow_token_of_an_admin_manages_nobody(desk, as_):
    desks.add_person(desk, "kim", Role.ADMIN)
    kim = as_(desks.issue_token(desk, "kim", [Scope.READ]))
    with pytest.raises(Refused, match="needs one of scope admin"):
        desks.people(kim)
    assert replace(kim.actor, scopes=frozenset({Scope.ADMIN})).at("").allows(Action.MANAGE_USERS)
