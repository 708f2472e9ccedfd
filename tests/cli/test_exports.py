"""Exports as they are typed: a file, a batch, and one sentence for everything that is off."""

from __future__ import annotations

import json


def test_a_period_is_exported_and_its_batch_again(command, shop, tmp_path):
    file = tmp_path / "march.journal"
    code, out, err = command(
        "export", "journal", "-w", shop, "--period", "2026-03", "--to", "hledger", "-o", file,
        "--format", "json",
    )  # fmt: skip
    assert code == 0
    assert "Still open, so entries may follow: 2026-03." in err
    name = json.loads(out)["batch"]
    again = tmp_path / "again.journal"
    words = ("--to", "hledger", "-o", again, "--batch", name)
    assert command("export", "journal", "-w", shop, *words)[0] == 0
    assert again.read_bytes() == file.read_bytes()
    code, out, _ = command("export", "batches", "-w", shop, "--format", "csv")
    assert out.count(name) == 2


def test_a_mapping_is_set_and_shown(command, shop, tmp_path):
    file = tmp_path / "mapping.yaml"
    file.write_text("accounts: {6100: {account: 4610, name: '=Creators'}}", encoding="utf-8")
    code, out, err = command("mapping", "set", file, "-w", shop)
    assert (code, out) == (0, "")
    assert "is in force: 1 of 31 accounts" in err
    assert "was in force already" in command("mapping", "set", file, "-w", shop)[2]
    shown = command("mapping", "show", "-w", shop, "--format", "csv")[1]
    assert "6100,Creator fees,4610,'=Creators" in shown


def test_what_is_off_is_one_sentence_and_no_file(command, shop, tmp_path):
    file = tmp_path / "mapping.yaml"
    file.write_text("accounts: {6100: 4610}", encoding="utf-8")
    blocked = tmp_path / "blocked"
    blocked.write_text("", encoding="utf-8")
    out = tmp_path / "out.csv"
    tried = [
        (("--to", "sap", "-o", out), 2),
        (("--to", "csv"), 2),
        (("--to", "xero", "-o", out), 3),
        (("--to", "csv", "-o", out, "--map", file), 3),
        (("--to", "csv", "-o", out, "--period", "2031-01"), 1),
        (("--to", "csv", "-o", out, "--period", "May"), 2),
        (("--to", "csv", "-o", blocked / "x.csv"), 1),
        (("--to", "intacct", "-o", out, "--template", tmp_path), 1),
    ]
    for words, expected in tried:
        code, printed, err = command("export", "journal", "-w", shop, *words)
        assert (code, printed) == (expected, ""), (words, err)
        assert err.count("truelift: ") == 1
        assert "Traceback" not in err
    assert not out.exists()
