"""What is kept is compared with what is made anew; 3 when it differs."""

from __future__ import annotations

import shutil

import duckdb


def test_kept_shares_are_verified(command, shop, tmp_path):
    code, out, err = command("verify", "-w", shop)
    assert (code, out) == (0, "")
    assert "kept shares are those that a full recompute gives" in err
    spoiled = tmp_path / "spoiled"
    shutil.copytree(shop, spoiled)
    with duckdb.connect(spoiled / "facts.duckdb") as connection:
        connection.execute("update kept_share set creator = 'nobody'")
    code, out, err = command("verify", "-w", spoiled)
    assert (code, out) == (3, "")
    assert "are not those that its touchpoints give" in err
    assert command("rebuild", "-w", spoiled)[0] == 0
    code, _, err = command("verify", "-w", spoiled)
    assert code == 0
    assert "kept shares are those that a full recompute gives" in err
