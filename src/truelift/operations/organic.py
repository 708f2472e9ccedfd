"""Organic: baselines of creators from their own posts, each up to its own cut.

In:   panels, and until when the posts of each creator count.
Out:  per platform and metric the baselines with the posts, readings and followers behind them.

What is pooled (drift, variance prior, peers) is fitted once, on posts before the earliest cut: then
no creator's baseline rests on what came after its launch, and a late sealing of many creators
costs one fit, however many launches there were.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from truelift.base.time import Instant
from truelift.measurement.ageing import post_curves, reading
from truelift.measurement.baseline import Baselines, all_zero, estimate_baselines, newest_posts
from truelift.measurement.followers import FollowerCounts, growth, newest
from truelift.measurement.metric import ENGAGEMENT_BASES
from truelift.measurement.metric_breaks import era_at
from truelift.measurement.panel import Instants, PostPanel
from truelift.measurement.peers import Traits, peer_levels
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects
from truelift.measurement.seal import Audience
from truelift.operations.ageing import CurveBook, Curves, curve_book
from truelift.operations.calibrations import CalibrationBook, calibration_book
from truelift.operations.panels import VALUE, Panels


@dataclass(frozen=True, slots=True, eq=False)
class OrganicBaselines:
    """Baselines of a metric on a platform, indexed as the units of `panel`.

    units: those that were asked for. panel, counts, z: their organic posts before their cuts.
    log_followers: the newest known before the cut, nan where none. curves: of the ageing. eras: of
    the posts by the counters that engagement is divided by. calibration: version of the one they
    are sealed for, empty where there is none.
    """

    units: tuple[int, ...]
    panel: PostPanel
    counts: Floats
    z: Floats
    baselines: Baselines
    followers: FollowerCounts
    log_followers: Floats
    curves: Curves
    eras: Mapping[str, Integers]
    calibration: str = ""

    def alike(self, unit: int, counter: str) -> Floats:
        """Give a counter of a unit's posts, nan where it was counted otherwise than it is now."""
        span = self.span(unit)
        era = self.eras[counter][span]
        now = era == era.max(initial=0)
        alike: Floats = np.where(now, self.panel.counters[counter][span], np.nan)
        return alike

    def span(self, unit: int) -> slice:
        """Say where a unit's posts lie."""
        return slice(*np.searchsorted(self.panel.unit, [unit, unit + 1]).tolist())

    def reference(self, unit: int) -> float | None:
        """Give the follower count that a unit's readings are relative to, None where unknown."""
        log = float(self.log_followers[unit])
        return None if math.isnan(log) else float(self.followers.of(unit)[1][-1])

    def audience(self, unit: int) -> Audience | None:
        """Give the follower counts behind a unit's readings, None where there are none."""
        at, followers = self.followers.of(unit)
        if not len(at):
            return None
        span = self.span(unit)
        read = np.isfinite(self.z[span])
        return Audience(at, followers, int(np.sum(self.panel.published_at[span][read] < at[0])))


@dataclass
class Organic:
    """Baselines of organic posts; what is pooled is fitted once per platform, metric and cut."""

    panels: Panels
    _pools: dict[tuple[str, str, str, Instant], Baselines] = field(default_factory=dict)

    def baselines(
        self, platform: str, metric: str, campaign: str, cuts: Mapping[str, Instant]
    ) -> OrganicBaselines | None:
        """Give the baselines of creators, each from its posts before its cut.

        None where nothing of the metric was observed on the platform. campaign: whose unit values
        weigh the composite.
        """
        earliest = min(cuts.values())
        pool = self._pool(platform, metric, campaign, earliest)
        mine = self._platform == platform
        mine &= np.array([creator in cuts for creator, _ in self.panels.posts.units], bool)
        until = np.full(len(mine), np.datetime64("NaT"), "datetime64[us]")
        units = np.flatnonzero(mine).tolist()
        until[units] = [cuts[self.panels.posts.units[unit][0]] for unit in units]
        panel, counts, z, log, followers = self._readings(platform, metric, campaign, until)
        if not pool.n.any() and np.isnan(counts).all():
            return None
        traits = Traits(log, self.panels.categories)
        before = newest(self.panels.followers.before(np.datetime64(earliest, "us")), len(log))
        prior = peer_levels(pool, Traits(before, self.panels.categories), traits)
        # Levels of peers from before a break say nothing about a creator's after it.
        pooled = np.array([earliest], dtype="datetime64[us]")
        alike = self._era_at(platform, metric, until) == self._era_at(platform, metric, pooled)
        prior = replace(prior, mean=np.where(alike, prior.mean, np.nan))
        found = estimate_baselines(
            panel.unit, z, len(log), q=float(pool.q[0]), prior=pool.prior, peers=prior,
            silent=all_zero(panel.unit, counts, z, len(log)),
        )  # fmt: skip
        return OrganicBaselines(
            units=tuple(units),
            panel=panel,
            counts=counts,
            z=z,
            baselines=found,
            followers=followers,
            log_followers=log,
            curves=self._book.newest(platform, metric),
            calibration=self._calibrated(platform, metric)[0],
            eras={name: self.panels.eras(panel, name) for name in ENGAGEMENT_BASES},
        )

    def _pool(self, platform: str, metric: str, campaign: str, until: Instant) -> Baselines:
        key = (platform, metric, campaign if metric == VALUE else "", until)
        if key not in self._pools:
            cut = np.full(len(self._platform), np.datetime64(until, "us"))
            panel, counts, z, _, _ = self._readings(platform, metric, campaign, cut)
            _, drift, _ = self._calibrated(platform, metric)
            silent = all_zero(panel.unit, counts, z, len(cut))
            self._pools[key] = estimate_baselines(panel.unit, z, len(cut), q=drift, silent=silent)
        return self._pools[key]

    def _readings(
        self, platform: str, metric: str, campaign: str, until: Instants
    ) -> tuple[PostPanel, Floats, Floats, Floats, FollowerCounts]:
        """Read a platform's organic posts before each unit's cut (NaT: none of the unit).

        Only posts that were counted as the metric is counted at the cut: a baseline never splices.
        Gives the posts, their counts and readings, log followers per unit and the counts used.
        """
        posts, known = self.panels.posts, self.panels.followers
        kept: Booleans = self.panels.organic & (self._platform == platform)[posts.unit]
        kept &= posts.published_at < until[posts.unit]
        kept &= self._eras(metric) == self._era_at(platform, metric, until)[posts.unit]
        panel = posts.only(kept)
        counts = self.panels.counts(panel, metric, campaign)
        read = known.at < until[known.unit]
        followers = FollowerCounts(known.unit[read], known.at[read], known.followers[read])
        log = newest(followers, len(until))
        curves = [self._book.newest(platform, metric)]
        one = np.zeros(len(panel), np.int64)
        curve = post_curves(curves, one, self.panels.formats(panel))
        z, _ = reading(counts, panel.age_hours, curve)
        z = z - growth(followers, panel.unit, panel.published_at, log[panel.unit])
        _, _, most = self._calibrated(platform, metric)
        if most is not None:
            z = newest_posts(panel.unit, z, most, len(until))
        return panel, counts, z, log, followers

    def _calibrated(self, platform: str, metric: str) -> tuple[str, float | None, int | None]:
        """Give the calibration's version, its drift and how many posts its baselines had.

        Sealed like the windows that were replayed, a baseline has the limits found there.
        """
        found = self._calibrations.sealing(platform, metric)
        if found is None:
            return "", None, None
        version, calibration = found
        return version, calibration.preferred, calibration.design.baseline_posts

    @cached_property
    def _calibrations(self) -> CalibrationBook:
        return calibration_book(self.panels.known)

    def _eras(self, metric: str) -> Integers:
        if metric not in self._numbered:
            self._numbered[metric] = self.panels.eras(self.panels.posts, metric)
        return self._numbered[metric]

    @cached_property
    def _numbered(self) -> dict[str, Integers]:
        return {}

    def _era_at(self, platform: str, metric: str, until: Instants) -> Integers:
        return era_at(self.panels.breaks_of(platform, metric), until)

    @cached_property
    def _book(self) -> CurveBook:
        return curve_book(self.panels.known)

    @cached_property
    def _platform(self) -> Objects:
        return np.array([platform for _, platform in self.panels.posts.units], dtype=object)
