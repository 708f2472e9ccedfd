"""Site keys and hooks as they are typed: a secret is printed once, and to stdout only."""

from __future__ import annotations

import io
import json


def rows(command, *words):
    code, out, _ = command(*words, "--format", "json")
    assert code == 0
    return json.loads(out)["rows"]


def test_a_key_is_made_listed_and_revoked(command, shop):
    code, out, said = command("key", "add", "-w", shop, "--server", "--note", "till")
    assert code == 0
    assert out.startswith("server_")
    assert out.strip() not in said
    (row,) = rows(command, "key", "list", "-w", shop)
    assert (row["server"], row["note"], row["revoked"]) == (True, "till", False)
    assert command("key", "revoke", row["key_id"], "-w", shop)[0] == 0
    assert rows(command, "key", "list", "-w", shop)[0]["revoked"]
    assert command("key", "revoke", "nothing", "-w", shop)[0] == 1


def test_a_hook_takes_the_secret_of_the_shop_from_stdin(command, shop, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("shpss_0123456789abcdef\n"))
    words = ("hook", "add", "shopify", "-w", shop, "--id", "main", "--secret-stdin")
    code, out, said = command(*words)
    assert (code, out) == (0, "")
    assert "/hook/shopify/main" in said
    code, out, _ = command("hook", "add", "standard", "-w", shop)
    assert out.startswith("whsec_")
    first, second = rows(command, "hook", "list", "-w", shop)
    assert (first["path"], second["source"]) == ("/hook/shopify/main", "standard")
    assert "shpss" not in json.dumps([first, second])
    assert command("hook", "revoke", "shopify/main", "-w", shop)[0] == 0
    ended = {row["path"]: row["revoked"] for row in rows(command, "hook", "list", "-w", shop)}
    assert ended["/hook/shopify/main"]
    assert not ended[second["path"]]
