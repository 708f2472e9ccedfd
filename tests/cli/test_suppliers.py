"""Matching at the command line: list, decide, pay, chase and confirm."""

from __future__ import annotations

import csv
import io
import json

import pytest

INVOICES = (
    "Invoice number,Vendor,Invoice date,Due date,Net,Currency,Contract,IBAN\n"
    "INV-7,ana,2026-03-10,2026-03-24,40.00,USD,A1,de89 3704 0044 0532 0130 00\n"
    "INV-8,ana,2026-03-11,,70.00,USD,A1,\n"
)
BANK = "Date,Payee,IBAN,Amount,Currency,Reference\n2026-03-20,Ana,,-40.00,USD,INV-7\n"


@pytest.fixture
def invoiced(shop, command, tmp_path):
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    assert command("import", tmp_path / "invoices.csv", "-w", shop)[0] == 0
    return shop


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_suggestion_is_listed_accepted_and_becomes_payable(invoiced, command):
    code, out, _ = command("match", "-w", invoiced, "--exceptions", "--format", "csv")
    assert code == 0
    assert [(row["line"], row["verdict"], row["reason"]) for row in rows(out)] == [
        ("ana/INV-8", "suggested", "ABOVE_OPEN")
    ]
    code, out, err = command("match", "accept", "ana/INV-8", "A1", "-w", invoiced)
    assert (code, out) == (0, "")
    assert "Accepted: ana/INV-8 settles A1." in err
    code, out, _ = command("payables", "-w", invoiced, "--format", "csv")
    assert [(row["document"], row["amount"], row["due_on"]) for row in rows(out)] == [
        ("ana/INV-8", "70.00", "2026-03-11"), ("ana/INV-7", "40.00", "2026-03-24"),
    ]  # fmt: skip
    code, out, _ = command("payables", "-w", invoiced, "--due", "2026-03-12", "--format", "json")
    assert [row["document"] for row in json.loads(out)["rows"]] == ["ana/INV-8"]
    code, _, err = command("match", "reject", "ana/INV-8", "-w", invoiced)
    assert code == 0
    assert "does not settle anything here" in err


def test_a_payment_finds_its_invoice_and_no_account_is_ever_shown(invoiced, command, tmp_path):
    (tmp_path / "bank.csv").write_text(BANK, encoding="utf-8")
    code, _, err = command("import", tmp_path / "bank.csv", "-w", invoiced)
    assert code == 0
    _, out, more = command("match", "-w", invoiced, "--format", "json")
    told = {row["line"]: row["settles"] for row in json.loads(out)["rows"]}
    assert told["ana/INV-7"] == "A1 40.00"
    assert "ana/INV-7 40.00" in told.values()
    _, listed, _ = command("list", "invoices", "-w", invoiced, "--format", "csv")
    assert "0532" not in err + out + more + listed


def test_what_has_no_invoice_is_chased_and_confirmed(invoiced, command, tmp_path):
    _, out, _ = command("chase", "-w", invoiced, "--period", "2026-03", "--format", "csv")
    assert [(row["creator"], row["amount"]) for row in rows(out)][:1] == [("ana", "60.00")]
    code, out, _ = command("accruals", "confirm", "-w", invoiced, "--period", "2026-03")
    assert code == 0
    assert "To: ana" in out
    letter = tmp_path / "letters.txt"
    command("accruals", "confirm", "-w", invoiced, "--period", "2026-03", "-o", letter)
    assert "60.00 USD" in letter.read_text(encoding="utf-8")
    words = ("accruals", "confirm", "--period", "2026-03", "--format", "csv")
    _, out, _ = command(*words, "-w", invoiced)
    assert rows(out)[0]["as_of"] == "2026-03-31"
    code, out, err = command("accruals", "confirm", "-w", invoiced, "--creator", "nobody")
    assert (code, out) == (0, "")
    assert "Nothing stood accrued" in err


def test_an_unknown_line_is_one_sentence(invoiced, command):
    code, _, err = command("match", "accept", "l9", "A1", "-w", invoiced)
    assert code == 1
    assert "There is no invoice or bank line l9" in err
    assert command("match", "accept", "ana/INV-8", "-w", invoiced)[0] == 2
