"""A workspace folder: made once, opened whole, and its facts made again from its segments."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from truelift.base.errors import TrueliftError, UsageError
from truelift.cli.main import run
from truelift.facts.kinds import KINDS
from truelift.store import ground as grounds
from truelift.store import workspace_database as records
from truelift.store.ground import StoppedClock
from truelift.store.workspace_database import BrandRecord

NOW = dt.datetime(2026, 6, 1, 9)
CLOCK = StoppedClock(NOW)
ACME = BrandRecord("acme", "acme", "USD", "America/New_York", "acme", "months")
BOLT = BrandRecord("bolt", "bolt", "EUR", "Europe/Berlin", "bolt", "months")

FILES = {
    "campaigns": "campaign,goal,starts,ends,currency\nspring,sales,2026-05-01,2026-05-31,USD\n",
    "creators": "creator\nana\nben\n",
    "codes": "code,creator,campaign\nANA10,ana,spring\nBEN10,ben,spring\n",
    "agreements": "agreement,campaign,creator,fee,currency,signed_on\n"
    "a1,spring,ana,100,USD,2026-04-01\n",
    "orders": "order_id,ordered_at,currency,subtotal,cogs,code\n"
    + "".join(f"{n},2026-05-{n:02}T12:00:00Z,USD,40.00,10.00,ANA10\n" for n in range(1, 20)),
    "refunds": "refund_id,order_id,refunded_at,amount,currency\n"
    "r1,1,2026-05-20T12:00:00Z,40.00,USD\n",
}
LATE = (
    "order_id,ordered_at,currency,subtotal,cogs,code\n"
    "2,2026-05-02T12:00:00Z,USD,44.00,10.00,BEN10\n"
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "workspace"
    grounds.create(made, ACME, NOW)
    return made


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A small workspace: two imports, of which the second updates an order."""
    around = tmp_path_factory.mktemp("filled")
    grounds.create(around / "workspace", ACME, NOW)
    for name, files in (("first", FILES), ("second", {"orders": LATE})):
        (around / name).mkdir()
        for kind, text in files.items():
            (around / name / f"{kind}.csv").write_text(text)
        assert run(["import", str(around / name), "-w", str(around / "workspace")]) == 0
    return around / "workspace"


@pytest.fixture
def filled(made_once, tmp_path):
    return Path(shutil.copytree(made_once, tmp_path / "workspace"))


def contents(folder):
    """Give every stored fact, superseded ones too, in a fixed order."""
    with duckdb.connect(str(folder / "facts.duckdb")) as connection:
        return {
            kind.name: connection.sql(
                f"select * from fact_{kind.name} order by all nulls first"
            ).fetchall()
            for kind in KINDS.values()
            if kind.plane.value == "facts"
        }


def printed(folder, capsysbinary):
    capsysbinary.readouterr()
    assert run(["roi", "-w", str(folder), "--format", "json"]) == 0
    return capsysbinary.readouterr().out


def test_a_workspace_is_made_once(folder):
    assert {path.name for path in folder.iterdir()} >= {"workspace.db", *grounds.FOLDERS}
    with pytest.raises(TrueliftError, match="holds a workspace already"):
        grounds.create(folder, ACME, NOW)


def test_a_folder_without_a_workspace_says_how_to_make_one(tmp_path):
    for act in (
        lambda: grounds.rebuild(tmp_path),
        lambda: grounds.desk(tmp_path, CLOCK, "ana").__enter__(),
        lambda: grounds.opened(tmp_path, None, CLOCK, "ana").__enter__(),
    ):
        with pytest.raises(TrueliftError, match="holds no workspace; make one with `truelift init"):
            act()
    assert list(tmp_path.iterdir()) == []


def test_a_ground_stands_for_one_brand(folder):
    with grounds.opened(folder, None, CLOCK, "ana") as ground:
        assert (ground.brand, ground.person, ground.clock.now()) == (ACME, "ana", NOW)
        assert not ground.simulated
    with (
        grounds.desk(folder, CLOCK, "ana") as desk,
        desk.workspace.transaction() as connection,
    ):
        records.add_brand(connection, BOLT, NOW)
    with grounds.opened(folder, "bolt", CLOCK, "ana") as ground:
        assert ground.brand == BOLT
    with (
        pytest.raises(UsageError, match="acme, bolt"),
        grounds.opened(folder, None, CLOCK, "ana"),
    ):
        pass


def test_a_simulated_clock_stands_before_the_real_one(folder):
    then = dt.datetime(2026, 3, 1)
    with (
        grounds.opened(folder, None, CLOCK, "ana") as ground,
        ground.workspace.transaction() as connection,
    ):
        records.set_simulated_clock(connection, then)
    with grounds.opened(folder, None, CLOCK, "ana") as ground:
        assert ground.simulated
        assert ground.clock.now() == then


def test_a_second_opening_is_refused_and_disturbs_nothing(folder):
    unfinished = folder / "segments" / "00000001.orders.writing"
    with grounds.opened(folder, None, CLOCK, "ana") as ground:
        unfinished.write_bytes(b"PAR1")  # as the first one would while it imports
        program = "import sys, truelift; truelift.open(sys.argv[1])"

        done = subprocess.run(
            [sys.executable, "-c", program, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "is open in another process" in done.stderr
        assert unfinished.exists()
        assert ground.facts is not None


@pytest.mark.soak
def test_a_rebuild_gives_the_same_rows_and_the_same_bytes(filled, capsysbinary):
    before = contents(filled), printed(filled, capsysbinary)
    assert len([row for row in before[0]["orders"] if row[-1] is not None]) == 1
    (filled / "facts.duckdb").unlink()
    assert grounds.rebuild(filled) == 3
    assert (contents(filled), printed(filled, capsysbinary)) == before
    assert grounds.rebuild(filled) == 3
    assert (contents(filled), printed(filled, capsysbinary)) == before


def test_a_damaged_facts_file_is_made_again(filled, capsysbinary):
    before = contents(filled), printed(filled, capsysbinary)
    (filled / "facts.duckdb").write_bytes(b"nonsense" * 1000)
    (filled / "facts.duckdb.wal").write_bytes(b"nonsense" * 1000)
    assert run(["roi", "-w", str(filled)]) == 1
    assert b"run `truelift rebuild`" in capsysbinary.readouterr().err
    assert grounds.rebuild(filled) == 3
    assert (contents(filled), printed(filled, capsysbinary)) == before


def test_a_rebuild_keeps_what_stands_beside_the_facts(filled):
    with grounds.opened(filled, None, CLOCK, "ana") as ground:
        ground.facts.keep("live.take", {"worker": "w", "segment": "1.log", "byte": 7})
    assert grounds.rebuild(filled) == 3
    with grounds.opened(filled, None, CLOCK, "ana") as ground:
        (row,) = ground.facts.read("live.taken", {}).to_pylist()
    assert row == {"worker": "w", "segment": "1.log", "byte": 7}


def test_a_rebuild_that_fails_keeps_the_old_file(filled):
    segment = filled / "segments" / "00000002.refunds.parquet"
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2])
    before = (filled / "facts.duckdb").read_bytes()
    with pytest.raises(TrueliftError, match=r"00000002\.refunds\.parquet cannot be read"):
        grounds.rebuild(filled)
    assert (filled / "facts.duckdb").read_bytes() == before
    assert not list(filled.glob("facts.rebuilding*"))


def test_a_rebuild_notices_a_lost_segment_even_the_last(filled):
    (filled / "segments" / "00000003.orders.parquet").unlink()
    before = contents(filled)
    with pytest.raises(TrueliftError, match="Segment 00000003 is missing"):
        grounds.rebuild(filled)
    assert contents(filled) == before


def test_a_rebuild_that_was_killed_is_forgotten_by_the_next(filled):
    before = contents(filled)
    (filled / "facts.rebuilding").write_bytes(b"half of a file")
    (filled / "facts.rebuilding.wal").write_bytes(b"half of a file")
    assert grounds.rebuild(filled) == 3
    assert contents(filled) == before
    assert not list(filled.glob("facts.rebuilding*"))


def test_nothing_is_rebuilt_while_another_process_works(filled):

    holding = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    words = [sys.executable, "-c", holding, str(filled / "facts.duckdb")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(TrueliftError, match="open in another process"):
            grounds.rebuild(filled)
        other.communicate(b"\n")
