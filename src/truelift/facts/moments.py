"""Moments: instants and days, read from ISO 8601 text.

A time with an offset is what it says; a time without one, and a day, are the brand's wall clock.
Instants become naive UTC with microseconds; days stay calendar days of the brand's zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.time import local_to_utc, utc_to_local
from truelift.facts.cells import Miss, Reading, matching, present, quoted
from truelift.facts.event import DropReason

Moments = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

Convert = Callable[[Moments], tuple[Moments, Mask]]

FIRST = np.datetime64("1970-01-01", "us")
BEYOND = np.datetime64("2201-01-01", "us")

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_ZONE = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_PART = 2_000
_ONE_DAY = np.timedelta64(1, "D")


def read_instants(cells: pa.Array, zone: str, *, closes: bool) -> Reading:
    """Read instants as timestamp[us], naive UTC.

    zone: the brand's, for times without offset. closes: a bare day means its end (the next
    midnight) and not its beginning. A time in the hour that daylight saving skips is NO_SUCH_TIME;
    a midnight that it skips is the first moment of that day.
    """
    read = _Clockwork(cells, zone)
    utc, exists = read.utc(closes=closes)
    skipped = np.flatnonzero(~exists)
    texts = cells.take(pa.array(skipped)).to_pylist()
    misses = [
        Miss(row, DropReason.NO_SUCH_TIME, _skipped(text, zone))
        for row, text in zip(skipped.tolist(), texts, strict=True)
    ]
    utc[skipped] = np.datetime64("NaT")
    return Reading(_instants(utc), sorted(read.misses + misses))


def read_days(cells: pa.Array, zone: str) -> Reading:
    """Read calendar days as date32; a full time is cut to its day in the brand's zone."""
    read = _Clockwork(cells, zone)
    if read.bare.all():
        return Reading(pa.array(read.local.astype("datetime64[D]")), read.misses)
    utc, _ = read.utc(closes=False)
    return Reading(days_of(_instants(utc), zone), read.misses)


def days_of(instants: pa.Array, zone: str) -> pa.Array:
    """Give the calendar day (date32) of each instant in a zone; null stays null."""
    moments = instants.to_numpy(zero_copy_only=False).astype("datetime64[us]")
    local, _ = _by_day(moments, lambda utc: (utc_to_local(utc, zone), np.ones(len(utc), bool)))
    return pa.array(local.astype("datetime64[D]"), pa.date32())


def _by_day(moments: Moments, convert: Convert) -> tuple[Moments, Mask]:
    """Convert moments as `convert` does, asking it about each day and not about each moment.

    Where a day begins and ends at the same distance from UTC, all of it lies at that distance; only
    the few days on which a zone's clock was changed are converted moment by moment.
    """
    there = np.flatnonzero(~np.isnat(moments))
    converted, exists = moments.copy(), np.ones(len(moments), bool)
    if not len(there):
        return converted, exists
    days = moments[there].astype("datetime64[D]").astype(np.int64)
    first = days.min()
    met = np.zeros(days.max() - first + 2, bool)
    met[days - first] = True
    met[1:] |= met[:-1]
    edges = (np.flatnonzero(met) + first).astype("datetime64[D]").astype("datetime64[us]")
    shifts = np.zeros(len(met), "timedelta64[us]")
    shifts[met] = convert(edges)[0] - edges
    steady = np.append(shifts[:-1] == shifts[1:], False)[days - first]
    calm, stirred = there[steady], there[~steady]
    converted[calm] += shifts[days[steady] - first]
    converted[stirred], exists[stirred] = convert(moments[stirred])
    return converted, exists


def _instants(moments: Moments) -> pa.Array:
    return pa.array(moments, pa.timestamp("us"))


class _Clockwork:
    """The cells of one column as moments, before the zone is applied.

    local: wall-clock times, or UTC where the text has an offset (`zoned`); NaT where nothing could
    be read. bare: no clock time was given (or nothing at all).
    """

    def __init__(self, cells: pa.Array, zone: str) -> None:
        self._zone = zone
        self.local = np.full(len(cells), np.datetime64("NaT"), "datetime64[us]")
        self.zoned = np.zeros(len(cells), bool)
        self.bare = ~present(cells)
        self.misses: list[Miss] = []
        unread = self._read(cells, present(cells))
        if unread.any():
            unread = self._read(_tidied(cells), unread)
        early_or_late = (self.local < FIRST) | (self.local >= BEYOND)
        self.local[early_or_late] = np.datetime64("NaT")
        self._miss(cells, unread, early_or_late)

    def utc(self, *, closes: bool) -> tuple[Moments, Mask]:
        """Give the moments in UTC, and which of them exist on the brand's clock."""
        days = self.bare & ~np.isnat(self.local)
        wall = np.where(days, self.local + _ONE_DAY, self.local) if closes else self.local
        wall = np.where(self.zoned, np.datetime64("NaT"), wall)
        utc, exists = _by_day(wall, lambda local: local_to_utc(local, self._zone))
        return np.where(self.zoned, self.local, utc), exists | self.zoned | self.bare

    def _read(self, cells: pa.Array, wanted: Mask) -> Mask:
        """Read the wanted cells of each form in bulk; give those that have no form or no day."""
        left = wanted.copy()
        for pattern, bare, kind in (
            (f"{_DAY}$", True, pa.timestamp("us")),
            (f"{_DAY}{_CLOCK}$", False, pa.timestamp("us")),
            (f"{_DAY}{_CLOCK}{_ZONE}$", False, pa.timestamp("us", "UTC")),
        ):
            if not left.any():
                break
            rows = np.flatnonzero(matching(cells, pattern) & left)
            self.local[rows] = _cast(cells.take(pa.array(rows)), kind)
            self.zoned[rows] = kind.tz is not None
            self.bare[rows] = bare
            left[rows] = np.isnat(self.local[rows])
        return left

    def _miss(self, cells: pa.Array, unread: Mask, early_or_late: Mask) -> None:
        rows = np.flatnonzero(unread | early_or_late)
        for row, text in zip(rows.tolist(), cells.take(pa.array(rows)).to_pylist(), strict=True):
            why = "is not a date or time that exists; write it as 2026-05-31 or 2026-05-31T18:30"
            if early_or_late[row]:
                why = "lies outside the years 1970 to 2200; check the year"
            self.misses.append(Miss(row, DropReason.NOT_A_DATE, f"{quoted(text)} {why}."))


def _tidied(cells: pa.Array) -> pa.Array:
    """Write times that other programs write a little differently in the one form that is read.

    Lower-case t and z, 'UTC' for Z, a space before the offset, and more than six digits of a
    second (cut: nothing here is decided by less than a microsecond).
    """
    upper = pc.ascii_upper(cells)
    named = pc.replace_substring_regex(upper, r" ?(UTC|GMT)$", "Z")
    joined = pc.replace_substring_regex(named, r"([0-9]) (Z|[+-][0-9:]+)$", r"\1\2")
    return pc.replace_substring_regex(joined, r"(\.[0-9]{6})[0-9]{1,3}", r"\1")


def _cast(cells: pa.Array, kind: pa.DataType) -> Moments:
    """Read texts of one form; NaT where the form is right but the day or time does not exist.

    The bulk reader refuses a whole column for one such cell, so it is asked again part by part, and
    only the texts of the parts that it refuses are read one by one.
    """
    try:
        moments: Moments = pc.cast(pc.cast(cells, kind), pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        if len(cells) <= _PART:
            return np.array([_one(text) for text in cells.to_pylist()], "datetime64[us]")
        parts = (cells.slice(start, _PART) for start in range(0, len(cells), _PART))
        return np.concatenate([_cast(part, kind) for part in parts])
    return moments.astype("datetime64[us]")


def _one(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _skipped(text: str, zone: str) -> str:
    return (
        f"{quoted(text)} is in the hour that daylight saving skips in {zone}; "
        "write the time with its offset, such as 2026-05-31T18:30+02:00."
    )
