"""Two people and an invoice: who may do what, told as a controller would tell it.

Given pat, who prepares, kim and lee, who approve, ada, who manages people, and ola, who audits.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from truelift.base.errors import Refused
from truelift.catalog.permission import Action, Rights, Role
from truelift.operations import approvals, audit, payees
from truelift.operations.evidence import add_evidence, check_evidence
from truelift.operations.people import different, require
from truelift.store import people_store
from truelift.store.ground import Desk

TEAM = {
    "pat": Role.PREPARER,
    "kim": Role.APPROVER,
    "lee": Role.APPROVER,
    "ada": Role.ADMIN,
    "ola": Role.AUDITOR,
}
IBAN = "DE89370400440532013000"
BOOKED = """
creators
creator | name
ana     | Ana

agreements
agreement | campaign | creator | fee     | currency | signed_on
a-1       | spring   | ana     | 8000.00 | USD      | 04-01

costs
document | state    | date  | agreement | type | amount  | currency
i1       | invoiced | 05-10 | a-1       | fee  | 8000.00 | USD
"""

STORY = """
who | tries to                     | and
pat | enter bank details           | may
pat | approve the bank details     | takes the role of approver
kim | approve the bank details     | may
kim | enter bank details           | takes the role of preparer
ada | set the threshold to 5000.00 | may
kim | set the threshold to 5000.00 | takes the role of admin
pat | prepare the close            | may
pat | approve the close            | takes the role of approver
kim | approve the close            | may
kim | approve the close            | cannot approve it; another person has to
lee | approve the close            | may
ola | approve the close            | takes the role of approver
ada | export the journal           | takes the role of preparer or approver
ola | read the audit log           | may
pat | read the audit log           | takes the role of approver or auditor or admin
"""


@pytest.fixture
def office(told, tmp_path):
    told.given(BOOKED)
    paper = tmp_path / "invoice.pdf"
    paper.write_bytes(b"%PDF of i1")
    add_evidence(told.ground, paper, what="document", which="i1")

    def as_(name):
        return replace(told.ground, person=name, rights=Rights(frozenset({TEAM[name]})))

    return as_


def close_approved_by(ground):
    return approvals.approve(
        ground, Action.APPROVE_CLOSE, "close/2026-05", content="f" * 64, prepared_by="pat",
        amount_minor=800_000,
    )  # fmt: skip


def log_read_by(ground):
    roles = frozenset((ground.brand.brand, role) for role in ground.rights.roles)
    actor = people_store.Actor(ground.person, roles)
    return audit.audit_rows(Desk(ground.workspace, ground.clock, actor))


DEEDS = {
    "enter bank details": lambda ground: payees.set_payee(ground, "ana", IBAN),
    "approve the bank details": lambda ground: payees.approve_payee(ground, "ana", iban=IBAN),
    "set the threshold to 5000.00": lambda ground: approvals.set_threshold(ground, 500_000),
    "prepare the close": lambda ground: require(ground, Action.PREPARE_CLOSE, "close/2026-05"),
    "approve the close": close_approved_by,
    "export the journal": lambda ground: require(ground, Action.EXPORT, "journal"),
    "read the audit log": log_read_by,
}


def test_everybody_does_their_own_part_and_no_other(office):
    for line in STORY.strip().splitlines()[1:]:
        who, deed, outcome = (cell.strip() for cell in line.split("|"))
        if outcome == "may":
            DEEDS[deed](office(who))
        else:
            with pytest.raises(Refused) as told:
                DEEDS[deed](office(who))
            assert outcome in str(told.value), line
    assert approvals.standing(
        office("ola"), "close/2026-05", content="f" * 64, amount_minor=800_000
    ).given == ("kim", "lee")
    assert [row["state"] for row in check_evidence(office("ola"))] == ["ok"]


def test_the_log_tells_the_same_story(office):
    test_everybody_does_their_own_part_and_no_other(office)
    lines = [
        (row["person"], row["action"], row["outcome"].split(":")[0])
        for row in log_read_by(office("ola"))
    ]
    for refused in (
        ("pat", "approve_payee", "refused"),
        ("kim", "set_payee", "refused"),
        ("kim", "set_threshold", "refused"),
        ("pat", "approve_close", "refused"),
        ("ola", "approve_close", "refused"),
        ("ada", "export", "refused"),
    ):
        assert refused in lines
    for done in (("ada", "set_threshold"), ("kim", "approve_close"), ("lee", "approve_close")):
        assert (*done, "done") in lines
    assert [each[2] for each in lines if each[:2] == ("kim", "approve_close")] == [
        "done",
        "refused",
    ]
    assert [each for each in lines if each[:2] == ("kim", "approve_payee")] == [
        ("kim", "approve_payee", "done")
    ]


def test_whoever_holds_every_role_still_needs_somebody_else(told):
    told.given(BOOKED)
    payees.set_payee(told.ground, "ana", IBAN)
    with pytest.raises(Refused, match=r"ana\.controller prepared the bank details of ana"):
        payees.approve_payee(told.ground, "ana", iban=IBAN)
    with pytest.raises(Refused, match=r"ana\.controller prepared the close of 2026-05"):
        different("ana.controller", told.ground.person, "the close of 2026-05")
