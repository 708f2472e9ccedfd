"""Typed columns as text, without loss: what Parquet and data frames hold, as a CSV would write it.

In:   Arrow arrays of any type.
Out:  Arrow arrays of strings: exact decimals, plain floats, ISO times with their offset,
      true/false, lists of plain values as a;b, anything deeper as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

_MOST_EXPONENT = 400

_SURE_DIGITS = 15
"""So many significant digits of a double are sure; what it shows beyond them is noise of sums."""


def as_text(array: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Write every value of an array as text; null stays null and empty text becomes null."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(pc.cast(array, kind.value_type))
    if pa.types.is_timestamp(kind):
        return _timestamps(array)
    if pa.types.is_floating(kind):
        return _plain(_without_noise(pc.cast(_at_least_single(array), pa.string())))
    if pa.types.is_decimal(kind):
        text = pc.cast(array, pa.string())
        return _plain(text) if kind.scale < 0 else text
    if _is_simple(kind):
        return pc.if_else(pc.equal(text := pc.cast(array, pa.string()), ""), None, text)
    return pa.array([_written(value) for value in array.to_pylist()], pa.string())


def _is_simple(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_integer,
        pa.types.is_boolean,
        pa.types.is_date,
        pa.types.is_null,
    )
    return any(test(kind) for test in tests)


def _at_least_single(array: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    return pc.cast(array, pa.float32()) if pa.types.is_float16(array.type) else array


def _without_noise(text: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Write doubles with the digits that are sure: 19.999999999999996 is 20, 19.999 stays.

    A whole number stays as it is: it may be an id.
    """
    many = pc.match_substring_regex(text, r"(?:[0-9]\.?){16}")
    noisy = pc.fill_null(pc.and_(many, pc.match_substring(text, ".")), False)  # noqa: FBT003 - a missing value has no noise
    if not pc.any(noisy).as_py():
        return text
    sure = [
        _sure(value) if rounds else value
        for value, rounds in zip(text.to_pylist(), noisy.to_pylist(), strict=True)
    ]
    return pa.array(sure, pa.string())


def _sure(text: str) -> str:
    number = float(text)
    return text if number.is_integer() else format(number, f".{_SURE_DIGITS}g")


def _plain(text: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Write out exponents (1e+20), which no money column takes."""
    if not pc.any(pc.match_substring_regex(text, "[0-9][eE]")).as_py():
        return text
    plain = [value if value is None else plain_number(value) for value in text.to_pylist()]
    return pa.array(plain, pa.string())


def plain_number(text: str) -> str:
    """Write a number without exponent; text that is no finite number comes back as it is.

    An exponent beyond those of a double stays too: written out, 1e999999999 would fill the memory.
    """
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    small = number.is_finite() and abs(number.adjusted()) <= _MOST_EXPONENT
    return format(number, "f") if small else text


def _timestamps(array: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    zone = array.type.tz
    moments = pc.cast(array, pa.timestamp("us", zone), safe=False)
    text = pc.strftime(moments, format="%Y-%m-%dT%H:%M:%S")
    text = pc.replace_substring_regex(text, r"\.0+$", "")
    if zone is None:
        return text
    offset = pc.replace_substring_regex(
        pc.strftime(moments, format="%z"), r"^([+-]\d\d)(\d\d)$", r"\1:\2"
    )
    return pc.binary_join_element_wise(text, offset, "")


def _written(value: object) -> str | None:
    """Write one value of a rare type; lists of plain values become a;b, deeper ones JSON."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case bytes():
            text = value.decode("utf-8", "replace")
        case float():
            text = plain_number(repr(value))
        case Decimal():
            text = plain_number(str(value))
        case dt.datetime() | dt.date() | dt.time():
            text = value.isoformat()
        case list() if not any(isinstance(item, list | dict) for item in value):
            text = ";".join(_written(item) or "" for item in value)
        case list() | dict() | tuple():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case _:
            text = str(value)
    return text or None
