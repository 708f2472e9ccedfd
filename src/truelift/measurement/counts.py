"""Counts: orders, leads and clicks by a creator's evergreen codes and links.

In:   counts and usual days before launch and so far, daily counts before launch.
Out:  log rate ratio with limits on the same clock as posts, incremental units, over-dispersion
      (formulas: reference/science.md 1.6); withheld where the codes have no history.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason
from truelift.measurement import limits as boundaries
from truelift.measurement.calendar import Control
from truelift.measurement.lift import Lifts, LogRatios, with_limits
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects, floats

FORMULA = "quasi-poisson-rate-ratio-2"

CONTINUITY = 0.5
PSEUDO_DAYS = 10.0

LEAST_EXPECTED = 1.0
"""While the history expects less than this many counts, what was counted says next to nothing: its
variance is taken as that of no count at all. Without it two chance orders on a quiet first day made
most of the false alarms (10x busier Fridays, 50 looks: .076 of creators; with it .044)."""

_NO_HISTORY = {"orders": Reason.NO_ORDER_BASELINE, "leads": Reason.NO_LEAD_BASELINE}


@dataclass(frozen=True, slots=True, eq=False)
class CodeHistory:
    """Counts by evergreen codes and links before launch, columns over creators.

    n: counts, days: usual days of history (`weekdays.expected_days`; 0 or nan: no history at all).
    phi: over-dispersion (variance / mean of a day's count), at least 1.
    """

    n: Floats
    days: Floats
    phi: Floats


def code_history(
    n: Floats,
    days: Floats,
    daily_group: Integers,
    daily: Floats,
    daily_factor: Floats | float = 1.0,
) -> CodeHistory:
    """Describe the history of creators' codes.

    n, days: shape (creators,). daily_group, daily, daily_factor: creator index, count and weekday
    factor of each whole day of history, days without any count included; shape (days of all
    creators,), in any order.
    """
    phi = overdispersion(daily_group, daily, len(n), daily_factor)
    return CodeHistory(floats(n), floats(days), phi)


def overdispersion(
    daily_group: Integers, daily: Floats, creators: int, daily_factor: Floats | float = 1.0
) -> Floats:
    """Give each creator's over-dispersion phi, shrunk to the pool and never below 1.

    Pearson: sum (y - m)^2 / m over days - 1 degrees of freedom, m being the creator's mean on a
    usual day times the day's factor; then (10 pool + df phi) / (10 + df), the pool's phi being
    weighted by df. A creator without counts or with one day takes the pool's; with no counts
    anywhere phi is 1 (Poisson).
    """
    group = np.asarray(daily_group, dtype=np.int64)
    values = floats(daily)
    factor = np.broadcast_to(np.asarray(daily_factor, dtype=np.float64), values.shape)
    days = np.bincount(group, minlength=creators).astype(np.float64)
    usual = np.bincount(group, weights=factor, minlength=creators)
    rate = np.bincount(group, weights=values, minlength=creators) / np.where(usual > 0, usual, 1.0)
    mean = rate[group] * factor
    parts = np.where(mean > 0, (values - mean) ** 2 / np.where(mean > 0, mean, 1.0), 0.0)
    usable = (days > 1) & (rate > 0)
    df = np.where(usable, days - 1, 0.0)
    pearson = np.where(usable, np.bincount(group, weights=parts, minlength=creators), 0.0)
    pool = float(np.sum(pearson) / np.sum(df)) if df.any() else 1.0
    return np.maximum(1.0, (PSEUDO_DAYS * pool + pearson) / (PSEUDO_DAYS + df))


def code_lift(
    history: CodeHistory,
    n: Floats,
    days: Floats,
    *,
    metric: str = "orders",
    control: Control | None = None,
    late: Booleans | bool = False,
    level: float = 0.95,
    limits: boundaries.Limits = boundaries.THEORY,
) -> Lifts:
    """Give each creator's lift in orders, leads or clicks over the history of own codes and links.

    n: counts so far in the campaign, days: usual days so far (`weekdays.expected_days`); shape
    (creators,).
    d = log((n1 + .5) / T1) - log((n0 + .5) / T0), Var = phi (1 / (n1 + .5) + 1 / (n0 + .5)). The
    clock runs from a first look without any count to endlessly many, where the history alone is in
    doubt: r = 2 n0 + 2. Units are (n1 + .5)(1 - e^-d): with n1 in its place, expected orders shrink
    to nothing as n1 does, and many small creators without any effect would add up to a lift.
    Withheld: NO_ORDER_BASELINE, NO_LEAD_BASELINE (or NO_BASELINE) without history; NOT_OBSERVED
    where the campaign has not begun or counts are missing.
    """
    now, elapsed = floats(n), floats(days)
    has = (history.days > 0) & (history.n >= 0)
    begun = (elapsed > 0) & (now >= 0)
    reason: Objects = np.full(len(now), None, dtype=object)
    reason[~begun] = Reason.NOT_OBSERVED
    reason[~has] = _NO_HISTORY.get(metric, Reason.NO_BASELINE)
    usable = has & begun
    n0, t0 = np.where(usable, history.n, 0.0) + CONTINUITY, np.where(usable, history.days, 1.0)
    n1, t1 = np.where(usable, now, 0.0) + CONTINUITY, np.where(usable, elapsed, 1.0)
    young = n0 * t1 < t0 * LEAST_EXPECTED
    ratios = LogRatios(
        delta=np.log(n1 / t1) - np.log(n0 / t0),
        variance=history.phi * (1 / np.where(young, CONTINUITY, n1) + 1 / n0),
        variance_first=history.phi * (1 / CONTINUITY + 1 / n0),
        variance_least=history.phi / n0,
        nu=np.full(len(now), np.inf),
        observed=np.where(begun, now, 0.0),
        offset=CONTINUITY,
    )
    return with_limits(
        ratios,
        reason,
        control=control,
        late=late,
        level=level,
        limits=limits,
    )
