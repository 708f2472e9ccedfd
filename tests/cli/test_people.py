"""Users, tokens and the audit log as they are typed; a command acts as whose token it carries."""

from __future__ import annotations

import csv
import io
import json

import pytest

from truelift.app import person


@pytest.fixture(autouse=True)
def no_token(monkeypatch):
    monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)


@pytest.fixture
def token_of(command, shop, monkeypatch):
    """Add a person with a role, make a token, and act by it from now on."""

    def act(name, role, *more):
        assert command("user", "add", name, "--role", role, "-w", shop, *more)[0] == 0
        code, out, said = command("user", "token", name, "-w", shop)
        assert code == 0
        assert out.strip() not in said
        monkeypatch.setenv("TRUELIFT_TOKEN", out.strip())
        return out.strip()

    return act


def test_a_command_acts_as_the_person_of_its_token(command, shop, files, token_of, monkeypatch):
    token_of("kim", "auditor")
    assert command("roi", "-w", shop)[0] == 0
    code, out, said = command("import", files, "-w", shop)
    assert (code, out) == (1, "")
    assert said == (
        "truelift: kim may not import files here; that takes the role of marketer or preparer.\n"
    )
    monkeypatch.delenv("TRUELIFT_TOKEN")
    assert command("import", files, "-w", shop)[0] == 0
    code, out, _ = command("audit", "-w", shop, "--format", "csv")
    lines = [
        (row["person"], row["action"], row["outcome"].partition(":")[0])
        for row in csv.DictReader(io.StringIO(out))
    ]
    assert (
        lines[-3:]
        == [
            ("kim", "import", "refused"),
            (person(), "import", "done"),
            (person(), "manage_users", "done"),
        ]
        or ("kim", "import", "refused") in lines
    )


@pytest.mark.parametrize("end", ["wrong", "revoked", "disabled"])
def test_a_token_that_opens_nothing_is_one_sentence_and_exit_1(
    command, shop, token_of, monkeypatch, end
):
    token = token_of("kim", "admin")
    public = token.split("_")[1]
    monkeypatch.delenv("TRUELIFT_TOKEN")
    if end == "revoked":
        assert command("user", "revoke", public, "-w", shop)[0] == 0
    if end == "disabled":
        assert command("user", "disable", "kim", "-w", shop)[0] == 0
    given = "truelift_1_x" if end == "wrong" else token
    monkeypatch.setenv("TRUELIFT_TOKEN", given)
    for words in (["roi"], ["user", "list"], ["audit"], ["rebuild"], ["evidence", "check"]):
        code, out, said = command(*words, "-w", shop)
        assert (code, out, said.count("\n")) == (1, "", 1)
        assert "token" in said
        assert given not in said


def test_only_who_manages_brands_adds_one_or_rebuilds(command, shop, token_of):
    token_of("kim", "approver")
    for words in (["brand", "add", "bolt"], ["rebuild"]):
        code, _, said = command(*words, "-w", shop)
        assert code == 1
        assert "may not add brands" in said


@pytest.mark.usefixtures("kept_in_a_file")
def test_users_and_tokens_are_listed_and_never_their_secrets(command, shop, token_of, data):
    token = token_of("kim", "admin", "--email", "kim@x.example")
    (row,) = data("user", "list")["rows"]
    assert (row["name"], row["email"], row["role"]) == ("kim", "kim@x.example", "admin")
    (made,) = data("user", "tokens")["rows"]
    assert made["token"] == token.split("_")[1]
    secret = token.split("_", 2)[2]
    everything = (shop / "workspace.db").read_bytes()
    assert secret.encode() not in everything
    assert command("user", "disable", "kim", "-w", shop)[0] == 0
    assert command("user", "list", "-w", shop)[0] == 1


def test_roles_and_enabling_by_command(command, shop, data):
    for words in (
        ["add", "kim", "--role", "auditor"],
        ["add", "ana", "--role", "creator", "--creator", "ana", "--brand", "acme"],
        ["withdraw", "kim", "--role", "auditor"],
        ["disable", "kim"],
        ["enable", "kim"],
    ):
        assert command("user", *words, "-w", shop)[0] == 0
    rows = data("user", "list")["rows"]
    assert [(row["name"], row["brand"], row["role"], row["active"]) for row in rows] == [
        ("ana", "acme", "creator", True),
        ("kim", None, None, True),
    ]
    assert command("user", "add", "x", "--role", "king", "-w", shop)[0] == 2
    assert command("user", "token", "kim", "--scope", "all", "-w", shop)[0] == 2
    assert command("user", "token", "kim", "--expires", "400", "-w", shop)[0] == 2
    assert command("user", "withdraw", "kim", "--role", "admin", "-w", shop)[0] == 1


def test_a_creator_reads_own_rows_by_command(command, shop, token_of):
    token_of("ana.login", "creator", "--creator", "ana")
    code, out, said = command("list", "agreements", "-w", shop, "--format", "json")
    assert (code, said) == (0, "")
    assert [row["agreement"] for row in json.loads(out)["rows"]] == ["A1"]
    assert command("roi", "-w", shop)[0] == 1


def test_a_password_comes_by_stdin_and_is_not_echoed(command, shop, monkeypatch):
    assert command("user", "add", "kim", "--role", "auditor", "-w", shop)[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    code, out, said = command("user", "password", "kim", "-w", shop)
    assert (code, out) == (2, "")
    assert "5 characters" in said
    assert "short" not in said
    pytest.importorskip("argon2", reason="argon2-cffi is not installed")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert command("user", "password", "kim", "-w", shop)[0] == 0
    assert b"correct horse" not in (shop / "workspace.db").read_bytes()


@pytest.mark.usefixtures("kept_in_a_file")
def test_the_audit_log_verifies_until_somebody_changes_it(command, shop):
    import sqlite3  # noqa: PLC0415 - what an attacker would use

    code, out, _ = command("audit", "verify", "-w", shop, "--format", "json")
    assert code == 0
    (_, acme) = json.loads(out)["rows"]
    assert acme["lines"] > 0
    assert len(acme["head"]) == 64
    with sqlite3.connect(shop / "workspace.db") as link:
        link.execute("drop trigger audit_record_no_update")
        link.execute("update audit_record set person = 'nobody' where brand = 'acme'")
    code, _, said = command("audit", "verify", "-w", shop)
    assert code == 3
    assert "audit log of acme is changed at 1" in said
