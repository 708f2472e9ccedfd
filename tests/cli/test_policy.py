"""The policy of the books, as it is typed."""

from __future__ import annotations

import json

import pytest

from truelift.cli.main import run


@pytest.fixture
def folder(tmp_path):
    """Make an empty workspace whose entity counts weeks."""
    words = ["init", str(tmp_path / "ws"), "--brand", "b", "--calendar", "4-4-5"]
    assert run(words) == 0
    return str(tmp_path / "ws")


def test_a_policy_is_signed_and_shown_with_who_and_why(folder, capsys):
    signed = ["--sentence", "We validate.", "--valid-from", "2026-05-01", "--signed-by", "Cleo"]
    words = ["policy", "set", "commission_validation_days=30", "-w", folder, *signed]
    assert run(words) == 0
    assert "Signed; 0 entries" in capsys.readouterr().err
    assert run(["policy", "show", "-w", folder, "--format", "json"]) == 0
    default, row = json.loads(capsys.readouterr().out)["rows"]
    assert default["signed_by"] is None
    assert (row["commission_validation_days"], row["signed_by"]) == (30, "Cleo")
    assert row["sentence"] == "We validate."
    assert run(["policy", "show", "-w", folder, "--format", "csv"]) == 0
    assert "usage_rights,at_access," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("switch", "day", "words"),
    [
        ("recognition", "2026-05-01", "not switch=value"),
        ("recognition=paid", "2026-05-01", "not paid"),
        ("recognition=live", "May", "is not a day"),
    ],
)
def test_what_cannot_be_signed_is_a_sentence(folder, capsys, switch, day, words):
    signed = ["--sentence", "Why.", "--valid-from", day]
    assert run(["policy", "set", switch, "-w", folder, *signed]) == 2
    assert words in capsys.readouterr().err


def test_a_calendar_that_is_none_is_refused(tmp_path, capsys):
    words = ["init", str(tmp_path / "x"), "--brand", "b", "--calendar", "moons"]
    assert run(words) == 2
    assert "--calendar moons cannot be used" in capsys.readouterr().err
