"""Bank details: accounts become hashes that can be compared, and no text keeps one."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.bank_details import (
    bare_account,
    hashed_account,
    is_iban,
    read_accounts,
    read_hidden,
    without_details,
)
from truelift.facts.cells import Refusal
from truelift.facts.event import DropReason, EventBatch

IBAN = "DE89370400440532013000"
SALT = b"salt"


@pytest.mark.parametrize(
    "written", [IBAN, "de89 3704 0044 0532 0130 00", " DE89-3704-0044-0532-0130-00 "]
)
def test_an_account_is_the_same_however_it_is_written(written):
    assert hashed_account(written, SALT) == hashed_account(IBAN, SALT)
    assert is_iban(bare_account(written))


def test_a_hash_is_kept_and_another_salt_gives_another():
    hashed = hashed_account(IBAN, SALT)
    assert len(hashed) == 64
    assert hashed_account(hashed, SALT) == hashed
    assert hashed_account(IBAN, b"other") != hashed
    assert hashed_account("--", SALT) is None


def test_wrong_check_digits_are_refused_and_other_accounts_are_not():
    for wrong in ("DE88370400440532013000", IBAN[:-1]):
        refused = hashed_account(wrong, SALT)
        assert isinstance(refused, Refusal)
        assert wrong not in refused.sentence
    assert not is_iban("XX89370400440532013000")
    assert not is_iban("12345678")
    assert len(hashed_account("12-34-56 12345678", SALT)) == 64


def test_texts_lose_accounts_and_addresses_and_nothing_else():
    text = f"Invoice RE26 0000 1234 5678 to {IBAN} thanks, ana@example.org"
    assert without_details(text) == "Invoice RE26 0000 1234 5678 to (account) thanks, (e-mail)"
    assert without_details("de89 3704 0044 0532 0130 00 May") == "(account) May"
    assert without_details("DE88370400440532013000") == "DE88370400440532013000"
    assert without_details("GB82 WEST 1234 5698 76") == "GB82 WEST 1234 5698 76"  # too short


def test_a_column_without_any_is_handed_back():
    cells = pa.array(["INV-7", None])
    assert read_hidden(cells) is cells
    hidden = read_hidden(pa.array([f"to {IBAN}", None, "x@y.org"]))
    assert hidden.to_pylist() == ["to (account)", None, "(e-mail)"]


def test_a_column_of_accounts_is_read_with_its_misses():
    reading = read_accounts(pa.array([IBAN, "DE00370400440532013000", None]), SALT)
    assert [miss.row for miss in reading.misses] == [1]
    assert reading.values.null_count == 2


def test_neither_facts_nor_quarantine_hold_an_account():
    rows = pa.table({
        "bank_line": ["1", "2"], "date": ["2026-05-01", "May"], "amount": ["-1.00", "-1.00"],
        "currency": ["EUR", "EUR"], "iban": [IBAN, IBAN], "reference": [f"to {IBAN}"] * 2,
        "notes": [f'{{"own": "{IBAN}"}}'] * 2,
    })  # fmt: skip
    batch = EventBatch("bank_lines", "x", "x.csv", "", rows, pa.array([2, 3], pa.int64()))
    accepted = accept(batch, AcceptanceContext("UTC", "EUR", SALT))
    assert [fault.reason for fault in accepted.faults] == [DropReason.NOT_A_DATE]
    assert IBAN not in str(accepted.rows.to_pylist())
    assert IBAN not in str(accepted.faults)
    assert accepted.rows["iban"].to_pylist() == [hashed_account(IBAN, SALT)]


@given(st.text(alphabet="DE890 7-@.ab", max_size=60))
def test_any_text_can_be_gone_through(text):
    assert IBAN not in without_details(text + IBAN) or text[-1:].isalnum()
