"""Time: separate types for separate meanings.

Instants are naive UTC `datetime`s with microseconds, everywhere inside. Flight (campaign), Window
(measurement), Lookback (attribution) and Period (accounting) are four types and never mix.
Local times in files are in the brand's reporting time zone and become UTC here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Instant = dt.datetime
"""A moment: naive UTC, microseconds."""

_QUARTER_HOUR = np.timedelta64(15, "m")


class Clock(Protocol):
    """Tells the present; handed in by the composition root, never read in a pure stage."""

    def now(self) -> Instant:
        """Give the present as naive UTC."""


@dataclass(frozen=True, slots=True)
class Flight:
    """When a campaign runs: first and last day, both included, in the brand's time zone."""

    starts: dt.date
    ends: dt.date

    def __post_init__(self) -> None:
        """Refuse a flight that ends before it starts."""
        _ordered(self.starts, self.ends)

    def __contains__(self, day: dt.date) -> bool:
        """Say whether a day lies in the flight."""
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Window:
    """What a measurement looks at: from an instant (included) to an instant (excluded), UTC."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        """Refuse a window that ends before it starts."""
        _ordered(self.start, self.end)

    @property
    def days(self) -> float:
        """Give the length in days, a fraction allowed."""
        return (self.end - self.start) / dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lookback:
    """How far back attribution looks from a conversion, in days."""

    days: int = 30

    def covers(self, touched_at: Instant, converted_at: Instant) -> bool:
        """Say whether a touch is not after the conversion and not older than the lookback."""
        age = converted_at - touched_at
        return dt.timedelta(0) <= age <= dt.timedelta(days=self.days)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """An accounting month, written YYYY-MM."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse a month that the calendar does not have."""
        dt.date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: dt.date) -> Period:
        """Give the period that a day falls in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read YYYY-MM; ValueError for anything else."""
        if len(text) != len("2026-05"):
            msg = f"{text!r} is not a month such as 2026-05"
            raise ValueError(msg)
        day = dt.datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - a month has no zone
        return cls(day.year, day.month)

    @property
    def first_day(self) -> dt.date:
        """Give the first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """Give the last day."""
        return self.next().first_day - dt.timedelta(days=1)

    def next(self) -> Period:
        """Give the period that follows."""
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    def __str__(self) -> str:
        """Write YYYY-MM."""
        return f"{self.year:04d}-{self.month:02d}"


def _ordered(first: dt.date, last: dt.date) -> None:
    if last < first:
        msg = f"it ends ({last}) before it starts ({first})"
        raise ValueError(msg)


def brand_day(instant: Instant, zone: str) -> dt.date:
    """Give the calendar day of an instant in a time zone."""
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()


def local_to_utc(
    local: npt.NDArray[np.datetime64], zone: str
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """Turn wall-clock times of a zone into UTC, and mark those that never were.

    local: datetime64[us], NaT for missing. Returns (UTC datetime64[us], exists): `exists` is False
    for a wall-clock time in the hour that daylight saving skips. A time that came twice is read as
    its first pass. Works on distinct quarter hours, so a million rows ask the zone a few thousand
    times.
    """
    quarters, inverse = _distinct_quarters(local)
    tz = ZoneInfo(zone)
    offsets = np.zeros(len(quarters), "timedelta64[us]")
    exists = np.ones(len(quarters), bool)
    for index, wall in enumerate(quarters.astype("datetime64[us]").astype(object)):
        if wall is None:
            continue
        aware = wall.replace(tzinfo=tz)
        offsets[index] = np.timedelta64(aware.utcoffset())
        back = aware.astimezone(dt.UTC).astimezone(tz).replace(tzinfo=None)
        exists[index] = back == wall
    return local - offsets[inverse], exists[inverse]


def utc_to_local(utc: npt.NDArray[np.datetime64], zone: str) -> npt.NDArray[np.datetime64]:
    """Turn UTC into wall-clock times of a zone (datetime64[us]); NaT stays NaT."""
    quarters, inverse = _distinct_quarters(utc)
    tz = ZoneInfo(zone)
    offsets = np.zeros(len(quarters), "timedelta64[us]")
    for index, moment in enumerate(quarters.astype("datetime64[us]").astype(object)):
        if moment is not None:
            offset = moment.replace(tzinfo=dt.UTC).astimezone(tz).utcoffset()
            offsets[index] = np.timedelta64(offset)
    return utc + offsets[inverse]


def _distinct_quarters(
    moments: npt.NDArray[np.datetime64],
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.intp]]:
    minutes = moments.astype("datetime64[m]")
    floored = minutes - (minutes - np.datetime64(0, "m")) % _QUARTER_HOUR
    quarters, inverse = np.unique(floored.astype(np.int64), return_inverse=True)
    return quarters.astype("datetime64[m]"), inverse
