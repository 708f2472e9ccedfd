"""Lift: how far a creator's campaign posts stand above the creator's own baseline.

In:   baselines, campaign posts as flat columns (count, reading, its variance), controls if any.
Out:  per creator: log lift with limits, incremental and expected units that add up to what was
      observed; or the reason why there is none (formulas: reference/science.md 1.3, 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement import limits as boundaries
from truelift.measurement.ageing import AgeingCurve, PostCurves, reading
from truelift.measurement.baseline import LEAST_POSTS, Baselines
from truelift.measurement.calendar import NO_CONTROL, Control, ControlsUsed
from truelift.measurement.discoveries import always_valid_p
from truelift.measurement.grade import evidence_grade
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects, Ragged, floats, ragged

FORMULA = "augmented-level-1"

LARGEST_EXPONENT = 600.0
"""e^600 times any count still is a number; e^710 is none."""

LARGEST_COUNT = 2.0**52
"""Up to here doubles hold whole numbers and halves, so expected units stop here: beyond it no
split could add up exactly, and no network has counted that far."""


_SENTENCES = {
    Reason.NO_BASELINE: "Nothing of this metric was observed before launch.",
    Reason.TOO_FEW_POSTS: "Fewer than two organic posts were observed before launch.",
    Reason.METRIC_BROKE: "The platform counts the posts otherwise than the baseline was counted.",
    Reason.NOT_OBSERVED: "Nothing of the campaign has been observed at a usable age yet.",
    Reason.NO_ORDER_BASELINE: "The creator's codes and links have no order history.",
    Reason.NO_LEAD_BASELINE: "The creator's codes and links have no lead history.",
}


def sentence(reason: Reason) -> str:
    """Say in one sentence what is missing for a reason that measurement gives."""
    return _SENTENCES[reason]


@dataclass(frozen=True, slots=True, eq=False)
class CampaignPosts:
    """Sponsored posts as flat columns, shape (posts,), sorted by creator, oldest first.

    group: creator index. count: latest observed count, whole numbers, nan where not observed.
    z, tau2: its reading and extra variance (nan where unusable). first_tau2: tau2 at the age at
    which the post could first have been looked at.
    """

    group: Integers
    count: Floats
    z: Floats
    tau2: Floats
    first_tau2: Floats


@dataclass(frozen=True, slots=True)
class CreatorLift:
    """One creator's lift; the fields of the contract's `lift` object, in its units.

    log, low, high: log lift with limits at `level`. units: incremental units, expected what the
    creator would have had anyway; expected + units == observed exactly. p: the smallest alpha at
    which the limits exclude zero, at every look (discoveries.always_valid_p).
    """

    log: float
    low: float
    high: float
    level: float
    units: float
    units_low: float
    units_high: float
    expected: float
    observed: float
    limits: boundaries.LimitsKind
    grade: Grade
    p: float
    controls: ControlsUsed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LogRatios:
    """Estimates on their information clock, as columns over creators, shape (creators,).

    delta: log ratio. variance: of delta now; variance_first: at the first look; variance_least:
    at the most information there can be. nu: degrees of freedom of the variance, inf if known.
    observed: units observed; offset: added to them before the log ratio scales them (.5 for
    counts by code, 0 for posts). skew: log of the mean of what would have come anyway over what
    is expected, by which a sum over many creators is off (log-normal posts).
    """

    delta: Floats
    variance: Floats
    variance_first: Floats
    variance_least: Floats
    nu: Floats
    observed: Floats
    offset: float = 0.0
    skew: Floats | float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lifts:
    """Lift as columns over creators, shape (creators,); nan where withheld.

    ratios: the estimates before controls. log, se, low, high: after controls, log units at
    `level`. multiplier: half width / se. units, units_low, units_high, expected: in the metric's
    unit. grade, reason: Grade and Reason | None. control: what was taken out, shaped (creators,).
    p: always-valid p-value.
    """

    ratios: LogRatios
    log: Floats
    se: Floats
    low: Floats
    high: Floats
    level: float
    units: Floats
    units_low: Floats
    units_high: Floats
    expected: Floats
    grade: Objects
    reason: Objects
    limits: boundaries.Limits
    control: Control
    p: Floats

    def __len__(self) -> int:
        """Give the number of creators, the withheld ones included."""
        return len(self.log)

    @property
    def known(self) -> Booleans:
        """Say for which creators there is a lift."""
        return np.isfinite(self.log)

    def row(self, creator: int) -> CreatorLift | Withheld:
        """Give one creator's lift, or why there is none."""
        reason = self.reason[creator]
        if reason is not None:
            return Withheld(reason, sentence(reason))
        columns = (self.log, self.low, self.high, self.units, self.units_low, self.units_high)
        log, low, high, units, units_low, units_high = (float(c[creator]) for c in columns)
        return CreatorLift(
            log=log,
            low=low,
            high=high,
            level=self.level,
            units=units,
            units_low=units_low,
            units_high=units_high,
            expected=float(self.expected[creator]),
            observed=float(self.ratios.observed[creator]),
            limits=self.limits.kind(creator),
            grade=self.grade[creator],
            p=float(self.p[creator]),
            controls=self.control.used(
                np.array([creator]),
                float(np.asarray(self.control.mean)[creator]),
                float(np.asarray(self.control.se)[creator]),
            ),
        )


def campaign_posts(
    group: Integers,
    count: Floats,
    age_hours: Floats,
    curve: AgeingCurve | PostCurves,
    first_age_hours: Floats | None = None,
    *,
    offset: Floats | None = None,
) -> CampaignPosts:
    """Read campaign posts at their ages.

    group, count, age_hours: shape (posts,), sorted by creator, oldest post first; the latest
    observation of each post. first_age_hours: age at its first observation; where unknown the
    curve's largest variance stands for it, as if somebody had looked at the youngest age. offset:
    log growth of the audience since the baseline, taken off the readings (`followers.growth`).
    """
    z, tau2 = reading(count, age_hours, curve)
    z = z if offset is None else z - offset
    first = np.full(len(z), np.nan) if first_age_hours is None else floats(first_age_hours)
    first_tau2 = curve.variance(first)
    first_tau2 = np.where(np.isnan(first_tau2), curve.largest_variance, first_tau2)
    return CampaignPosts(
        np.asarray(group, dtype=np.int64), floats(count), z, tau2, np.fmax(first_tau2, tau2)
    )


def creator_lift(
    baselines: Baselines,
    posts: CampaignPosts,
    *,
    control: Control | None = None,
    planned: Integers | None = None,
    late: Booleans | bool = False,
    level: float = 0.95,
    limits: boundaries.Limits = boundaries.THEORY,
) -> Lifts:
    """Give every creator's lift over the baseline, with limits valid at every look.

    planned: posts each creator will publish, which caps the information; None takes the cap of
    endlessly many mature posts (wider, never wrong). late: creators whose baseline was sealed
    late. control: takes the calendar out (and its variance in), row by row; where there is none the
    grade is C.
    Withheld: NO_BASELINE or TOO_FEW_POSTS from the baseline, NOT_OBSERVED where no campaign post
    has a usable reading.
    """
    creators = len(baselines.level)
    ratios = log_lift(baselines, posts, planned=planned)
    reason: Objects = np.full(creators, None, dtype=object)
    reason[~np.isfinite(ratios.delta)] = Reason.NOT_OBSERVED
    reason[~baselines.known] = Reason.TOO_FEW_POSTS
    silent = ~baselines.known & (baselines.n >= LEAST_POSTS)  # every post shows 0
    reason[(baselines.n == 0) | silent] = Reason.NO_BASELINE
    return with_limits(
        ratios,
        reason,
        control=control,
        late=late,
        level=level,
        limits=limits,
    )


def log_lift(
    baselines: Baselines, posts: CampaignPosts, *, planned: Integers | None = None
) -> LogRatios:
    """Estimate each creator's log lift and its information, without limits.

    The augmented local-level filter runs on with the campaign posts and a companion fed with
    constant 1 (diffuse lift): num += x v / F, I += x^2 / F, delta = num / I. Also the statistic
    to run on control creators' organic posts.

    skew: y e^-delta stands at the middle of what would have come anyway, not at its mean. With
    posts of log variance s2 it falls short of the mean by e^(s2 / 2K) for K posts, which is half of
    delta's variance from the posts, and exceeds it by e^(V / 2), V = s2 P that of the level.
    """
    creators = len(baselines.level)
    usable = np.isfinite(posts.z)
    flat = ragged(posts.group[usable], creators)
    delta, information = augmented_filter(baselines, flat, posts.z[usable], posts.tau2[usable])
    s2 = baselines.s2
    first = np.zeros(creators)
    has = flat.count > 0
    first[has] = posts.first_tau2[usable][flat.start[has]]
    variance = 1 / np.where(information > 0, information, np.nan)
    return LogRatios(
        delta=delta,
        variance=variance,
        variance_first=np.fmax(s2 * (baselines.p + baselines.q + 1) + first, variance),
        variance_least=np.fmin(least_variance(baselines, planned), variance),
        nu=baselines.nu,
        observed=_observed(posts, creators),
        skew=(variance - 2 * s2 * baselines.p) / 2,
    )


def augmented_filter(
    baselines: Baselines, posts: Ragged, z: Floats, tau2: Floats
) -> tuple[Floats, Floats]:
    """Run the augmented filter; give delta (nan without a post) and its information 1 / variance.

    posts, z, tau2: observed posts only.
    """
    v, x = whitened(baselines, posts, z, tau2)
    information = posts.sums(x * x)
    return posts.sums(x * v) / np.where(information > 0, information, np.nan), information


def whitened(baselines: Baselines, posts: Ragged, z: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """Give each post's innovation v and its companion x, both over sqrt(F); shape (posts,).

    v = x delta + a standard normal, independent from post to post: sums of x v and of x^2 over a
    creator's posts so far give delta and its information then, and v - x delta are standardised
    residuals. Walks over post positions; at each it touches only the creators that have a post
    there, taken in the order of their post counts, so nothing is padded.
    """
    order = np.argsort(-posts.count, kind="stable")
    count, start = posts.count[order], posts.start[order]
    drift = (baselines.q * baselines.s2)[order]
    s2 = baselines.s2[order]
    level = baselines.level[order].copy()
    spread = (baselines.p * baselines.s2)[order]
    companion = np.zeros(len(order))
    innovations, companions = np.empty((2, len(z)))
    active = np.searchsorted(-count, -np.arange(int(count.max(initial=0))), side="left")
    for position, alive in enumerate(active):
        at = start[:alive] + position
        predicted = spread[:alive] + drift[:alive]
        f = predicted + s2[:alive] + tau2[at]
        gain = predicted / f
        v = z[at] - level[:alive]
        x = 1 - companion[:alive]
        scale = 1 / np.sqrt(f)
        innovations[at] = v * scale
        companions[at] = x * scale
        level[:alive] += gain * v
        companion[:alive] += gain * x
        spread[:alive] = predicted * (1 - gain)
    return innovations, companions


def least_variance(baselines: Baselines, planned: Integers | None = None) -> Floats:
    """Give the smallest variance that delta can reach; log units squared, shape (creators,).

    planned posts, all mature: the filter's information without data. None: endlessly many, where
    the finite baseline (P) and the drift bound it: s2 (P + M), M = (q + sqrt(q^2 + 4 q)) / 2 being
    the predicted level variance of a filter that has always run.
    """
    if planned is None:
        q = baselines.q
        return baselines.s2 * (baselines.p + (q + np.sqrt(q * q + 4 * q)) / 2)
    group = np.repeat(np.arange(len(planned), dtype=np.int64), planned)
    zeros = np.zeros(len(group))
    _, information = augmented_filter(baselines, ragged(group, len(planned)), zeros, zeros)
    return 1 / np.where(information > 0, information, np.nan)


def with_limits(
    ratios: LogRatios,
    reason: Objects,
    *,
    control: Control | None = None,
    late: Booleans | bool = False,
    level: float = 0.95,
    limits: boundaries.Limits = boundaries.THEORY,
) -> Lifts:
    """Put limits, units and grades on log ratios; a creator with a reason is withheld.

    units = (observed + offset) (1 - e^-delta), a monotone map, so limits map through it.
    """
    taken = (control or NO_CONTROL).over(len(ratios.delta))
    noise = np.asarray(taken.se) ** 2
    withheld = np.asarray(np.not_equal(reason, np.array(None, dtype=object)), dtype=bool)
    log = np.where(withheld, np.nan, ratios.delta - taken.mean)
    se = np.sqrt(ratios.variance + noise)
    least = ratios.variance_least + floats(taken.least)
    degrees = combined_degrees(ratios.variance, ratios.nu, noise, floats(taken.nu))
    ratio = (ratios.variance_first + floats(taken.first)) / least
    half = boundaries.half_width(
        se,
        degrees,
        ratio=ratio,
        share=least / (se * se),
        level=level,
        limits=limits,
    )
    units, expected = split(ratios.observed, log, ratios.offset)
    lateness = np.broadcast_to(np.asarray(late, dtype=bool), log.shape)
    grades = np.array(
        [
            [evidence_grade(sealed=True, late=is_late, controls=beside) for beside in (False, True)]
            for is_late in (False, True)
        ],
        dtype=object,
    )
    grade = grades[lateness.astype(np.int64), taken.any.astype(np.int64)]
    return Lifts(
        ratios=ratios,
        log=log,
        se=np.where(withheld, np.nan, se),
        low=log - half,
        high=log + half,
        level=level,
        units=units,
        units_low=split(ratios.observed, log - half, ratios.offset)[0],
        units_high=split(ratios.observed, log + half, ratios.offset)[0],
        expected=expected,
        grade=np.where(withheld, np.array(Grade.D, dtype=object), grade),
        reason=reason,
        limits=limits,
        control=taken,
        p=always_valid_p(log, half, degrees, ratio, level),
    )


def combined_degrees(variance: Floats, nu: Floats, noise: Floats, noise_nu: Floats) -> Floats:
    """Give Satterthwaite's degrees of freedom of a sum of two variances; shapes broadcast."""
    doubt = variance**2 / nu + noise**2 / noise_nu
    total = (variance + noise) ** 2
    degrees: Floats = np.divide(total, doubt, out=np.full(np.shape(doubt), np.inf), where=doubt > 0)
    return degrees


def split(observed: Floats, delta: Floats, offset: float = 0.0) -> tuple[Floats, Floats]:
    """Split observed units into incremental and expected ones that add up exactly.

    observed: whole numbers up to LARGEST_COUNT. Incremental is (observed + offset) (1 - e^-delta),
    at most observed. The expected part is rounded first and the incremental part taken as the
    rest, in the same arithmetic: then expected + units == observed in floating point too.
    """
    scale = -np.expm1(np.minimum(-delta, LARGEST_EXPONENT))
    expected = observed - np.minimum((observed + offset) * scale, observed)
    expected = np.minimum(expected, LARGEST_COUNT)
    return observed - expected, expected


def _observed(posts: CampaignPosts, creators: int) -> Floats:
    """Add up the latest counts of all campaign posts that have one, too young to read or not."""
    counted = posts.count >= 0
    return ragged(posts.group[counted], creators).sums(posts.count[counted])
