import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from truelift.connectors.textual import as_text, plain_number

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None, -7], pa.int64(), ["1", None, "-7"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([1.0, 1e20, 1e-7, 0.1], pa.float64(), ["1", "1" + "0" * 20, "0.0000001", "0.1"]),
        (
            [
                19.999999999999996,
                -(0.1 + 0.2),
                None,
                19.999,
                9007199254740991.0,
                1.2345678901234567e-9,
            ],
            pa.float64(),
            ["20", "-0.3", None, "19.999", "9007199254740991", "0.00000000123456789012346"],
        ),
        ([0.1], pa.float32(), ["0.1"]),
        ([0.5], pa.float16(), ["0.5"]),
        ([float("nan"), float("inf")], pa.float64(), ["nan", "inf"]),
        ([Decimal("1.50"), None], pa.decimal128(9, 2), ["1.50", None]),
        ([Decimal(1500)], pa.decimal128(9, -2), ["1500"]),
        ([True, False], pa.bool_(), ["true", "false"]),
        (["", "x", None], pa.string(), [None, "x", None]),
        ([dt.date(2026, 5, 1)], pa.date32(), ["2026-05-01"]),
        ([dt.time(10, 30)], pa.time64("us"), ["10:30:00"]),
        ([["a", "b"], [], None], pa.list_(pa.string()), ["a;b", None, None]),
        ([{"a": 1}], pa.struct({"a": pa.int64()}), ['{"a": 1}']),
        ([b"caf\xc3\xa9", b"\xff"], pa.binary(), ["café", "\ufffd"]),
        ([None, None], pa.null(), [None, None]),
    ],
)
def test_a_value_of_any_type_is_written_without_loss(values, kind, expected):
    assert as_text(pa.array(values, kind)).to_pylist() == expected


def test_a_time_with_a_zone_keeps_its_offset_and_one_without_gets_none():
    moments = [dt.datetime(2026, 1, 1, 9, 0, tzinfo=BERLIN), dt.datetime(2026, 7, 1, tzinfo=BERLIN)]
    zoned = pa.array(moments, pa.timestamp("us", "Europe/Berlin"))
    assert as_text(zoned).to_pylist() == ["2026-01-01T09:00:00+01:00", "2026-07-01T00:00:00+02:00"]
    naive = pa.array([dt.datetime(2026, 1, 1, 9, 0, 0, 250_000)], pa.timestamp("ns"))
    assert as_text(naive).to_pylist() == ["2026-01-01T09:00:00.250000"]


def test_dictionaries_are_written_as_their_values():
    assert as_text(pa.array(["a", None, "a"]).dictionary_encode()).to_pylist() == ["a", None, "a"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("1E+3", "1000"), ("NaN", "NaN"), ("x", "x"), ("1e999999999", "1e999999999")],
)
def test_a_number_is_written_out_and_anything_else_left_alone(text, plain):
    assert plain_number(text) == plain
