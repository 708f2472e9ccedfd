import datetime as dt

import pyarrow as pa

from truelift.store.stamp import Stamp, stamped


def test_every_row_of_a_batch_carries_the_same_stamp():
    stamp = Stamp("acme", "file", "orders.csv", "ab" * 32, dt.datetime(2026, 5, 1))
    found = stamped(pa.table({"order_id": ["1", "2"]}), stamp)
    assert found.column_names == [
        "order_id", "brand", "origin", "source_file", "source_sha256", "recorded_at",
    ]  # fmt: skip
    assert found["recorded_at"].to_pylist() == [dt.datetime(2026, 5, 1)] * 2
    assert found["brand"].to_pylist() == ["acme", "acme"]


def test_no_rows_have_the_columns_too():
    stamp = Stamp("acme", "file", "orders.csv", "ab" * 32, dt.datetime(2026, 5, 1))
    assert stamped(pa.table({"order_id": pa.array([], pa.string())}), stamp).num_columns == 6
