"""The journal's head is printed to be kept, and compared when it is handed back."""

from __future__ import annotations

import json


def test_a_kept_head_verifies_and_another_does_not(command, shop):
    code, out, _ = command("ledger", "head", "-w", shop, "--format", "json")
    (row,) = json.loads(out)["rows"]
    assert code == 0
    assert row["head"] == f"{row['seq']}:{row['hash']}"
    assert len(row["digest"]) == 64
    assert command("ledger", "verify", "-w", shop, "--head", row["head"])[0] == 0
    code, out, err = command(
        "ledger", "verify", "-w", shop, "--head", f"{row['seq'] + 1}:{row['hash']}"
    )
    assert (code, out) == (3, "")
    assert "entries were cut off at its end" in err
    code, _, err = command("ledger", "verify", "-w", shop, "--head", "nonsense")
    assert code == 2
    assert "number:hash" in err
