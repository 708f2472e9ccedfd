"""When everything happens: flights, deliveries, seals. Also the one source of randomness.

In:   the seed.
Out:  days and instants (datetime64, UTC), and an independent random stream per part of the story,
      so that a change in one part leaves the other files as they were.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truelift.base.time import Flight, local_to_utc

Instants = npt.NDArray[np.datetime64]
"""Instants in UTC, whole seconds."""
Numbers = npt.NDArray[np.float64]
"""Quantities."""
Indexes = npt.NDArray[np.int64]
"""Positions and counts."""
Flags = npt.NDArray[np.bool_]
"""Yes or no."""

ZONE = "America/New_York"
BRAND = "Sample Brand"
CURRENCY = "USD"

CONTENT_STARTS = np.datetime64("2025-10-01T12:00:00", "s")
SHOP_STARTS = dt.date(2026, 1, 1)

FLIGHTS = {
    "glow": Flight(dt.date(2026, 3, 9), dt.date(2026, 4, 19)),
    "signup-spring": Flight(dt.date(2026, 4, 6), dt.date(2026, 5, 17)),
    "summer": Flight(dt.date(2026, 5, 4), dt.date(2026, 6, 14)),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One hand-over of files: when, into which folder, and what a reader should know of it."""

    at: dt.datetime
    folder: str
    note: str


def _delivery(number: int, day: str, label: str, note: str) -> Delivery:
    # 22:00 UTC is 18:00 in New York: the evening before a launch, so seals come before the posts.
    at = dt.datetime.fromisoformat(f"{day}T22:00:00")
    return Delivery(at, f"{number:02d}_{day}_{label}", note)


DELIVERIES = (
    _delivery(1, "2026-03-08", "history", "history up to the evening before the first launch"),
    _delivery(2, "2026-03-22", "glow", "two weeks of glow; one agreement reaches the books late"),
    _delivery(3, "2026-04-05", "glow", "four weeks of glow; signup-spring launches tomorrow"),
    _delivery(4, "2026-04-19", "glow_signup", "glow ends; two weeks of signup-spring"),
    _delivery(5, "2026-05-03", "signup", "four weeks of signup-spring; summer launches tomorrow"),
    _delivery(6, "2026-05-17", "signup_summer", "signup-spring ends; two weeks of summer"),
    _delivery(7, "2026-05-31", "summer", "four weeks of summer; a code has leaked"),
    _delivery(8, "2026-06-14", "summer", "summer ends"),
    _delivery(9, "2026-07-05", "late_facts", "refunds, won leads, payments, and late facts"),
)

FIRST_DELIVERY = np.datetime64(DELIVERIES[0].at, "s")
LAST_DELIVERY = np.datetime64(DELIVERIES[-1].at, "s")

SHOP_DAYS = np.arange(
    np.datetime64(SHOP_STARTS), np.datetime64(DELIVERIES[-1].at.date()) + 1, dtype="datetime64[D]"
)


def stream(seed: int, part: str) -> np.random.Generator:
    """Give the random stream of one part of the story; the same seed and part, the same numbers."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(part.encode())]))


def flight_days(campaign: str) -> Flags:
    """Say for each day of the shop's history whether the campaign flies."""
    flight = FLIGHTS[campaign]
    days: Flags = (np.datetime64(flight.starts) <= SHOP_DAYS) & (
        np.datetime64(flight.ends) >= SHOP_DAYS
    )
    return days


def flight_start(campaign: str) -> np.datetime64:
    """Give the midnight in the brand's zone at which a flight starts, as UTC."""
    return _midnight(FLIGHTS[campaign].starts)


def flight_end(campaign: str) -> np.datetime64:
    """Give the midnight in the brand's zone after a flight's last day, as UTC."""
    return _midnight(FLIGHTS[campaign].ends + dt.timedelta(days=1))


def _midnight(day: dt.date) -> np.datetime64:
    utc: np.datetime64 = to_utc(np.array([day], dtype="datetime64[us]"))[0]
    return utc


def to_utc(local: npt.NDArray[np.datetime64]) -> Instants:
    """Turn wall-clock times of the brand's zone into UTC, whole seconds."""
    utc, _ = local_to_utc(local.astype("datetime64[us]"), ZONE)
    return utc.astype("datetime64[s]")


def seconds(amount: Numbers) -> npt.NDArray[np.timedelta64]:
    """Turn seconds, fractions cut off, into time differences."""
    return amount.astype(np.int64).astype("timedelta64[s]")


def later(instants: npt.NDArray[np.datetime64], amount: Numbers) -> Instants:
    """Give instants some seconds later; fractions are cut off."""
    moved: Instants = np.add(instants.astype("datetime64[s]"), seconds(amount))
    return moved


def at_day_times(days: npt.NDArray[np.datetime64], shares: Numbers) -> Instants:
    """Place events on days in the brand's zone; shares of the waking day in 0 .. 1.

    The waking day runs from 07:00 to 23:50, so no event falls in an hour that daylight saving
    skips or repeats.
    """
    wake, awake = 7 * 3600, 16 * 3600 + 50 * 60
    return to_utc(later(days, wake + shares * awake))
