"""Amounts: counts, money, rates and decimals, read exactly from text.

A plain amount ('12', '-3.50') is read in bulk as a 128-bit decimal, never as a float. Whatever the
bulk is not sure of (signs, exponents, too many decimals, words) is read again one text at a time,
exactly, and that reading alone decides and gives the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.money import exponent
from truelift.facts.cells import (
    Reading,
    Refusal,
    answers_by_row,
    byte_range,
    matching,
    present,
    quoted,
    read_distinct,
)
from truelift.facts.event import DropReason

WHOLE_LIMIT = 2**52
"""The largest count: up to here figures, which are floats, tell every count and its half apart."""

UNIT_LIMIT = 10**18
"""The largest unit value: 10^12 of a currency's main unit, in 10^-6 of it."""

MILLIONTHS = 6
"""Decimals of rates and unit values."""

_SURE_DIGITS = 15
_PLAIN = r"^[+-]?[0-9]{1,12}(\.[0-9]{1,6})?$"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]|[$€£¥₹₩₺₽₫₱฿]")
_DECIMAL_PLACES = 18
_DECIMAL_LIMIT = 10**38 - 1
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """How a number becomes a whole number: its decimals, bounds and words.

    places: decimals kept (2 reads '1.50' as 150). limit: the largest absolute value, scaled.
    example: a number as it is expected. unit: what has only so many decimals, for the message;
    empty where a whole number is expected. money: whether a currency may stand beside it.
    """

    places: int
    limit: int
    signed: bool
    example: str
    unit: str = ""
    money: bool = False


def read_whole(cells: pa.Array, *, signed: bool) -> Reading:
    """Read whole numbers (int64): '12', '12.0' and '1.2e3' are whole, '12.5' is not.

    Without `signed` a number below zero is refused.
    """
    lowest, highest = byte_range(cells)
    if lowest >= ord("0") and highest <= ord("9") and _longest(cells) <= _SURE_DIGITS:
        return Reading(pc.cast(cells, pa.int64()), [])
    return _read_scaled(cells, Scale(0, WHOLE_LIMIT, signed, "1200"))


def _longest(cells: pa.Array) -> int:
    return int(pc.max(pc.binary_length(cells)).as_py())


def read_rates(cells: pa.Array, *, signed: bool) -> Reading:
    """Read rates as parts per million (int64): '0.10' and '10%' are 100000."""
    percent = matching(cells, r"%$")
    scale = Scale(MILLIONTHS, UNIT_LIMIT, signed, "0.10 or 10%", "a rate")
    if not percent.any():
        return _read_scaled(cells, scale)
    # a percentage has two places less to give: 10 % is 10 * 10^4 parts per million
    part = Scale(MILLIONTHS - 2, UNIT_LIMIT, signed, "0.10 or 10%", "a rate in percent")
    bare = pc.utf8_rtrim(cells, characters="% ")
    nothing = pa.scalar(None, pa.string())
    marks = pa.array(percent)
    shares = _read_scaled(pc.if_else(marks, nothing, cells), scale)
    percents = _read_scaled(pc.if_else(marks, bare, nothing), part)
    values = pc.coalesce(shares.values, percents.values)
    return Reading(values, sorted(shares.misses + percents.misses))


def read_unit_money(cells: pa.Array, *, signed: bool) -> Reading:
    """Read values per unit in 10^-6 of a currency's main unit (int64): '0.05' is 50000."""
    return _read_scaled(cells, Scale(MILLIONTHS, UNIT_LIMIT, signed, "0.05", "a value per unit"))


def read_money(cells: pa.Array, currencies: pa.Array, *, limit: int, signed: bool) -> Reading:
    """Read amounts in whole minor units (int64) of each row's currency.

    currencies: a known currency code per row, never null. limit: the largest absolute amount, in
    minor units. Trailing zeros beyond the currency's decimals are fine, other digits are not.
    """
    coded = currencies.dictionary_encode()
    scales = [_money_scale(code, limit, signed) for code in coded.dictionary.to_pylist()]
    return _read_with(cells, scales, coded.indices.to_numpy())


@cache
def _money_scale(currency: str, limit: int, signed: bool) -> Scale:  # noqa: FBT001 - a cache key
    places = exponent(currency)
    example = f"12.{'50'.ljust(places, '0')[:places]}" if places else "12"
    return Scale(places, limit, signed, example, currency, money=True)


def _read_scaled(cells: pa.Array, scale: Scale) -> Reading:
    return _read_with(cells, [scale], np.zeros(len(cells), np.int32))


def _read_with(cells: pa.Array, scales: list[Scale], used: npt.NDArray[np.int32]) -> Reading:
    """Read numbers, row i by scales[used[i]]: in bulk what is plain, with care what is not."""
    values, sure = _in_bulk(cells, scales, used)
    there = present(cells)
    doubtful = np.flatnonzero(there & ~sure)
    texts = cells.take(pa.array(doubtful)).to_pylist()
    keys = zip(texts, used[doubtful].tolist(), strict=True)
    readers = [partial(_exactly, scale=scale) for scale in scales]
    rows, numbers, misses = answers_by_row(
        doubtful.tolist(), keys, lambda key: readers[key[1]](key[0])
    )
    values[rows] = numbers
    there[[miss.row for miss in misses]] = False
    return Reading(pa.array(values, pa.int64(), mask=~there), misses)


def _in_bulk(
    cells: pa.Array, scales: list[Scale], used: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Read all plain cells at once: (scaled values, which of them are certainly right)."""
    plain = matching(cells, _PLAIN)
    texts = cells.filter(pa.array(plain))
    decimals = pc.cast(texts, pa.decimal128(38, MILLIONTHS))
    values = np.zeros(len(cells), np.int64)
    if not len(texts):
        return values, plain
    # 18 digits at most, so the low word of each 128-bit decimal is its whole value
    millionths = np.frombuffer(decimals.buffers()[1], "<i8")[::2][: len(texts)]
    chosen = used[plain]
    steps = np.array([10 ** (MILLIONTHS - scale.places) for scale in scales], np.int64)[chosen]
    limits = np.array([scale.limit for scale in scales], np.int64)[chosen]
    signed = np.array([scale.signed for scale in scales])[chosen]
    scaled, left = np.divmod(millionths, steps)
    values[plain] = scaled
    sure = np.zeros(len(cells), bool)
    sure[plain] = (left == 0) & (np.abs(scaled) <= limits) & (signed | (scaled >= 0))
    return values, sure


def _exactly(text: str, scale: Scale) -> int | Refusal:
    """Read one number as a whole number of 10^-places, or say why not."""
    if not _NUMBER.fullmatch(text):
        return _not_a_number(text, scale)
    if len(text) > _LONGEST:
        return _too_large(text)
    mantissa, _, power = text.lower().partition("e")
    whole, _, decimals = mantissa.lstrip("+-").partition(".")
    shift = int(power or 0) - len(decimals) + scale.places
    scaled: int
    scaled, left = divmod(int(whole + decimals) * 10 ** max(shift, 0), 10 ** max(-shift, 0))
    if left:
        return _too_fine(text, scale)
    negative = text.startswith("-") and scaled > 0
    if negative and not scale.signed:
        sentence = f"{quoted(text)} is below zero, which this column cannot be."
        return Refusal(DropReason.NEGATIVE, sentence)
    if scaled > scale.limit:
        return _too_large(text)
    return -scaled if negative else scaled


def _too_large(text: str) -> Refusal:
    sentence = f"{quoted(text)} is larger than any number that is kept; check the digits."
    return Refusal(DropReason.TOO_LARGE, sentence)


def _too_fine(text: str, scale: Scale) -> Refusal:
    if not scale.unit:
        sentence = f"{quoted(text)} is not a whole number such as {scale.example}."
        return Refusal(DropReason.NOT_WHOLE, sentence)
    sentence = f"{quoted(text)} has more decimals than {scale.unit} has, which is {scale.places}."
    return Refusal(DropReason.TOO_MANY_DECIMALS, sentence)


def _not_a_number(text: str, scale: Scale) -> Refusal:
    """Say what a text is not, and what to do about the way it is written."""
    form = "plain decimal" if scale.unit else "whole"
    expected = f"is not a {form} number such as {scale.example}"
    if _NOT_FINITE.fullmatch(text):
        advice = "leave the cell empty when the value is not known"
    elif scale.money and _LETTERS.search(text):
        advice = "put the currency in the currency column"
    elif "," in text or "'" in text or " " in text:
        advice = "write it without thousands separators"
        advice += " and with a point before the decimals" if scale.unit else ""
    else:
        advice = "write digits only"
    return Refusal(DropReason.NOT_A_NUMBER, f"{quoted(text)} {expected}; {advice}.")


def read_decimals(cells: pa.Array, *, signed: bool) -> Reading:
    """Read exact decimals as canonical text: '+01.50' and '1.5e0' are '1.5'.

    Below 10^20 with at most 18 decimals, so that every engine's DECIMAL(38, 18) holds it.
    """
    scale = Scale(_DECIMAL_PLACES, _DECIMAL_LIMIT, signed, "1.25", "a decimal")
    reader: Callable[[str], str | Refusal] = partial(_canonical, scale=scale)
    return read_distinct(cells, pa.string(), reader)


def _canonical(text: str, scale: Scale) -> str | Refusal:
    scaled = _exactly(text, scale)
    if isinstance(scaled, Refusal):
        return scaled
    whole, part = divmod(abs(scaled), 10**scale.places)
    decimals = f"{part:0{scale.places}d}".rstrip("0")
    return f"{'-' if scaled < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"
