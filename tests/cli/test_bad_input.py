"""Bad input by hand, through the commands: a reason or a stated widening, never a silent number."""

from __future__ import annotations

import csv
import io
import json
import sqlite3

import pytest

from truelift.cli.main import run

CAMPAIGN = {
    "campaigns": ["campaign,goal,starts,ends,currency", "glow,awareness,2026-05-01,2026-05-31,USD"],
    "agreements": [
        "agreement,campaign,creator,fee,currency,signed_on",
        "a1,glow,ana,10.00,USD,2026-04-01",
    ],
}
MARCH = ("01", "05", "09", "13", "17", "21", "25", "29")
AD = "x,ad,ana,2026-05-03T12:00,glow"
AD_READ = "x,ad,2026-05-12T12:00,300"


def posts(*days, creator="ana"):
    return [f"x,h{day}{creator},{creator},2026-03-{day}T12:00," for day in days]


def readings(*days, likes=100, creator="ana"):
    """Say how often each post was liked; `likes` is one number for all, or one for each."""
    many = likes if isinstance(likes, tuple) else (likes,) * len(days)
    pairs = zip(days, many, strict=True)
    return [f"x,h{day}{creator},2026-04-10T12:00,{count}" for day, count in pairs]


@pytest.fixture
def played(command, tmp_path):
    """Import history, seal (in time, or afterwards with --late), import the campaign's posts."""
    folder, number = tmp_path / "ws", 0

    def load(**tables):
        nonlocal number
        number += 1
        files = tmp_path / str(number)
        files.mkdir()
        heads = {
            "posts": "platform,post_id,creator,published_at,campaign",
            "observations": "platform,post_id,observed_at,likes",
        }
        for kind, lines in tables.items():
            text = "\n".join([heads[kind], *lines] if kind in heads else lines)
            (files / f"{kind}.csv").write_text(text + "\n", encoding="utf-8")
        code, out, err = command("import", files, "-w", folder, "--format", "json")
        return code, json.loads(out)["rows"], err

    def ask(*words):
        code, out, err = command(*words, "-w", folder, "--format", "json")
        assert code == 0, err
        return json.loads(out)["rows"]

    def lift(**wanted):
        found = ask("roi", "--by", "creator")
        (row,) = [row for row in found if wanted.items() <= row.items()]
        return row["lift"]

    assert run(["init", str(folder), "--brand", "acme", "--timezone", "UTC"]) == 0
    load(**CAMPAIGN)
    load.folder, load.ask, load.lift = folder, ask, lift
    return load


def test_the_same_reading_twice_is_a_duplicate_and_another_number_is_refused(played):
    history = posts(*MARCH), readings(*MARCH, likes=(90, 100, 110, 95, 105, 120, 80, 100))
    played(posts=history[0], observations=history[1])
    played.ask("seal")
    _, again, _ = played(observations=history[1])
    assert [(row["accepted"], row["duplicate"]) for row in again] == [(0, 8)]
    code, twice, _ = played(observations=[AD_READ, AD_READ], posts=[AD])
    assert code == 0
    (told,) = [row for row in twice if row["kind"] == "observations"]
    assert (told["accepted"], told["duplicate"], told["quarantined"]) == (1, 1, 0)
    # The same instant with other values, in one file: nothing says which of the two is right.
    instant = "x,ad,2026-05-13T12:00"
    _, clash, err = played(observations=[f"{instant},310", f"{instant},999"])
    assert [(row["accepted"], row["quarantined"]) for row in clash] == [(1, 1)]
    assert "stands already in line 2 with other values" in err
    assert played.lift(creator="ana")["observed"] == 310
    # From the same source again, later: the file corrects itself.
    _, update, _ = played(observations=[f"{instant},320"])
    assert [(row["updated"], row["quarantined"]) for row in update] == [(1, 0)]
    assert played.lift(creator="ana")["observed"] == 320


@pytest.mark.soak
def test_one_post_is_no_baseline(played):
    played(posts=posts("05"), observations=readings("05"))
    played.ask("seal")
    played(posts=[AD], observations=[AD_READ])
    found = played.lift(creator="ana")
    assert found["withheld"] == "TOO_FEW_POSTS"
    assert found["detail"]
    assert found.get("units") is None


@pytest.mark.soak
def test_two_posts_say_so_by_their_width(played):
    played(posts=posts("05", "09"), observations=readings("05", "09", likes=(90, 110)))
    played.ask("seal")
    played(posts=[AD], observations=[AD_READ])
    found = played.lift(creator="ana")
    assert found["low"] < 0 < found["high"]
    assert found["high"] - found["low"] > 4


@pytest.mark.parametrize("likes", [0, 300])
def test_a_baseline_of_nothing_but_zeros_is_withheld_whatever_comes_after(played, likes):
    played(posts=posts(*MARCH), observations=readings(*MARCH, likes=0))
    played.ask("seal")
    played(posts=[AD], observations=[f"x,ad,2026-05-12T12:00,{likes}"])
    found = played.lift(creator="ana")
    assert found["withheld"] == "NO_BASELINE"
    assert found["detail"]
    assert found.get("units") is None


@pytest.mark.soak
def test_a_campaign_of_creators_without_organic_posts_is_withheld_everywhere(played):
    played(posts=[AD, "x,ad2,bo,2026-05-04T12:00,glow"], observations=[AD_READ])
    for by in ("creator", "campaign", "platform", "cohort", "programme"):
        for row in played.ask("roi", "--by", by):
            assert row["lift"]["withheld"] in {"NO_BASELINE", "NOT_AT_THIS_LEVEL"}, by
            steps = {step["step"]: step for step in row["ladder"]}
            assert (steps["incremental"]["amount"], steps["return"]["amount"]) == (None, None)
            assert "withheld" in row["incremental_roi"]
            assert "withheld" in row["valued_roi"]
    assert {row["lift"]["withheld"] for row in played.ask("roi", "--by", "campaign")} == {
        "NO_BASELINE"
    }
    verdicts = played.ask("seal", "--late")
    assert {row["verdict"] for row in verdicts} <= {"nothing to seal", "sealed"}
    assert played.lift(creator="ana")["withheld"] == "NO_BASELINE"


@pytest.mark.soak
def test_sealing_after_the_launch_says_late_everywhere_and_is_grade_c_at_best(played, command):
    others = [f"c{number}" for number in range(6)]
    played(
        posts=[*posts(*MARCH), *(row for name in others for row in posts(*MARCH, creator=name))],
        observations=[
            *readings(*MARCH, likes=(90, 100, 110, 95, 105, 120, 80, 100)),
            *(row for name in others for row in readings(*MARCH, creator=name)),
        ],
    )
    calendar = [f"x,m{name},{name},2026-05-04T12:00," for name in others]
    calendar_read = [f"x,m{name},2026-05-12T12:00,100" for name in others]
    played(posts=[AD, *calendar], observations=[AD_READ, *calendar_read])
    code, _, err = command("seal", "--creator", "ana", "-w", played.folder)
    assert code == 3
    assert "seal with --late" in err
    (sealed,) = played.ask("seal", "--creator", "ana", "--late")
    assert (sealed["verdict"], sealed["late"], sealed["posts"]) == ("sealed", True, 8)
    assert all(row["late"] for row in played.ask("baselines"))
    for by in ("creator", "campaign", "programme"):
        (row,) = [row for row in played.ask("roi", "--by", by) if row["lift"].get("units")]
        lift = row["lift"]
        assert (lift["late"], lift["grade"]) == (True, "C"), by
        assert lift["controls"]["creators"] == 6
    (row,) = played.ask("roi", "--by", "creator")
    figure = row["figure_ids"]["lift"]
    _, out, _ = command("explain", figure, "-w", played.folder)
    told = json.loads(out)
    assert told["inputs"]["lift"]["late"] is True
    assert {one["late"] for one in told["baselines"]} == {True}
    for by in ("creator", "campaign", "programme"):
        _, shown, _ = command("roi", "-w", played.folder, "--by", by, "--format", "csv")
        assert [line["late"] for line in csv.DictReader(io.StringIO(shown))] == ["late"], by


@pytest.mark.usefixtures("kept_in_a_file")
def test_a_late_seal_stays_late_when_its_record_is_read_again(played):
    """The record itself says so: nothing that happens later makes it a pre-registration."""
    played(posts=posts(*MARCH), observations=readings(*MARCH))
    played(posts=[AD], observations=[AD_READ])
    played.ask("seal", "--late")
    again = played.ask("seal", "--late")
    assert {row["verdict"] for row in again} == {"already sealed"}
    with sqlite3.connect(played.folder / "workspace.db") as database:
        records = [
            json.loads(row[0]) for row in database.execute("select record from baseline_seal")
        ]
    assert records
    assert all(record["late"] for record in records)
