"""Evidence is of what exists, is linked for ever, and says when it is no longer what it was."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import ledger
from truelift.operations.evidence import add_evidence, check_evidence, evidence

BOOKED = """
agreements
agreement | campaign | creator | fee    | currency | signed_on
a-1       | spring   | ana     | 300.00 | USD      | 04-01

costs
document | state    | date  | agreement | type | amount | currency
i1       | invoiced | 05-10 | a-1       | fee  | 300.00 | USD
"""


@pytest.fixture
def paper(tmp_path, told):
    told.given(BOOKED)
    path = tmp_path / "invoice\u202e.pdf"
    path.write_bytes(b"%PDF invoice i1")
    return path


def test_a_file_proves_an_agreement_a_document_and_an_entry(told, paper):
    ground = told.ground
    (entry, *_) = [row["entry_id"] for row in ledger.journal_rows(ground)]
    for what, which in (("agreement", "a-1"), ("document", "i1"), ("entry", entry)):
        row = add_evidence(ground, paper, what=what, which=which, note="as signed")
        assert (row["for"], row["id"], row["file"]) == (what, which, "invoice_.pdf")
    again = add_evidence(ground, paper, what="document", which="i1", note="as signed")
    assert len(evidence(ground)) == 3
    assert evidence(ground, "document", "i1") == [again]
    assert len(ground.evidence.stored()) == 1
    assert {row["state"] for row in check_evidence(ground)} == {"ok"}


def test_damage_names_what_is_no_longer_proven(told, paper):
    ground = told.ground
    sha256 = add_evidence(ground, paper, what="document", which="i1")["sha256"]
    place = ground.evidence.place(sha256)
    place.chmod(0o600)
    place.write_bytes(b"%PDF invoice i2")
    assert [(row["id"], row["state"]) for row in check_evidence(ground)] == [("i1", "changed")]
    place.unlink()
    assert [row["state"] for row in check_evidence(ground)] == ["missing"]


@pytest.mark.parametrize(
    ("what", "which", "error"),
    [
        ("document", "i2", NotFound),
        ("agreement", "../../a-1", NotFound),
        ("entry", "i1", NotFound),
        ("invoice", "i1", UsageError),
    ],
)
def test_nothing_is_stored_for_what_does_not_exist(told, paper, what, which, error):
    with pytest.raises(error):
        add_evidence(told.ground, paper, what=what, which=which)
    assert told.ground.evidence.stored() == []


def test_an_endless_note_and_a_person_without_the_role_are_refused(told, paper, acting):
    with pytest.raises(UsageError, match="at most 500"):
        add_evidence(told.ground, paper, what="document", which="i1", note="x" * 501)
    with pytest.raises(Refused, match="store evidence files"):
        add_evidence(acting("kim", Role.AUDITOR), paper, what="document", which="i1")
