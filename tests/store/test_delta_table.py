import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, TableFeatures

from truelift.store import delta_table
from truelift.store.delta_table import PARTITION, LakeAway, LakeRefused, LakeTable

SCHEMA = pa.schema([("name", pa.string()), ("at", pa.timestamp("us"))])


def rows(*names, day="2026-05-01"):
    count = len(names)
    columns = {"name": names, "at": pa.nulls(count, pa.timestamp("us")), PARTITION: [day] * count}
    return pa.table(columns)


def names(table):
    return sorted(table.table().to_pyarrow_table()["name"].to_pylist())


@pytest.fixture
def table(tmp_path):
    made = LakeTable(str(tmp_path / "clicks"), SCHEMA)
    made.make()
    return made


def test_each_number_of_a_node_is_held_once(table):
    assert table.append("a", 1, rows("one"))
    assert table.append("b", 7, rows("seven"))
    assert not table.append("a", 1, rows("one"))
    assert table.append("a", 2, rows("two", day="2026-05-02"))
    assert not table.append("a", 1, rows("one"))
    assert names(table) == ["one", "seven", "two"]
    held = table.snapshot(["a", "b", "c"])
    assert dict(held.held) == {"a": 2, "b": 7, "c": 0}
    assert len(held.files) == 3


def test_two_processes_under_one_name_cannot_both_append(table):
    other = LakeTable(table.uri, SCHEMA)
    other.table()
    stale = other._opened
    table.append("a", 1, rows("one"))
    other._opened = stale
    other.table = lambda: stale
    with pytest.raises(LakeRefused, match=r"node in workspace\.toml"):
        other.append("a", 1, rows("again"))
    assert names(table) == ["one"]


def test_what_is_appended_is_brought_to_the_disk_before_it_is_said(table, monkeypatch):
    flushed = []
    real = os.fsync

    def noted(descriptor):
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(delta_table.os, "fsync", noted)
    table.append("a", 1, rows("one"))
    assert any(path.endswith(".parquet") for path in flushed)
    assert any(path.endswith("00000000000000000001.json") for path in flushed)
    assert any(path.endswith("partition_day=2026-05-01") for path in flushed)
    assert any(path.endswith("_delta_log") for path in flushed)


def test_small_files_become_few_and_old_ones_go(table):
    for number in range(1, 6):
        table.append("a", number, rows(str(number)))
    assert table.compact()["numFilesRemoved"] == 5
    assert table.vacuum(0) == 5
    assert len(table.snapshot().files) == 1
    assert names(table) == ["1", "2", "3", "4", "5"]
    assert not table.append("a", 5, rows("5"))


def test_a_table_of_another_layout_or_program_is_refused(tmp_path):
    for name, said in (("truelift-lake-9", "newer"), (None, "another program")):
        uri = str(tmp_path / str(name))
        schema = SCHEMA.append(pa.field(PARTITION, pa.string()))
        DeltaTable.create(uri, schema, partition_by=[PARTITION], name=name)
        with pytest.raises(LakeRefused, match=said):
            LakeTable(uri, SCHEMA).make()


def test_deletion_vectors_and_mapped_columns_are_refused(table):
    opened = DeltaTable(table.uri)
    opened.alter.add_feature(TableFeatures.DeletionVectors, allow_protocol_versions_increase=True)
    with pytest.raises(LakeRefused, match="deletionVectors"):
        LakeTable(table.uri, SCHEMA).held("a")


def test_a_lake_that_does_not_answer_is_away_and_not_empty(table, tmp_path):
    (tmp_path / "clicks").rename(tmp_path / "gone")
    with pytest.raises(LakeAway, match="does not answer"):
        LakeTable(table.uri, SCHEMA).held("a")


def test_a_commit_that_was_cut_off_is_no_commit(table, tmp_path):
    table.append("a", 1, rows("one"))
    log = tmp_path / "clicks" / "_delta_log"
    (tmp_path / "clicks" / f"{PARTITION}=2026-05-01" / "part-half.parquet").write_bytes(b"PAR1")
    (log / "_commit_half.json.tmp").write_text(json.dumps({"add": {}}), encoding="utf-8")
    again = LakeTable(table.uri, SCHEMA)
    assert names(again) == ["one"]
    assert again.append("a", 2, rows("two"))
    assert names(again) == ["one", "two"]


@pytest.mark.parametrize(
    ("uri", "folder"),
    [("a/b", "a/b"), ("file" + ":///lake%20one", "/lake one"), ("s3://bucket/lake", None)],
)
def test_a_folder_is_told_from_an_object_store(uri, folder):
    found = delta_table.local_folder(uri)
    assert (None if found is None else str(found)) == folder


def test_a_table_of_another_workspace_is_refused(tmp_path):
    uri = str(tmp_path / "mine")
    LakeTable(uri, SCHEMA, "mine").make()
    LakeTable(uri, SCHEMA, "mine").make()
    with pytest.raises(LakeRefused, match=r"another workspace's \(mine\); name a lake of its own"):
        LakeTable(uri, SCHEMA, "yours").make()
    nobodys = LakeTable(str(tmp_path / "nobodys"), SCHEMA)
    nobodys.make()
    with pytest.raises(LakeRefused, match="it does not say which"):
        LakeTable(nobodys.uri, SCHEMA, "mine").held("a")


def test_a_column_of_another_type_is_refused(table):
    other = LakeTable(table.uri, pa.schema([("name", pa.int64()), ("at", pa.timestamp("us"))]))
    with pytest.raises(LakeRefused, match=r"laid out in another way \(name\)"):
        other.held("a")


def test_what_the_library_says_is_written_in_one_line(table):
    error = OSError("Error: 1\n   \x1b[31m↳\x1b[0m in between\n  \x1b[31m↳\x1b[0m refused.\n")
    assert delta_table.plainly(error) == "Error: 1: refused"
    assert delta_table.plainly(OSError()) == "OSError"
    table.append("a", 1, rows("one", "one", "two"))
    assert (table.rows(), table.rows_of("name", "one"), table.rows_of("name", "x")) == (3, 2, 0)
