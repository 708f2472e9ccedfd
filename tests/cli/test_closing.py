"""The close from the command line: what stops it is said, and its exit code is a check's."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def folder(tmp_path, command):
    made = tmp_path / "ws"
    command("init", made, "--brand", "acme", "--currency", "USD", "--timezone", "UTC")
    costs = tmp_path / "costs.csv"
    costs.write_text(
        "document,state,date,type,amount,currency\n"
        "tool,invoiced,2026-05-11,agency,50.00,USD\n"
        "tool-2,invoiced,2026-06-11,agency,50.00,USD\n"
    )
    command("import", costs, "-w", made)
    return made


def test_a_period_is_prepared_and_not_approved_by_the_same_person(folder, command):
    code, out, _ = command("close", "prepare", "2026-05", "-w", folder, "--format", "json")
    assert (code, json.loads(out)["step"]["state"]) == (0, "prepared")
    code, _, err = command("close", "approve", "2026-05", "-w", folder)
    assert code == 1
    assert "cannot approve it too" in err
    code, out, _ = command("close", "status", "-w", folder, "--format", "csv")
    assert (code, out.count("prepared")) == (0, 1)


def test_what_blocks_a_close_is_said_with_exit_code_3(folder, command):
    code, _, err = command("close", "prepare", "2026-06", "-w", folder)
    assert code == 3
    assert "Blocks the close: The newest fact is of 2026-06-11" in err


@pytest.mark.parametrize(
    ("words", "expected", "said"),
    [
        (("close", "prepare", "May"), 2, "'May' is not a month such as 2026-05"),
        (("close", "reopen", "2026-05"), 1, "there is nothing to reopen"),
        (("close", "pack", "2026-05", "--folder", "x"), 1, "was never closed"),
        (("close", "acknowledge", "2026-05", "--document", "7"), 1, "was never closed"),
        (("close", "tie-out", "2026-05"), 1, "import its trial balance"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(folder, command, words, expected, said):
    code, _, err = command(*words, "-w", folder)
    assert (code, said in err) == (expected, True), err
