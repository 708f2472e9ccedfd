import json
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.columns import ColumnType
from truelift.base.errors import UsageError
from truelift.facts.acceptance import STEPS, AcceptanceContext, accept
from truelift.facts.event import DropReason
from truelift.facts.kinds import KINDS

BERLIN = AcceptanceContext("Europe/Berlin", "EUR", b"salt")
INSIDE = {
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.COUNT: pa.int64(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.MONEY: pa.int64(),
    ColumnType.UNIT_MONEY: pa.int64(),
    ColumnType.RATE: pa.int64(),
    ColumnType.INSTANT: pa.timestamp("us"),
    ColumnType.DATE: pa.date32(),
}

JUNK = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "12.50",
            "1e9",
            "nan",
            "2026-05-01",
            "2026-02-31",
            "2026-03-29T02:30",
            "USD",
            "tiktok",
            "a:1",
            "yes",
            "@",
            "#",
            "own_code",
            "2026-05-01T12:00Z",
            "9" * 30,
            "\x00",
            "\ufffd",
        ]
    ),
)


@pytest.mark.parametrize("name", KINDS)
def test_a_batch_has_every_column_of_its_kind_in_its_type(batch, name):
    kind = KINDS[name]
    rows = accept(batch(name, []), BERLIN).rows
    assert rows.schema.names == [*kind.names, "notes", "source_line", "day", "row_hash"]
    for column in kind.columns:
        assert rows.schema.field(column.name).type == INSIDE.get(column.type, pa.string())
    ends = [rows.schema.field(name).type for name in rows.schema.names[-4:]]
    assert ends == [pa.string(), pa.int64(), pa.date32(), pa.string()]


@given(st.data())
@settings(max_examples=200)
def test_whatever_stands_in_a_file_every_row_has_one_verdict(batch, data):
    kind = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    row = st.fixed_dictionaries(dict.fromkeys(kind.names, JUNK))
    rows = data.draw(st.lists(row, max_size=5))
    accepted = accept(batch(kind.name, rows), BERLIN)
    lines = [fault.line for fault in accepted.faults] + accepted.rows["source_line"].to_pylist()
    assert len(lines) == len(set(lines))
    assert len(lines) + accepted.repeated + accepted.superseded == len(rows)
    assert sum(map(Counter.total, map(Counter, accepted.counts.values()))) == len(accepted.faults)


def test_a_row_without_a_required_value_is_missing_it(fault_of):
    sentence = "the value is missing; every row of orders needs one."
    assert fault_of("orders", "currency", " ") == ("MISSING", "currency", sentence)


def test_a_column_that_the_file_lacks_is_missing_in_every_row(batch):
    accepted = accept(batch("orders", [{"order_id": "1"}, {"order_id": "2"}]), BERLIN)
    assert [(fault.line, fault.column) for fault in accepted.faults] == [
        (2, "ordered_at"),
        (3, "ordered_at"),
    ]


def test_a_message_names_file_line_column_what_was_found_and_what_was_expected(accepting):
    accepted = accepting("orders", {}, {"order_id": "2", "subtotal": "12.50 EUR"})
    assert [fault.message for fault in accepted.faults] == [
        (
            "orders.csv line 3, column subtotal: '12.50 EUR' is not a plain decimal number such as "
            "12.50; put the currency in the currency column."
        )
    ]


def test_a_dropped_row_is_kept_as_it_was_read(accepting):
    cells = {"subtotal": " nan ", "code": "ana10", "notes": '{"Tags": "vip"}'}
    (fault,) = accepting("orders", cells).faults
    assert json.loads(fault.raw) == {
        "order_id": "1",
        "ordered_at": "2026-05-01T12:00:00Z",
        "currency": "USD",
        **cells,
    }


def test_the_first_fault_of_a_row_wins_and_is_counted_once(accepting):
    accepted = accepting(
        "orders",
        {"order_id": "1", "currency": "?", "subtotal": "?", "ordered_at": "?"},
        {"order_id": "2", "discount": "?", "tax": "-1"},
        {"order_id": "3"},
    )
    assert [(fault.column, fault.reason) for fault in accepted.faults] == [
        ("currency", DropReason.NOT_A_CURRENCY),
        ("discount", DropReason.NOT_A_NUMBER),
    ]
    assert accepted.counts["currencies_known"] == {DropReason.NOT_A_CURRENCY: 1}
    assert accepted.counts["money_read"] == {DropReason.NOT_A_NUMBER: 1}
    assert accepted.counts["times_read"] == {}
    assert list(accepted.counts) == [step.__name__ for step in STEPS]
    assert accepted.rows["order_id"].to_pylist() == ["3"]


def test_a_post_needs_a_handle_or_a_creator(accepting):
    accepted = accepting(
        "posts",
        {"handle": None},
        {"post_id": "p2", "handle": None, "creator": "ana"},
        {"post_id": "p3"},
    )
    assert [fault.message for fault in accepted.faults] == [
        (
            "posts.csv line 2, column handle: a post needs a handle or a creator; "
            "fill one of the two columns."
        )
    ]
    assert accepted.faults[0].reason is DropReason.NO_CREATOR


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("campaigns", "starts", "ends"),
        ("codes", "valid_from", "valid_to"),
        ("values", "valid_from", "valid_to"),
        ("agreements", "usage_from", "usage_to"),
        ("experiments", "from", "to"),
    ],
)
def test_nothing_ends_before_it_starts(accepting, kind, first, last):
    day = {first: "2026-05-02"}
    assert accepting(kind, {**day, last: "2026-05-02"}).faults == []
    (fault,) = accepting(kind, {**day, last: "2026-05-01"}).faults
    assert fault.reason is DropReason.ENDS_BEFORE_START
    assert fault.message == (
        f"{kind}.csv line 2, column {last}: '2026-05-01' leaves nothing after {first}, "
        "which is '2026-05-02'; check both."
    )


def test_an_empty_part_of_a_key_is_an_empty_text_or_no_time(accepting):
    assert accepting("orders", {}).rows["source"].to_pylist() == [""]
    assert accepting("codes", {}).rows["valid_from"].to_pylist() == [None]
    assert accepting("orders", {}).rows["code"].to_pylist() == [None]


def test_a_rate_is_a_spot_rate_unless_it_says_otherwise(accepting):
    rows = accepting("rates", {}, {"kind": "Closing"}).rows
    assert rows["kind"].to_pylist() == ["spot", "closing"]


def test_equal_rows_are_one_row_and_counted_as_repeated(accepting):
    accepted = accepting("orders", {}, {"subtotal": "12.5", "currency": "usd"}, {"order_id": "2"})
    assert accepted.rows["source_line"].to_pylist() == [2, 4]
    assert (accepted.repeated, accepted.faults) == (1, [])


def test_the_newest_of_dated_updates_stays(accepting):
    accepted = accepting(
        "orders",
        {"updated_at": "2026-05-02", "subtotal": "1"},
        {"updated_at": "2026-05-04", "subtotal": "2"},
        {"updated_at": "2026-05-03", "subtotal": "3"},
    )
    assert accepted.rows["subtotal"].to_pylist() == [200]
    assert (accepted.superseded, accepted.faults) == (2, [])


def test_the_same_key_with_other_values_is_not_guessed_at(accepting):
    accepted = accepting("orders", {"source": "shop"}, {"source": "shop", "subtotal": "13"})
    assert accepted.rows["subtotal"].to_pylist() == [1250]
    assert accepted.counts["keys_distinct"] == {DropReason.SAME_KEY_IN_FILE: 1}
    assert [fault.message for fault in accepted.faults] == [
        (
            "orders.csv line 3, column order_id: shop, 1 stands already in line 2 with other "
            "values; keep one of the two."
        )
    ]


def test_a_row_that_was_dropped_does_not_stand_in_the_way_of_a_good_one(accepting):
    accepted = accepting("orders", {"subtotal": "x"}, {"subtotal": "13"})
    assert accepted.rows["subtotal"].to_pylist() == [1300]
    assert len(accepted.faults) == 1


def test_notes_are_kept_and_are_part_of_what_a_row_says(accepting):
    noted = accepting("orders", {"notes": '{"Tags": "vip"}'}).rows
    assert noted["notes"].to_pylist() == ['{"Tags": "vip"}']
    assert noted["row_hash"] != accepting("orders", {}).rows["row_hash"]


def test_cells_that_are_not_text_yet_are_read_as_text(batch):
    event = batch("observations", [])
    rows = pa.table(
        {
            "platform": pa.array(["tiktok"]).dictionary_encode(),
            "post_id": pa.array([12]),
            "observed_at": pa.array(["2026-05-01T12:00Z"]),
            "views": pa.array([12.0]),
        }
    )
    typed = type(event)(event.kind, "shop", "o.parquet", "", rows, pa.array([1]))
    accepted = accept(typed, BERLIN)
    assert accepted.faults == []
    assert accepted.rows.select(["post_id", "views"]).to_pylist() == [
        {"post_id": "12", "views": 12}
    ]


def test_a_column_that_the_kind_does_not_have_is_the_readers_mistake(batch):
    with pytest.raises(ValueError, match="orders has no column Tags; keep it as a note"):
        accept(batch("orders", [{"Tags": "vip"}]), BERLIN)


def test_a_kind_that_does_not_exist_is_named(batch):
    with pytest.raises(UsageError, match="There is no kind 'purchases'"):
        accept(batch("purchases", []), BERLIN)


def test_every_step_is_described():
    page = (Path(__file__).parents[2] / "docs" / "quarantine.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| ([a-z_]+) \|", page.partition("## The steps")[2], re.MULTILINE)
    assert described == ["step", *(step.__name__ for step in STEPS)]


def test_a_discount_is_not_more_than_the_goods(accepting):
    accepted = accepting(
        "orders",
        {"order_id": "gift", "subtotal": "10", "discount": "10"},
        {"order_id": "2", "subtotal": "10", "discount": "10.01"},
    )
    assert accepted.rows["order_id"].to_pylist() == ["gift"]
    (fault,) = accepted.faults
    assert (fault.column, fault.reason) == ("discount", DropReason.NEGATIVE)
    assert "the discount is more than the goods" in fault.message
