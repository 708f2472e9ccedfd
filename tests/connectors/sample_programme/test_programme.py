import datetime as dt
import hashlib
import json
import os
import subprocess
import sys

from truelift.connectors.sample_programme import next_campaign, write
from truelift.connectors.sample_programme.people import LATE_SEALED


def digest(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_in_another_process(sample, tmp_path):
    program = (
        "import pathlib, sys; from truelift.connectors.sample_programme import write;"
        "write(pathlib.Path(sys.argv[1]))"
    )
    surroundings = {**os.environ, "PYTHONHASHSEED": "123", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-c", program, str(tmp_path / "again")]
    subprocess.run(command, check=True, env=surroundings)
    assert digest(tmp_path / "again") == digest(sample.folder)


def test_another_seed_tells_another_story(sample, tmp_path):
    other = write(tmp_path, seed=8)
    assert other.truth["pairs"] != sample.programme.truth["pairs"]
    assert other.steps == sample.programme.steps


def test_steps_come_in_the_order_of_their_clock(sample):
    instants = [step.at for step in sample.programme.steps]
    assert instants == sorted(instants)
    assert {step.action for step in sample.programme.steps} == {"import", "seal", "seal_late"}


def test_each_campaign_is_sealed_before_its_flight_and_after_an_import(sample):
    seals = {s.campaign: s for s in sample.programme.steps if s.action == "seal"}
    begun = [row for row in sample.rows("campaigns") if row["campaign"] != next_campaign.CAMPAIGN]
    assert len(begun) == len(seals)
    for row in begun:
        starts = dt.datetime.fromisoformat(f"{row['starts']}T04:00:00")
        assert seals[row["campaign"]].at < starts
    assert sample.programme.steps[0].action == "import"


def test_one_creator_is_sealed_late(sample):
    late = [step for step in sample.programme.steps if step.action == "seal_late"]
    assert [(step.campaign, step.creator) for step in late] == [("glow", LATE_SEALED)]
    first = min(
        row["published_at"]
        for row in sample.rows("posts")
        if row["handle"].startswith(LATE_SEALED) and row["campaign"]
    )
    assert first < f"{late[0].at.isoformat()}Z"


def test_the_files_beside_the_deliveries_say_what_is_returned(sample):
    read = {
        name: json.loads((sample.folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("programme", "truth")
    }
    assert read["programme"] == sample.programme.as_json()
    assert read["truth"] == json.loads(json.dumps(sample.programme.truth))
    assert all(
        (sample.folder / step["folder"]).is_dir()
        for step in read["programme"]["steps"]
        if step["folder"]
    )
