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
