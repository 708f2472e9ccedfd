"""Payees, thresholds and evidence as they are typed."""

from __future__ import annotations

import io
import json

import pytest

IBAN = "DE89370400440532013000"


@pytest.fixture(autouse=True)
def as_person(command, shop, monkeypatch):
    """Act as somebody with a role."""
    monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)

    def act(name, role):
        monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)
        assert command("user", "add", name, "--role", role, "-w", shop)[0] == 0
        monkeypatch.setenv("TRUELIFT_TOKEN", command("user", "token", name, "-w", shop)[1].strip())

    return act


def test_two_people_make_a_payee(command, shop, as_person, data, monkeypatch):
    as_person("pat", "preparer")
    code, out, said = command("payee", "set", "ana", "--iban", IBAN, "-w", shop)
    assert (code, out) == (0, "")
    assert "DE.. 3000 of ana waits for approval" in said
    assert command("payee", "approve", "ana", "-w", shop)[0] == 1
    as_person("kim", "approver")
    assert command("payee", "check", "ana", "--iban", IBAN, "-w", shop)[0] == 3
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{IBAN}\n"))
    assert command("payee", "approve", "ana", "--iban", "-", "-w", shop)[0] == 0
    assert command("payee", "check", "ana", "--iban", IBAN, "-w", shop)[0] == 0
    (row,) = data("payee", "list")["rows"]
    assert (row["state"], row["account"]) == ("approved", "DE.. 3000")
    assert command("payee", "set", "ana", "--iban", "DE00", "-w", shop)[0] == 1  # not kim's to do


def test_the_local_owner_cannot_approve_alone(command, shop):
    assert command("payee", "set", "ana", "--iban", IBAN, "-w", shop)[0] == 0
    code, _, said = command("payee", "approve", "ana", "-w", shop)
    assert code == 1
    assert "cannot approve it; another person has to" in said
    assert command("payee", "approve", "ana", "--reject", "-w", shop)[0] == 0


def test_the_threshold_is_set_told_and_taken_away(command, shop):
    assert "One approval is enough" in command("approval", "threshold", "-w", shop)[2]
    assert "Above 5000.00" in command("approval", "threshold", "5000", "-w", shop)[2]
    assert "Above 5000.00" in command("approval", "threshold", "-w", shop)[2]
    assert "is enough" in command("approval", "threshold", "--none", "-w", shop)[2]
    for amount in ("much", "0.001", "nan", "1e400"):
        assert command("approval", "threshold", amount, "-w", shop)[0] == 2


def test_evidence_is_added_listed_and_checked(command, shop, data, tmp_path):
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF signed")
    words = ("evidence", "add", paper, "A1", "--for", "agreement", "--note", "signed", "-w", shop)
    code, out, _ = command(*words, "--format", "json")
    assert code == 0
    sha256 = json.loads(out)["rows"][0]["sha256"]
    (row,) = data("evidence", "list", "--for", "agreement", "--id", "A1")["rows"]
    assert (row["file"], row["note"], row["sha256"]) == ("contract.pdf", "signed", sha256)
    assert data("evidence", "list", "--for", "entry")["rows"] == []
    assert command("evidence", "check", "-w", shop)[0] == 0
    place = shop / "evidence" / sha256[:2] / sha256[2:]
    place.chmod(0o600)
    place.write_bytes(b"%PDF Signed")
    code, _, said = command("evidence", "check", "-w", shop)
    assert code == 3
    assert said == "contract.pdf of agreement A1 is changed: restore it.\n"
    assert command("evidence", "add", tmp_path, "A1", "--for", "agreement", "-w", shop)[0] == 2
    assert command("evidence", "add", paper, "A9", "--for", "agreement", "-w", shop)[0] == 1


def test_a_creator_is_erased_with_a_reason(command, shop, data):
    assert command("creator", "erase", "bo", "-w", shop)[0] == 2
    assert command("creator", "erase", "bo", "--reason", "asked", "-w", shop)[0] == 0
    names = {row["creator"]: row["name"] for row in data("list", "creators")["rows"]}
    assert names["bo"] is None
    assert command("ledger", "verify", "-w", shop)[0] == 0
    assert command("creator", "erase", "nobody", "--reason", "asked", "-w", shop)[0] == 1
