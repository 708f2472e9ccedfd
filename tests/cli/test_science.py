"""The commands of the science print rows like every other."""

from __future__ import annotations

import json

from truelift.cli.main import run


def test_ageing_lists_the_default_curves_until_readings_tell_more(tmp_path, capsys):
    folder = tmp_path / "ws"
    assert run(["init", str(folder), "--brand", "acme"]) == 0
    capsys.readouterr()
    assert run(["ageing", "-w", str(folder), "--refit", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["metric"], row["posts"]) for row in rows] == [
        ("engagement", None),
        ("views", None),
    ]
    assert len(rows[0]["g"]) == len(rows[0]["tau2"]) == len(rows[0]["hours"]) == 10
    assert run(["ageing", "-w", str(folder), "--metric", "views"]) == 0
    assert "youtube-views-2026-1" in capsys.readouterr().out


def test_a_metric_that_is_none_is_a_usage_error(tmp_path, capsys):
    folder = tmp_path / "ws"
    run(["init", str(folder), "--brand", "acme"])
    assert run(["ageing", "-w", str(folder), "--metric", "hearts"]) == 2
    assert "There is no metric 'hearts'" in capsys.readouterr().err


def test_power_says_what_is_missing_before_anything_is_planned(tmp_path, capsys):
    folder = tmp_path / "ws"
    campaigns = tmp_path / "campaigns.csv"
    campaigns.write_text(
        "campaign,goal,starts,ends,currency\nglow,awareness,2026-05-01,2026-05-31,USD\n"
    )
    run(["init", str(folder), "--brand", "acme"])
    run(["import", str(campaigns), "-w", str(folder)])
    capsys.readouterr()
    assert run(["power", "-w", str(folder), "--campaign", "glow", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["creator"], row["withheld"]) == (None, "NOT_PLANNED")
    assert row["sentence"].startswith("The campaign: no deliverable says how many posts")
    assert run(["power", "-w", str(folder), "--campaign", "glow", "--posts", "0"]) == 2
    assert "--posts 0 is not between 1 and 200" in capsys.readouterr().err
