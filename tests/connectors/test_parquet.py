import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq


def test_typed_columns_become_exact_text(reading, tmp_path):
    path = tmp_path / "orders.parquet"
    frame = pa.table(
        {
            "order_id": pa.array([10_000_000_000_000_001, 2]),
            "ordered_at": pa.array(
                [dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")
            ),
            "currency": pa.array(["USD", "EUR"]).dictionary_encode(),
            "subtotal": pa.array([Decimal("0.10"), Decimal("99999999.99")]),
            "new_customer": pa.array([True, None]),
            "basket": pa.array([{"a": 1}, None], pa.struct({"a": pa.int64()})),
        }
    )
    pq.write_table(frame, path)
    found = reading(path)
    assert found.rows("orders") == [
        {
            "order_id": "10000000000000001",
            "ordered_at": "2026-05-01T12:00:00+00:00",
            "currency": "USD",
            "subtotal": "0.10",
            "new_customer": "true",
            "notes": '{"basket": "{\\"a\\": 1}"}',
        },
        {"order_id": "2", "currency": "EUR", "subtotal": "99999999.99"},
    ]
    assert found.lines("orders") == [1, 2]


def test_rows_are_numbered_through_all_row_groups(reading, tmp_path):
    path = tmp_path / "codes.parquet"
    pq.write_table(pa.table({"code": [f"C{i}" for i in range(250)]}), path, row_group_size=100)
    assert reading(path).lines("codes") == list(range(1, 251))


def test_an_empty_and_a_cut_file_are_one_sentence(reading, tmp_path):
    path = tmp_path / "codes.parquet"
    pq.write_table(pa.table({"code": pa.array([], pa.string())}), path)
    assert "no row below it" in reading(path).messages[0]
    pq.write_table(pa.table({"code": ["A"]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "cannot be read" in reading(path).messages[0]


def test_two_columns_of_one_name_are_one_sentence(reading, tmp_path):
    path = tmp_path / "codes.parquet"
    pq.write_table(pa.table([pa.array(["A"]), pa.array(["B"])], names=["code", "Code"]), path)
    assert "twice" in reading(path).messages[0]
