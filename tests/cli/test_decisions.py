"""Leaks and alerts as they are typed."""

from __future__ import annotations

import io
import json

import pytest


def rows(command, *words):
    code, out, said = command(*words, "--format", "json")
    assert code == 0, said
    return json.loads(out)["rows"]


def test_leaks_are_listed_and_a_payout_is_held_and_released(command, shop):
    codes = rows(command, "leaks", "-w", shop)
    code = codes[0]["code"]
    (order, *_) = rows(command, "leaks", "--orders", "-w", shop)
    for words in (("hold", code), ("hold", order["order"])):
        assert command("leaks", *words, "--reason", "why", "-w", shop)[0] == 0
    refused, _, said = command("leaks", "release", order["order"], "--reason", "why", "-w", shop)
    assert (refused, "another person has to" in said) == (1, True)
    assert command("leaks", "appeal", code, "--says", "no", "-w", shop)[0] == 0
    assert rows(command, "leaks", "held", "-w", shop) == []
    assert rows(command, "leaks", "clicks", "-w", shop) == []
    assert command("leaks", "--rules", "9", "-w", shop)[0] == 2


def test_alerts_are_checked_owned_snoozed_and_closed(command, shop, tmp_path):
    path = tmp_path / "agreements.csv"
    path.write_text(
        "agreement,creator,fee,currency,signed_on,usage_to\nx,ana,1.00,USD,2026-05-01,2026-05-25\n"
    )
    assert command("import", path, "-w", shop)[0] == 0
    found = rows(command, "alerts", "--open", "--as-of", "2026-05-20", "-w", shop)
    assert "usage_right_ends" in {row["rule"] for row in found}
    rows(command, "alerts", "check", "-w", shop)
    for name in [row["id"] for row in rows(command, "alerts", "--open", "-w", shop)][:1]:
        assert command("alerts", "own", name, "--owner", "kim", "-w", shop)[0] == 0
        assert command("alerts", "snooze", name, "--days", "2", "-w", shop)[0] == 0
        assert command("alerts", "close", name, "-w", shop)[0] == 0
    assert command("alerts", "close", "nothing", "-w", shop)[0] == 1


def test_a_channel_is_added_without_its_secret_in_the_words(command, shop, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("http://127.0.0.1:9/T0/abc\n"))
    code, out, said = command(
        "alerts", "channels", "add", "webhook", "ops", "--secret-stdin", "-w", shop
    )
    assert (code, out.startswith("whsec_")) == (0, True)
    assert "abc" not in said
    assert [row["to"] for row in rows(command, "alerts", "channels", "list", "-w", shop)] == [
        "127.0.0.1"
    ]
    assert command("alerts", "channels", "remove", "ops", "-w", shop)[0] == 0


@pytest.mark.parametrize("words", [["check-links", "--private"]])
def test_links_are_checked(command, shop, words, monkeypatch):
    monkeypatch.setattr(
        "truelift.operations.link_checks.ask", lambda _address, **_given: (True, "answered 200")
    )
    assert all(row["alive"] for row in rows(command, "alerts", *words, "-w", shop))


def test_a_new_workspace_says_what_fills_an_answer(command, tmp_path):
    folder = tmp_path / "new"
    assert command("init", folder, "--brand", "acme")[0] == 0
    for words in ("alerts", "shortlist"):
        assert "`truelift import c" in command(words, "-w", folder)[1]
    code, out, said = command("alerts", "--format", "json", "-w", folder)
    assert (code, json.loads(out)["rows"]) == (0, [])
    assert "`truelift import campaigns.csv`" in said
    assert "import `campaigns`" in command("fee", "--campaign", "spring", "-w", folder)[2]
