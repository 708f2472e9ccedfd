"""Bank details count once another person approved them, and the number itself is kept nowhere."""

from __future__ import annotations

import pytest

from truelift.base.errors import CheckFailed, NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import payees

FIRST, SECOND = "DE89370400440532013000", "GB82WEST12345698765432"
CREATORS = """
creators
creator | name
ana     | Ana
"""


@pytest.fixture
def people(told, acting):
    told.given(CREATORS)
    return acting("pat", Role.PREPARER), acting("kim", Role.APPROVER)


def test_a_change_is_pending_until_another_person_approves_it(people, told):
    pat, kim = people
    assert payees.set_payee(pat, "ana", FIRST)["state"] == "pending"
    assert not payees.approved_matches(kim, "ana", FIRST)
    row = payees.approve_payee(kim, "ana", iban="DE89 3704 0044 0532 0130 00")
    assert (row["account"], row["state"], row["entered_by"], row["decided_by"], row["retyped"]) == (
        "DE.. 3000", "approved", "pat", "kim", True,
    )  # fmt: skip
    told.clock.at = told.clock.at.replace(day=2)
    payees.set_payee(pat, "ana", SECOND)
    assert payees.approved_matches(kim, "ana", FIRST)  # the old one stands until then
    assert not payees.approved_matches(kim, "ana", SECOND)
    assert [row["state"] for row in payees.payees(kim)] == ["pending"]
    payees.approve_payee(kim, "ana", reject=True)
    assert payees.approved_matches(kim, "ana", FIRST)
    with pytest.raises(NotFound, match="Nothing of ana waits"):
        payees.approve_payee(kim, "ana")


def test_who_entered_it_does_not_approve_it_whatever_roles_they_hold(people, acting, logged):
    pat, _ = people
    payees.set_payee(pat, "ana", FIRST)
    both = acting("Pat", Role.PREPARER, Role.APPROVER)
    with pytest.raises(Refused, match="pat prepared the bank details of ana"):
        payees.approve_payee(both, "ana")
    with pytest.raises(Refused, match="takes the role of approver"):
        payees.approve_payee(pat, "ana")
    assert [line for line in logged() if "payee" in line[1]] == [
        ("pat", "set_payee", "creator ana", "done"),
        ("Pat", "approve_payee", "creator ana", "refused"),
        ("pat", "approve_payee", "creator ana", "refused"),
    ]
    payees.approve_payee(both, "ana", reject=True)  # taking back one's own mistake is fine


def test_another_number_than_the_one_entered_is_not_approved(people):
    pat, kim = people
    payees.set_payee(pat, "ana", FIRST)
    with pytest.raises(CheckFailed, match="not the IBAN that was entered"):
        payees.approve_payee(kim, "ana", iban=SECOND)
    assert payees.approved(kim) == {}


def test_a_creator_nobody_knows_has_no_bank_details(people):
    pat, _ = people
    with pytest.raises(UsageError, match="no creator 'bo'"):
        payees.set_payee(pat, "bo", FIRST)


def test_the_number_is_in_no_file_of_the_workspace(people, told):
    pat, kim = people
    payees.set_payee(pat, "ana", FIRST)
    payees.approve_payee(kim, "ana", iban=FIRST)
    written = [path for path in (told.folder / "workspace").rglob("*") if path.is_file()]
    assert any(path.name == "workspace.db" for path in written)
    for path in written:
        assert FIRST.encode() not in path.read_bytes()
        assert b"37040044" not in path.read_bytes()
