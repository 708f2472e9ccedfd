"""Ageing: what a post of a given age would have reached when mature.

In:   counts at a known age in hours, an ageing curve (per platform, format and metric).
Out:  readings z = log(y + .5) - g(age) with their extra variance tau2(age) (formula:
      reference/science.md 1.1). `ageing_fit` fits curves from snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from truelift.measurement.ragged import Floats, Integers, Objects, floats

KNOTS_HOURS = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 336.0, 720.0)


@dataclass(frozen=True, slots=True)
class AgeingCurve:
    """The mean log fraction of the mature count that a post has reached, by age.

    version: name kept in every record that used the curve. g: mean log fraction at the knots
    (natural log, at most 0, not descending). tau2: its variance between posts (log units
    squared). hours: the knots. Between knots both are linear in log age, which keeps g monotone;
    from the last knot on a post is mature: g = 0, tau2 = 0.
    """

    version: str
    g: tuple[float, ...]
    tau2: tuple[float, ...]
    hours: tuple[float, ...] = KNOTS_HOURS

    def __post_init__(self) -> None:
        """Refuse knots that do not ascend, a curve that falls, and negative variances."""
        lengths = {len(self.hours), len(self.g), len(self.tau2)}
        if len(lengths) > 1 or np.any(np.diff(self.hours) <= 0) or self.hours[0] <= 0:
            msg = f"ageing curve {self.version}: needs one g and tau2 for each ascending knot"
            raise ValueError(msg)
        if max(self.g) > 0 or np.any(np.diff(self.g) < 0) or min(self.tau2) < 0:
            msg = f"ageing curve {self.version}: g must rise to at most 0 and tau2 not be negative"
            raise ValueError(msg)

    def log_fraction(self, age_hours: Floats) -> Floats:
        """Give g(age), natural log; nan for an age that is unknown or before the first knot."""
        return self._at(age_hours, self.g)

    def variance(self, age_hours: Floats) -> Floats:
        """Give tau2(age); nan for an age that is unknown or before the first knot."""
        return self._at(age_hours, self.tau2)

    @property
    def largest_variance(self) -> float:
        """Give the largest tau2: what a first look may have cost when its age is unknown."""
        return max(self.tau2)

    def _at(self, age_hours: Floats, values: tuple[float, ...]) -> Floats:
        usable = age_hours >= self.hours[0]
        log_age = np.log(np.where(usable, age_hours, self.hours[0]))
        inside = np.interp(log_age, np.log(self.hours), values)
        mature = np.where(age_hours >= self.hours[-1], 0.0, inside)
        return np.where(usable, mature, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class PostCurves:
    """A curve for each post: ages have shape (posts,), like `which`, the index of each's curve."""

    curves: tuple[AgeingCurve, ...]
    which: Integers

    def log_fraction(self, age_hours: Floats) -> Floats:
        """Give g(age) of each post by its own curve, as AgeingCurve does."""
        return self._each([curve.log_fraction(age_hours) for curve in self.curves])

    def variance(self, age_hours: Floats) -> Floats:
        """Give tau2(age) of each post by its own curve, as AgeingCurve does."""
        return self._each([curve.variance(age_hours) for curve in self.curves])

    @property
    def largest_variance(self) -> Floats:
        """Give the largest tau2 of each post's curve."""
        largest: Floats = np.array([curve.largest_variance for curve in self.curves])[self.which]
        return largest

    def _each(self, values: list[Floats]) -> Floats:
        stacked: Floats = np.array(values).reshape(len(values), len(self.which))
        return stacked[self.which, np.arange(len(self.which))]


ANY_FORMAT = "*"
"""The key of a platform's own curve, for posts of a format that has none and of no known format."""


def format_key(text: str | None) -> str:
    """Write a post's format as curves name it: small letters; ANY_FORMAT where it is unknown."""
    return (text or "").strip().lower() or ANY_FORMAT


def post_curves(
    curves: Sequence[Mapping[str, AgeingCurve]], unit: Integers, formats: Objects
) -> PostCurves:
    """Find each post's curve by its unit (creator on one platform) and its format.

    curves: of each unit, format -> curve, with ANY_FORMAT for the rest. unit: shape (posts,).
    formats: as the posts tell them, None where unknown.
    """
    encoded = pa.array(formats, pa.string()).dictionary_encode()
    names = [format_key(name) for name in encoded.dictionary.to_pylist()] + [ANY_FORMAT]
    code = encoded.indices.fill_null(len(names) - 1).to_numpy().astype(np.int64)
    pair = unit * len(names) + code
    distinct, which = np.unique(pair, return_inverse=True)
    found = []
    for one in distinct.tolist():
        mine = curves[one // len(names)]
        found.append(mine.get(names[one % len(names)], mine[ANY_FORMAT]))
    known = {curve.version: curve for curve in found}
    place = {version: index for index, version in enumerate(known)}
    index = np.array([place[curve.version] for curve in found], np.int64)
    return PostCurves(tuple(known.values()), index[which])


def reading(y: Floats, age_hours: Floats, curve: AgeingCurve | PostCurves) -> tuple[Floats, Floats]:
    """Read counts as if mature: z = log(y + .5) - g(age), and its variance.

    The variance is tau2(age) and, as only a part e^g of what a post will have was there to be
    counted, the counting noise (1 - e^g) / (y + .5) (binomial, delta method).
    y: counts as observed, shape (posts,), nan for missing. age_hours: age at the observation,
    same shape. curve: one for all posts, or one for each. Both results are nan where the count is
    missing or negative (no count is), and where the age is unknown or below the curve's first knot
    (too young to compare). A counter that went down is taken as it stands: the caller hands in the
    latest observation.
    """
    count = floats(y)
    known = count >= 0
    g = curve.log_fraction(floats(age_hours))
    shifted = np.where(known, count, 0.0) + 0.5
    tau2 = np.where(known, curve.variance(floats(age_hours)) - np.expm1(g) / shifted, np.nan)
    z = np.log(shifted) - g
    return np.where(np.isnan(tau2), np.nan, z), tau2


def _measured(version: str, growth: tuple[float, ...], spread: tuple[float, ...]) -> AgeingCurve:
    """Build a curve from growth factors to maturity (x times) and sd of log, at _PAIR_HOURS."""
    at = np.log(_PAIR_HOURS)
    knots = np.log(KNOTS_HOURS)
    log_growth = np.log(growth)
    g = -np.interp(knots, at, log_growth)
    sd = np.interp(knots, at, spread)
    # Before the youngest pair the line through the two youngest pairs goes on: extrapolated.
    early = knots < at[0]
    step = (knots[early] - at[0]) / (at[1] - at[0])
    g[early] = -(log_growth[0] + step * (log_growth[1] - log_growth[0]))
    sd[early] = spread[0] + step * (spread[1] - spread[0])
    return AgeingCurve(version, tuple(g.tolist()), tuple((sd**2).tolist()))


# Geometric middles of the measured age bins 0-12 (taken as 6), 12-24, 24-48, 48-72 h, 3-7 d,
# then 14 d and 30 d.
_PAIR_HOURS = (6.0, math.sqrt(12 * 24), math.sqrt(24 * 48), math.sqrt(48 * 72), 110.0, 336.0, 720.0)

ENGAGEMENT_CURVE = _measured(
    "youtube-likes-2026-1",
    (3.1 * 1.02, 1.59 * 1.02, 1.47 * 1.02, 1.20 * 1.02, 1.06 * 1.02, 1.02, 1.0),
    (0.79, 0.33, 0.29, 0.15, 0.06, 0.02, 0.0),
)
"""The default curve: growth of likes in YouTube snapshot pairs (200 channels; science.md
section 0: a post first seen at 0-12 h grows x3.1, 12-24 h x1.59, 24-48 h x1.47, 48-72 h x1.20,
3-7 d x1.06, after 14 d at most x1.02; sd of log .79 .33 .29 .15). Not measured, and said so: the
sd from 3 d on is set to the log growth itself, ages under 6 h are extrapolated on the line of the
two youngest bins, and 14 d to 30 d is closed with the x1.02."""

VIEWS_CURVE = _measured(
    "youtube-views-2026-1",
    (4.3 * 1.02, 1.99 * 1.02, 1.68 * 1.02, 1.34 * 1.02, 1.11 * 1.02, 1.02, 1.0),
    (1.01, 0.38, 0.51, 0.35, 0.11, 0.02, 0.0),
)
"""The same for views: x4.3, x1.99, x1.68, x1.34, x1.11; sd of log 1.01 .38 .51 .35."""


def default_curve(metric: str) -> AgeingCurve:
    """Give the documented curve of a metric until one is fitted on the user's own snapshots."""
    return VIEWS_CURVE if metric in {"views", "reach", "impressions"} else ENGAGEMENT_CURVE


DEFAULT_CURVES = {curve.version: curve for curve in (ENGAGEMENT_CURVE, VIEWS_CURVE)}
"""The documented curves by version."""
