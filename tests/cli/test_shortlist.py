"""The shortlist and the calculator at the command line, and the same over HTTP."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest
from litestar.testing import TestClient

from truelift.api import application as api
from truelift.app import opened, people_of
from truelift.cli.main import run
from truelift.cli.shortlist import brief_table, reasons

CREATORS = "creator,category,country,price\nana,food,US,120.00\nbo,=cmd,DE,\n"
PROFILES = "platform,handle,creator\ninstagram,ana.ig,ana\n"


@pytest.fixture
def folder(tmp_path, capsys):
    place = tmp_path / "ws"
    files = tmp_path / "files"
    files.mkdir()
    (files / "creators.csv").write_text(CREATORS)
    (files / "profiles.csv").write_text(PROFILES)
    run(["init", str(place), "--brand", "acme"])
    run(["import", str(files), "-w", str(place)])
    capsys.readouterr()
    return place


@pytest.mark.soak
def test_a_list_is_shown_and_exported_in_every_form(folder, tmp_path, capsys):
    asked = ["shortlist", "-w", str(folder)]
    assert run(asked) == 0
    shown = capsys.readouterr().out
    assert "-  ana: Not ranked: the incremental return of 0 of at least 3 creators" in shown
    assert run([*asked, "--format", "csv"]) == 0
    assert "'=cmd" in capsys.readouterr().out
    assert run([*asked, "--format", "parquet", "-o", str(tmp_path / "list.parquet")]) == 0
    assert pq.read_table(tmp_path / "list.parquet").num_rows == 2
    assert run([*asked, "--compare", "ana,bo"]) == 0
    assert "property" in capsys.readouterr().out
    assert run([*asked, "--explain", "bo"]) == 0
    assert "names no price" in capsys.readouterr().out
    assert run([*asked, "--followers", "5:1"]) == 2
    assert "write MIN:MAX" in capsys.readouterr().err
    assert run([*asked, "--explain", "nobody"]) == 1
    assert run(["engagement-rate", "-w", str(folder), "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["creator"], row["withheld"]) == ("ana", "NOT_OBSERVED")


def test_the_api_answers_as_the_command_line_does(folder, capsys):
    run(["shortlist", "-w", str(folder), "--country", "US", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    run(["engagement-rate", "-w", str(folder), "--format", "json"])
    rates = json.loads(capsys.readouterr().out)
    with people_of(folder) as people:
        people.add("kim", "marketer")
        token = people.token("kim").reveal()

    async def at_once(call):
        return call()

    with opened(folder) as ws:
        made = api.application(ws, ws, writing=at_once, reading=at_once)
        with TestClient(made, raise_server_exceptions=False) as client:
            headers = {"authorization": f"Bearer {token}"}
            answer = client.get("/api/v1/shortlist?country=US", headers=headers)
            assert answer.json() == told
            answer = client.get("/api/v1/engagement-rate", headers=headers)
            assert answer.json() == rates
            assert client.get("/api/v1/shortlist").status_code == 401
            wrong = client.get("/api/v1/shortlist?followers=9:1", headers=headers)
            assert wrong.status_code in {400, 422}


def test_the_calculator_needs_no_workspace(folder, capsys):
    assert run(["engagement-rate", "--followers", "2000", "--likes", "90", "--comments", "10",
                "--format", "csv"]) == 0  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[4].startswith("by_followers_likes_and_comments,0.05,")
    assert run(["engagement-rate", "--likes", "1", "--rate-formula", "by_views"]) == 0
    assert "comments, shares, saves, views" in " ".join(capsys.readouterr().out.split())
    for wrong in (
        [], ["--likes", "-1"], ["--likes", "1", "--rate-formula", "er"],
        ["-w", str(folder), "--likes", "1"],
    ):  # fmt: skip
        assert run(["engagement-rate", *wrong]) == 2


def test_a_terminal_shows_the_figures_and_a_reason_below():
    row = {
        "rank": 1, "creator": "vera", "platform": "tiktok", "followers": 46_143, "price": 80_000,
        "expected_return": {"point": 0.206, "low": -0.609, "high": 1.021, "own_return": -0.132},
        "grade": "B", "evidence": "own",
        "past": [{"raw_return": 3.0, "return": -0.1}, {"raw_return": 1.0}],
        "engagement_rate": {"rate": 0.0744, "place": 0.857},
        "smallest_lift": {"orders": 1.526, "engagement": 3.6},
        "signals": [{"signal": "follower_jump"}], "why": "Because.",
    }  # fmt: skip
    data = {"currency": "USD", "rows": [row]}
    (shown,) = brief_table(data, "").rows
    assert list(shown.values()) == [
        1, "vera", "tiktok", 46_143, "800.00", "0.21", "-0.61 to 1.02", "B", "-0.13", "3.00",
        "7.44", "86", "1.5x", "follower_jump",
    ]  # fmt: skip
    assert reasons(data) == "   1  vera: Because.\n"
