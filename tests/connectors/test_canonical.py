import json

import pyarrow as pa
import pytest

from truelift.connectors.canonical import find_kind, notes_of
from truelift.connectors.table import Unreadable
from truelift.facts.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_found_by_its_whole_header_and_by_what_it_requires(kind):
    assert find_kind(kind.names, (), "x") is kind
    required = [column.name for column in kind.columns if column.required or column.key]
    assert find_kind(required, (), kind.name) is kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_whole_header_of_a_kind_is_never_taken_for_an_export(reading, kind):
    found = reading("file.csv", ",".join(kind.names) + "\n" + ",".join("1" for _ in kind.names))
    assert found.kinds == [kind.name]


def test_headers_are_matched_without_case_space_and_accents(reading):
    found = reading("x.csv", "\ufeff Code , CRÉATOR\nA,ana\n")
    assert found.rows("codes") == [{"code": "A", "creator": "ana"}]


def test_the_name_of_the_file_only_breaks_a_tie(reading):
    text = "platform,handle,creator,post_id,published_at\ninstagram,ana,ana,1,2026-05-01\n"
    assert reading("followers.csv", text).kinds == ["posts"]
    with pytest.raises(Unreadable, match="fit participants, but arm is missing"):
        find_kind(["campaign", "creator"], (), "participants")


def test_columns_that_fit_several_kinds_ask_for_the_kind():
    with pytest.raises(Unreadable, match="fit posts or observations; say which with --as"):
        find_kind(["platform", "post_id", "published_at", "observed_at"], (), "x")


def test_a_missing_column_is_named_and_may_be_given_by_set(reading):
    text = "order_id,ordered_at,subtotal,code\n1,2026-05-01,10.00,A\n"
    found = reading("x.csv", text)
    assert "fit orders, but currency is missing" in found.messages[0]
    rows = reading("x.csv", text, set={"currency": "USD"}).rows("orders")
    assert rows[0]["currency"] == "USD"


def test_set_fills_empty_cells_and_never_replaces_one(reading):
    text = "code,creator,kind\nA,,evergreen\nB,bo,\n"
    found = reading("x.csv", text, set={"creator": "ana", "kind": "creator", "campaign": "may"})
    assert found.rows("codes") == [
        {"code": "A", "creator": "ana", "campaign": "may", "kind": "evergreen"},
        {"code": "B", "creator": "bo", "campaign": "may", "kind": "creator"},
    ]


def test_the_kind_said_by_the_person_is_checked_against_the_columns(reading):
    text = "code,creator\nA,ana\n"
    assert reading("x.csv", text, kind="creators").kinds == ["creators"]
    assert "fit orders, but order_id" in reading("x.csv", text, kind="orders").messages[0]


def test_columns_the_kind_does_not_know_become_notes(reading):
    text = 'code,Remark,Größe\nA,"say ""hi""\\n",7\nB,,\nC,\t,x\n'
    notes = [row.get("notes") for row in reading("x.csv", text).rows("codes")]
    assert json.loads(notes[0]) == {"Remark": 'say "hi"\\n', "Größe": "7"}
    assert notes[1] is None


def test_fast_and_slow_notes_are_the_same_bytes():
    plain = {"a": ['x"\\', None, "é😀", None], "b": ["1", "2", None, None]}
    fast = notes_of(pa.table(plain)).to_pylist()
    awkward = notes_of(pa.table({name: [*cells, "\n"] for name, cells in plain.items()}))
    assert fast == awkward.to_pylist()[:-1]
    assert fast[3] is None


def test_notes_that_were_exported_come_back_as_they_were(reading):
    text = 'code,notes\nA,"{""size"": ""7""}"\nB,plain words\n'
    notes = [json.loads(row["notes"]) for row in reading("x.csv", text).rows("codes")]
    assert notes == [{"size": "7"}, {"notes": "plain words"}]


def test_midnight_of_a_typed_file_is_a_day_where_a_day_is_meant(reading):
    text = "date,base,quote,kind,rate\n2026-05-01 00:00:00,EUR,USD,spot,1.1\n"
    assert reading("x.csv", text).rows("rates")[0]["date"] == "2026-05-01"


def test_cells_are_trimmed_and_blank_ones_are_missing(reading):
    assert reading("x.csv", "code,creator\n A ,   \n").rows("codes") == [{"code": "A"}]
