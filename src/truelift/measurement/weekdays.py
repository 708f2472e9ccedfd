"""The week of a shop: how busy each weekday is, and how many usual days a window is worth.

In:   daily counts of a brand, the days of a window and the part of each that was seen.
Out:  seven weekday factors with mean 1, shrunk towards 1 as far as the counts are noise; the
      expected days of a window.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from truelift.measurement.ragged import Floats, Integers, floats

WEEK = 7
LEAST_DAYS = 28
"""With fewer days than this every weekday counts as one usual day."""

SMALLEST_FACTOR = 0.1
"""A shop that is closed on Sundays still has Sundays: no day is worth less than this."""

_THURSDAY = 3  # 1970-01-01, day 0, was a Thursday; Monday is 0


def weekday_of(days: Any) -> Integers:  # noqa: ANN401 - a numpy array of days
    """Give the weekday of each day, Monday 0; days: datetime64[D], any shape."""
    numbers = np.asarray(days, dtype="datetime64[D]").astype(np.int64)
    return np.asarray((numbers + _THURSDAY) % WEEK, dtype=np.int64)


def weekday_factors(first: int, daily: Floats) -> Floats:
    """Give how busy each weekday is against a usual day; shape (7,), Monday first, mean 1.

    first: weekday of the first day. daily: counts of consecutive days, shape (days,).
    Ratio to the centred moving week, so that neither growth nor a busy month is taken for a
    weekday: r_w = sum of y / sum of the week's mean around y. Noise of r_w: phi over that sum, phi
    by Pearson and at least 1. Shrunk as far as the spread of the r_w is noise (the between
    variance of DerSimonian and Laird over seven weekdays).
    """
    values = floats(daily)
    usual = np.ones(WEEK)
    if len(values) < LEAST_DAYS:
        return usual
    half = WEEK // 2
    around = np.convolve(values, np.full(WEEK, 1 / WEEK), mode="valid")
    seen = values[half:-half]
    weekday = (first + half + np.arange(len(seen))) % WEEK
    expected = np.bincount(weekday, weights=around, minlength=WEEK)
    if expected.min() <= 0:
        return usual
    ratio = np.bincount(weekday, weights=seen, minlength=WEEK) / expected
    fitted = np.maximum(around * ratio[weekday], np.finfo(float).tiny)
    squares = np.where(around * ratio[weekday] > 0, (seen - fitted) ** 2 / fitted, 0.0)
    freedom = len(seen) * (WEEK - 1) / WEEK - (WEEK - 1)
    phi = max(1.0, float(np.sum(squares)) / freedom)
    noise = phi / expected
    between = max(0.0, float(np.var(ratio, ddof=1) - np.mean(noise)))
    shrunk = np.maximum(1 + between / (between + noise) * (ratio - 1), SMALLEST_FACTOR)
    return np.asarray(shrunk / np.mean(shrunk), dtype=np.float64)


def expected_days(factors: Floats, days: Any, part: Floats | float = 1.0) -> float:  # noqa: ANN401 - a numpy array of days
    """Give how many usual days some days are worth.

    days: datetime64[D], shape (days,). part: the share of each day that was seen, 0 to 1.
    """
    return float(np.sum(factors[weekday_of(days)] * part))
