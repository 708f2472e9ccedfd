import json
import shutil
import threading
from dataclasses import replace

import pyarrow as pa
import pytest

import truelift
from truelift.base.errors import NotOwner, Refused, TrueliftError, UsageError
from truelift.catalog.permission import Role
from truelift.facts.kinds import KINDS
from truelift.operations import lake, nodes
from truelift.operations.doctor import doctor
from truelift.store import audit_log, places
from truelift.store import ground as grounds
from truelift.store import workspace_database as records
from truelift.store.delta_table import LakeAway, LakeRefused
from truelift.store.lake import Lake, numbered, parted
from truelift.store.places import Places
from truelift.store.segments import SegmentLog
from truelift.store.workspace_database import BrandRecord

ORDER = KINDS["orders"]

ORDERS = """
orders
order_id | ordered_at | currency | subtotal
1        | @05-01     | USD      | 100.00
2        | @05-02     | USD      | 50.00
"""


@pytest.fixture
def outgrown(told, tmp_path):
    """A workspace with two orders that names a lake."""
    told.given(ORDERS)
    folder = told.ground.folder
    told.stack.close()
    places.write(folder, Places(lake=str(tmp_path / "lake")))
    with grounds.opened(folder, None, told.clock, "ana.controller") as ground:
        yield ground


def test_what_was_accepted_is_sealed_and_counted(outgrown):
    assert lake.seal_lake(outgrown).rows == 2
    assert lake.seal_lake(outgrown).rows == 0
    standing = {each.kind: each for each in lake.lake_standing(outgrown)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (2, 0)
    assert standing["clicks"].rows == 0
    assert lake.compact_lake(outgrown) == (0, 0)


def test_who_sees_one_brand_is_told_of_its_rows_alone(outgrown):
    record = BrandRecord("other", "other", "USD", "UTC", "other", "months")
    with outgrown.workspace.transaction() as connection:
        records.add_brand(connection, record, outgrown.clock.now())
    lake.seal_lake(outgrown)
    other = replace(outgrown, brand=record)
    standing = {each.kind: each for each in lake.lake_standing(other)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (0, 0)
    outgrown.lake.node = "another"
    standing = {each.kind: each for each in lake.lake_standing(other)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (0, 0)
    assert (lake.lake_waiting(outgrown), lake.lake_waiting(other)) == (2, 0)


def test_a_lake_that_hangs_keeps_no_doctor_waiting(outgrown, monkeypatch):
    lake.seal_lake(outgrown)
    released = threading.Event()
    monkeypatch.setattr(Lake, "snapshot", lambda *_: released.wait(10))
    with pytest.raises(LakeAway, match="has not answered for 0 s"):
        lake.lake_waiting(outgrown, 0.05)
    released.set()


def test_what_waits_is_counted_as_the_tail(outgrown):
    lake.seal_lake(outgrown)
    outgrown.lake.node = "another"
    standing = {each.kind: each for each in lake.lake_standing(outgrown)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (2, 2)


def test_a_workspace_without_a_lake_says_how_to_name_one(told):
    with pytest.raises(UsageError, match=r"workspace\.toml"):
        lake.seal_lake(told.ground)
    assert json.dumps(str(told.ground.folder))


def test_the_doctor_says_what_waits_and_when_the_lake_is_away(outgrown, tmp_path):
    lake.seal_lake(outgrown)
    (check,) = [each for each in doctor(outgrown) if each.name == "lake"]
    assert (check.holds, check.sentence[:26]) == (True, "The lake answers; 0 rows w")
    (tmp_path / "lake").rename(tmp_path / "gone")
    outgrown.lake._tables.clear()
    (check,) = [each for each in doctor(outgrown) if each.name == "lake"]
    assert not check.holds
    assert "does not answer" in check.sentence


def test_a_lake_of_another_workspace_is_refused(outgrown):
    lake.seal_lake(outgrown)
    other = Lake(outgrown.lake.uri, outgrown.lake.node, "another workspace")
    for ask in (lake.seal_lake, lake.lake_standing):
        with pytest.raises(LakeRefused, match="another workspace"):
            ask(replace(outgrown, lake=other))


def test_a_folder_that_was_restored_from_a_backup_is_told_from_its_lake(outgrown, tmp_path):
    """Its next segments would have numbers that the lake holds already, with other rows."""
    ahead, log = outgrown.lake, outgrown.facts.log
    lake.seal_lake(outgrown)
    with pytest.raises(LakeRefused, match="restored from a backup"):
        Lake(ahead.uri, "main", ahead.owner).tail(
            ORDER, SegmentLog(tmp_path / "none"), ahead.snapshot(ORDER)
        )
    rows = numbered(ORDER, next(iter(log)))
    more = rows.set_column(rows.column_names.index("log_number"), "log_number", pa.array([2, 2]))
    ahead.table(ORDER).append("main", 2, parted(ORDER, more))
    with pytest.raises(LakeRefused, match="holds 4 rows, 2 were accepted up to segment 2"):
        lake.seal_lake(outgrown)
    with pytest.raises(LakeRefused, match="other rows as segment 2"):
        ahead.tail(ORDER, log, ahead.snapshot(ORDER))
    fresh = Lake(str(tmp_path / "fresh"), "main", outgrown.lake.owner)
    assert lake.seal_lake(replace(outgrown, lake=fresh)).rows == 2


def test_who_may_not_import_may_not_seal(acting):
    with pytest.raises(Refused):
        lake.seal_lake(acting("audrey", Role.AUDITOR))


def test_a_lost_folder_is_restored_logged_and_says_what_it_lacks(outgrown):
    lake.seal_lake(outgrown)
    with pytest.raises(TrueliftError, match="holds segments already"):
        lake.restore_lake(outgrown)
    shutil.rmtree(outgrown.folder / "segments")
    with pytest.raises(TrueliftError, match="is served; stop that first"):
        lake.restore_lake(replace(outgrown, served=True))
    found = lake.restore_lake(outgrown)
    assert (found.rows["orders"], found.lost) == (2, ())
    assert not lake.forget_lost(outgrown)
    assert nodes.partial(outgrown.folder) == []
    (outgrown.folder / "lost.json").write_text('{"numbers": [2]}', encoding="utf-8")
    (sentence,) = nodes.partial(outgrown.folder)
    (check,) = [each for each in doctor(outgrown) if each.name == "segments"]
    assert (check.holds, check.sentence) == (False, sentence)
    assert lake.forget_lost(outgrown)
    with outgrown.workspace.transaction() as connection:
        lines = audit_log.records(connection, outgrown.brand.brand)
    assert [line.outcome.partition(":")[0] for line in lines][-5:] == [
        "failed", "failed", "done", "done", "done",
    ]  # fmt: skip


def test_who_may_not_manage_may_not_restore(acting):
    for ask in (lake.restore_lake, lake.forget_lost):
        with pytest.raises(Refused):
            ask(acting("audrey", Role.AUDITOR))


@pytest.mark.usefixtures("kept_in_a_file")
def test_a_folder_whose_segments_are_lost_says_so_and_takes_nothing_in(outgrown, tmp_path):
    lake.seal_lake(outgrown)
    lost = tmp_path / "lost"
    lost.mkdir()
    for name in (places.FILE, grounds.FILE):
        shutil.copy(outgrown.folder / name, lost)
    with truelift.open(lost) as ws:
        assert len(ws.list("orders").rows) == 2
        (sentence,) = ws.list("orders").data["partial"]
        assert sentence.startswith("Figures are partial: they are read over the lake")
        with pytest.raises(NotOwner, match=r"has no segments, .* `truelift lake restore`"):
            ws.add_key(server=True)
        ws.restore_lake()
    with truelift.open(lost) as ws:
        assert len(ws.list("orders").rows) == 2
        assert "partial" not in ws.list("orders").data
    with pytest.raises(UsageError, match=r"is a folder: its workspace\.toml"):
        truelift.open(lost, lake="elsewhere")
