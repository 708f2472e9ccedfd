"""The commands of experiments, as they are typed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from truelift.cli.main import run


@pytest.fixture
def shop(tmp_path):
    """Make a workspace with 70 days of orders before a campaign that is long over."""
    folder, files = tmp_path / "ws", tmp_path / "in"
    files.mkdir()
    assert run(["init", str(folder), "--brand", "b"]) == 0
    days = [dt.date(2026, 2, 1) + dt.timedelta(days=number) for number in range(90)]
    rows = [f"{day}-{n},{day}T12:00:00,USD,10.00" for day in days for n in range(4)]
    header = "order_id,ordered_at,currency,subtotal"
    (files / "orders.csv").write_text("\n".join([header, *rows, ""]))
    (files / "campaigns.csv").write_text(
        "campaign,goal,starts,ends,currency\nold,sales,2026-04-10,2026-04-20,USD\n"
    )
    assert run(["import", str(files), "-w", str(folder)]) == 0
    return str(folder)


def test_a_counterfactual_is_registered_before_launch_or_says_that_it_was_late(shop, capsys):
    register = ["counterfactual", "register", "-w", shop, "--campaign", "old", "--format", "json"]
    capsys.readouterr()
    assert run(register) == 2
    assert "registered before launch" in capsys.readouterr().err
    assert run([*register, "--late"]) == 0
    (kept,) = json.loads(capsys.readouterr().out)["rows"]
    assert kept["late"] is True
    assert len(kept["sha256"]) == 64
    assert run(["counterfactual", "show", "-w", shop, "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["used"], row["grade"], row["days"]) == (False, None, 11)
    assert row["low"] <= row["effect"] <= row["high"]


@pytest.fixture
def regions(tmp_path):
    """Make a workspace of twelve regions and five creators, 90 days before a campaign to come."""
    folder, files = tmp_path / "ws", tmp_path / "in"
    files.mkdir()
    assert run(["init", str(folder), "--brand", "b"]) == 0
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(90)]
    rows = [f"{day}-{n},{day}T12:00:00,USD,10.00,S{n}" for day in days for n in range(12)]
    header = "order_id,ordered_at,currency,subtotal,ship_region"
    (files / "orders.csv").write_text("\n".join([header, *rows, ""]))
    (files / "campaigns.csv").write_text(
        "campaign,goal,starts,ends,currency\nnext,sales,2199-04-10,2199-04-30,USD\n"
    )
    codes = [f"C{n},c{n},next" for n in range(5)]
    (files / "codes.csv").write_text("\n".join(["code,creator,campaign", *codes, ""]))
    assert run(["import", str(files), "-w", str(folder)]) == 0
    return str(folder)


def test_a_lot_of_regions_is_drawn_and_shown(regions, capsys):
    asked = ["-w", regions, "--format", "json"]
    capsys.readouterr()
    assert run(["holdout", "register", *asked, "--campaign", "next", "--seed", "4"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert sum(row["kept_out"] for row in kept["rows"]) == 6
    assert kept["record"]["seed"] == 4
    assert run(["holdout", "register", *asked, "--campaign", "next"]) == 2
    assert "stands" in capsys.readouterr().err
    assert run(["holdout", "show", *asked]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["used"], row["sha256"]) == (False, kept["sha256"])


def test_first_days_are_drawn_to_brief_creators_by(regions, capsys):
    asked = ["-w", regions, "--format", "json"]
    days = ["--first", "2199-04-11", "--last", "2199-04-24"]
    capsys.readouterr()
    assert run(["stagger", "register", *asked, "--campaign", "next", *days]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["creator"] for row in rows] == ["c0", "c1", "c2", "c3", "c4"]
    assert all("2199-04-11" <= row["begins"] <= "2199-04-24" for row in rows)
    assert run(["stagger", "show", *asked, "--campaign", "next"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert "No whole day of the campaign" in row["sentence"]
