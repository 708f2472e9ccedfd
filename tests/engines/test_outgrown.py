"""The sample programme prints the same bytes in its folder and outgrown.

Outgrown: its database in PostgreSQL, its facts in Delta tables, heavy questions on a cluster.
"""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import truelift
from truelift.cli.main import run
from truelift.store import places
from truelift.store.places import Places

SPARK_HOME = os.environ.get("TRUELIFT_SPARK_HOME")

ROI = ("roi", "--model", "linear", "--format", "json")
EVERY = (
    ("roi", "--format", "json"),
    ("roi", "--by", "post", "--basis", "event", "--format", "json"),
    ("attribute", "--model", "markov", "--format", "json"),
    ("forecast", "--format", "json"),
    ("shortlist", "--format", "json"),
)


def printed(capsysbinary, folder, words):
    capsysbinary.readouterr()
    assert run([words[0], "-w", str(folder), *words[1:]]) == 0
    return capsysbinary.readouterr().out


@pytest.fixture
def url(postgresql_cluster):
    """Give the address of an empty database."""
    name = postgresql_cluster.new_database()
    return f"postgresql://owner@/{name}?host={postgresql_cluster.socket}"


@pytest.fixture
def moved(own, tmp_path, address, url):
    """Give what moves a workspace to PostgreSQL, a lake and a cluster; and where these are."""
    lake = str(tmp_path / "lake")

    def move():
        assert run(["migrate-workspace", "-w", str(own), "--to", url]) == 0
        places.write(own, replace(places.read(own), lake=lake))
        assert run(["lake", "seal", "-w", str(own)]) == 0
        places.write(own, replace(places.read(own), engine=address))
        return url, lake

    return move


@pytest.mark.usefixtures("kept_in_a_file")
def test_the_same_bytes_embedded_and_outgrown(own, moved, capsysbinary):
    embedded = printed(capsysbinary, own, ROI)
    moved()
    assert len(embedded) > 100_000
    assert printed(capsysbinary, own, ROI) == embedded


@pytest.mark.soak
@pytest.mark.usefixtures("kept_in_a_file")
def test_the_same_bytes_in_a_new_folder_when_the_disk_was_lost(own, url, tmp_path, capsysbinary):
    """Only the database and the lake are left, and a workspace.toml that names them."""
    embedded = printed(capsysbinary, own, ROI)
    assert run(["migrate-workspace", "-w", str(own), "--to", url]) == 0
    places.write(own, replace(places.read(own), lake=str(tmp_path / "lake")))
    assert run(["lake", "seal", "-w", str(own)]) == 0
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (own / places.FILE).rename(fresh / places.FILE)
    shutil.rmtree(own)
    assert run(["lake", "restore", "-w", str(fresh)]) == 0
    assert run(["own", "-w", str(fresh)]) == 0
    assert printed(capsysbinary, fresh, ROI) == embedded
    assert run(["rebuild", "-w", str(fresh)]) == 0
    assert printed(capsysbinary, fresh, ROI) == embedded
    capsysbinary.readouterr()
    assert run(["lake", "seal", "-w", str(fresh)]) == 0
    assert b"0 rows were sealed" in capsysbinary.readouterr().err


@pytest.mark.soak
@pytest.mark.skipif(not SPARK_HOME, reason="Apache Spark is asked by `make test-cluster`")
def test_the_same_bytes_where_spark_runs_in_our_own_process(own, tmp_path, capsysbinary):
    embedded = printed(capsysbinary, own, ROI)
    places.write(own, Places(lake=str(tmp_path / "lake")))
    assert run(["lake", "seal", "-w", str(own)]) == 0
    places.write(own, Places(lake=str(tmp_path / "lake"), engine="local[2]"))
    python = Path(SPARK_HOME).parents[3] / "bin" / "python"
    words = [str(python), "-m", "truelift", ROI[0], "-w", str(own), *ROI[1:]]
    ours = {name: text for name, text in os.environ.items() if not name.startswith("SPARK_")}
    environment = ours | {"PYTHONPATH": str(Path(truelift.__file__).parents[1])}
    done = subprocess.run(words, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == embedded


@pytest.mark.soak
@pytest.mark.usefixtures("kept_in_a_file")
def test_every_report_prints_the_same_bytes(own, moved, address, capsysbinary):
    embedded = [printed(capsysbinary, own, words) for words in EVERY]
    url, lake = moved()
    assert [printed(capsysbinary, own, words) for words in EVERY] == embedded
    assert run(["verify", "-w", str(own)]) == 0
    for engine in ("duckdb", address):
        with truelift.open(url, lake=lake, engine=engine) as ws:
            assert ws.roi().rows == json.loads(embedded[0])["rows"]
