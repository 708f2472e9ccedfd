"""Links as they are made, set and printed on the command line."""

from __future__ import annotations

import json

SHOP = "https://shop.example/p"


def test_links_are_made_set_and_printed(command, shop, tmp_path):
    words = ("link", "make", "zoe", "yan", "-w", shop, "--to", SHOP, "--code", "{CREATOR}9")
    code, _, said = command(*words)
    assert code == 0
    assert "4 links and codes" in said
    code, out, _ = command("links", "-w", shop, "--format", "json")
    assert {"zoe", "yan"} <= {row["slug"] for row in json.loads(out)["rows"]}
    code, out, _ = command(
        "link", "set", "zoe", "-w", shop, "--turns", f"{SHOP}/b", "--format", "json"
    )
    assert json.loads(out)["rows"][0]["others"] == f"{SHOP}/b"
    code, out, _ = command("link", "set", "zoe", "-w", shop, "--no-turns", "--format", "json")
    assert json.loads(out)["rows"][0]["others"] == ""
    code, _, said = command(
        "link", "qr", "zoe", "-w", shop, "--base", "https://go.example", "-o", tmp_path / "q.png"
    )
    assert (code, (tmp_path / "q.png").stat().st_size > 100) == (0, True)
    assert "https://go.example/r/zoe" in said


def test_what_cannot_be_made_is_one_sentence(command, shop):
    assert command("link", "make", "-w", shop, "--to", SHOP)[0] == 2
    code, _, said = command("link", "make", "zoe", "-w", shop, "--to", "shop.example")
    assert code == 2
    assert said.count("\n") == 1
