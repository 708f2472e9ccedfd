"""Forecast of posts: engagement, views or valued outputs, by ageing and by what is still planned.

In:   a Measurement, a campaign, its deliverables.
Out:  columns over creators on a platform: live posts with their growth to come, planned posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.forecast import Evidence, Posts
from truelift.measurement.ageing import ANY_FORMAT, AgeingCurve, post_curves, reading
from truelift.measurement.baseline import DEFAULT_PRIOR
from truelift.measurement.lift import sentence
from truelift.measurement.panel import HOUR, PostPanel
from truelift.measurement.ragged import Floats
from truelift.measurement.seal import read_baselines
from truelift.operations.measure import Measurement
from truelift.operations.plans import Flown, deliverables, flown

Unit = tuple[str, str]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Posted:
    """Posts of a campaign; units: creator and platform of each row. withheld: by creator."""

    units: list[Unit]
    posts: Posts
    withheld: dict[str, Withheld]
    silent: dict[str, Withheld]

    def of(self, names: list[str]) -> Floats:
        """Give a matrix that sums rows to creators, shape (rows, creators)."""
        return np.array([[creator == name for name in names] for creator, _ in self.units], float)


def posted(measurement: Measurement, campaign: str, metric: str) -> Posted:
    """Arrange the posts of a campaign in a metric that is counted on posts."""
    return _Posts(measurement, campaign, metric).posted()


@dataclass
class _Posts:
    """One campaign in one metric, everything read once."""

    measurement: Measurement
    campaign: str
    metric: str

    @cached_property
    def flight(self) -> Flown:
        return flown(self.measurement.known, self.campaign)

    @cached_property
    def panel(self) -> PostPanel:
        """Give the campaign's posts."""
        panels = self.measurement.panels
        return panels.posts.only(panels.sponsored_in(self.campaign))

    @cached_property
    def units(self) -> list[Unit]:
        """Give who has posts where, live or planned."""
        live = {self.panel.units[unit] for unit in self.panel.unit.tolist()}
        return sorted(live | set(self.planned))

    @cached_property
    def records(self) -> list[Record | None]:
        """Give what was sealed of each unit."""
        found = self.measurement.seals
        names = [(self.campaign, creator, self.metric, where) for creator, where in self.units]
        seals = [found.get(name) for name in names]
        return [None if seal is None else seal.record for seal in seals]

    @cached_property
    def curves(self) -> list[Mapping[str, AgeingCurve]]:
        """Give each unit's ageing curves, as sealed."""
        return [self.measurement.curves.sealed(record, self.metric) for record in self.records]

    def posted(self) -> Posted:
        """Give the columns."""
        panel, panels = self.panel, self.measurement.panels
        number = {unit: index for index, unit in enumerate(self.units)}
        group = np.array([number[panel.units[unit]] for unit in panel.unit.tolist()], np.int64)
        counts = panels.counts(panel, self.metric, self.campaign)
        share = panels.shares_in(self.campaign)[panels.sponsored_in(self.campaign)]
        curve = post_curves(self.curves, group, panels.formats(panel))
        read = np.isfinite(reading(counts, panel.age_hours, curve)[0])
        end = (np.datetime64(self.flight.end) - panel.published_at) / HOUR
        end = np.maximum(end, np.nan_to_num(panel.age_hours))
        grow = curve.log_fraction(end) - curve.log_fraction(panel.age_hours)
        left = curve.variance(panel.age_hours) - curve.variance(end)
        unread = np.flatnonzero(~read & ~panel.boosted).tolist()
        fresh = [(number[unit], age) for unit, ages in self.planned.items() for age in ages]
        fresh += [(int(group[at]), float(end[at])) for at in unread]
        at_end = [_at_age(self.curves[row][ANY_FORMAT], age) for row, age in fresh]
        evidence, spread = self._evidence()
        posts = Posts(
            evidence,
            group[read],
            (counts * share)[read],
            np.maximum(grow[read], 0.0),
            np.maximum(left[read], 0.0),
            curve.log_fraction(end)[read],
            np.array([row for row, _ in fresh], np.int64),
            np.array([g for g, _ in at_end], float),
            np.array([variance for _, variance in at_end], float),
            spread,
        )
        return Posted(self.units, posts, *_reasons(self.units, evidence))

    def _evidence(self) -> tuple[Evidence, Floats]:
        """Give the levels before (with the calendar) and since, and the variance of posts."""
        baselines = read_baselines(self.records)
        level = baselines.level
        spread = np.where(np.isfinite(baselines.s2), baselines.s2, DEFAULT_PRIOR.s02)
        found = self.measurement.measured_posts(self.campaign, self.metric)
        number = {unit: at for at, unit in enumerate(self.units)}
        names = zip(found.creators, found.platforms, strict=True)
        mine = np.array([number[unit] for unit in names], np.int64)
        posts, rows = found.posts, len(self.units)
        read = np.isfinite(posts.z)
        row = mine[posts.group[read]]
        precision = 1 / (spread[row] + posts.tau2[read])
        mass = np.bincount(row, weights=precision, minlength=rows)
        middle = np.bincount(row, weights=precision * posts.z[read], minlength=rows)
        control = found.lifts.control.over(len(mine))
        before = np.where(np.isfinite(level), level, 0.0)
        before[mine] += np.nan_to_num(np.asarray(control.mean, float))
        error = np.nan_to_num(np.asarray(control.se, float))
        evidence = Evidence(
            before,
            np.where(np.isfinite(level), baselines.p * spread, np.inf),
            np.divide(middle, mass, out=np.zeros(rows), where=mass > 0),
            np.divide(1.0, mass, out=np.full(rows, np.inf), where=mass > 0),
            float(np.max(error, initial=0.0)) ** 2,
        )
        return evidence, spread

    @cached_property
    def planned(self) -> dict[Unit, list[float]]:
        """Give the age in hours that each unpublished deliverable will have at the flight's end.

        So many of a unit's deliverables as it has posts are published: the earliest. One that is
        overdue is taken to come at once. One due after the end brings nothing to this flight.
        """
        known, end = self.measurement.known, self.flight.end
        platforms: dict[str, set[str]] = defaultdict(set)
        for creator, platform in self.measurement.panels.posts.units:
            platforms[creator].add(platform)
        published: dict[Unit, int] = defaultdict(int)
        for unit in self.panel.unit.tolist():
            published[self.panel.units[unit]] += 1
        ages: dict[Unit, list[float]] = defaultdict(list)
        for one in deliverables(known, self.campaign):
            only = next(iter(platforms[one.creator])) if len(platforms[one.creator]) == 1 else None
            where = one.platform or only
            if where is not None:
                at = max(one.at or end, known.as_of, self.flight.start)
                ages[one.creator, where].append((end - at).total_seconds() / 3600)
        left = {unit: each[published[unit] :] for unit, each in ages.items()}
        return {unit: [age for age in each if age > 0] for unit, each in left.items()}


def _reasons(
    units: list[Unit], evidence: Evidence
) -> tuple[dict[str, Withheld], dict[str, Withheld]]:
    """Say whose incremental part is not known, and who has nothing to forecast from."""
    based, began = np.isfinite(evidence.before_variance), np.isfinite(evidence.since_variance)
    withheld, silent = {}, {}
    for at, (creator, platform) in enumerate(units):
        if not based[at]:
            words = (
                f"{sentence(Reason.NO_BASELINE).rstrip('.')} ({platform}); import earlier posts "
                "with their readings and run `truelift seal`, with `--late` after launch."
            )
            withheld[creator] = Withheld(Reason.NO_BASELINE, words)
        if not based[at] and not began[at]:
            words = f"Nothing of {creator} on {platform} was sealed or read yet; import readings."
            silent[creator] = Withheld(Reason.NO_HISTORY, words)
    return withheld, silent


def _at_age(curve: AgeingCurve, age_hours: float) -> tuple[float, float]:
    """Give g and tau2 of a planned post at the flight's end, at least at the first knot."""
    age: Floats = np.array([max(age_hours, curve.hours[0])])
    return float(curve.log_fraction(age)[0]), float(curve.variance(age)[0])
