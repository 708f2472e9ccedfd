"""Forecast of posts: engagement, views or valued outputs, by ageing and by what is still planned.

In:   a Measurement, a campaign, its deliverables.
Out:  columns over creators on a platform: live posts with their growth to come, planned posts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
from truelift.operations.measure import Measurement, MeasuredPosts
from truelift.operations.plans import Due, Flown, flown

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


def posted(measurement: Measurement, campaign: str, metric: str, due: list[Due]) -> Posted:
    """Arrange the posts of a campaign in a metric that is counted on posts."""
    panels, flight = measurement.panels, flown(measurement.known, campaign)
    mask = panels.sponsored_in(campaign)
    panel, share = panels.posts.only(mask), panels.shares_in(campaign)[mask]
    planned = _planned(measurement, panel, due, flight)
    units = sorted({panel.units[unit] for unit in panel.unit.tolist()} | set(planned))
    number = {unit: index for index, unit in enumerate(units)}
    records = [
        None if seal is None else seal.record
        for creator, platform in units
        for seal in [measurement.seals.get((campaign, creator, metric, platform))]
    ]
    curves = [measurement.curves.sealed(record, metric) for record in records]
    group = np.array([number[panel.units[unit]] for unit in panel.unit.tolist()], np.int64)
    counts = panels.counts(panel, metric, campaign)
    curve = post_curves(curves, group, panels.formats(panel))
    z, _ = reading(counts, panel.age_hours, curve)
    read = np.isfinite(z)
    end = (np.datetime64(flight.end) - panel.published_at) / HOUR
    end = np.maximum(end, np.nan_to_num(panel.age_hours))
    grow = curve.log_fraction(end) - curve.log_fraction(panel.age_hours)
    left = curve.variance(panel.age_hours) - curve.variance(end)
    baselines = read_baselines(records)
    spread = np.where(np.isfinite(baselines.s2), baselines.s2, DEFAULT_PRIOR.s02)
    evidence = _evidence(measurement, campaign, metric, units, baselines.p * spread, baselines.level, spread)
    young = [(int(group[at]), float(end[at])) for at in np.flatnonzero(~read & ~panel.boosted).tolist()]
    fresh = [(number[unit], age) for unit, ages in planned.items() for age in ages] + young
    rows = [row for row, _ in fresh]
    at_end = [_at_age(curves[row][ANY_FORMAT], age) for row, age in fresh]
    posts = Posts(
        evidence,
        group[read],
        (counts * share)[read],
        np.maximum(grow[read], 0.0),
        np.maximum(left[read], 0.0),
        np.array(rows, np.int64),
        np.array([g for g, _ in at_end], float),
        np.array([variance for _, variance in at_end], float),
        spread,
    )
    return Posted(units, posts, *_reasons(units, evidence))


def _reasons(units: list[Unit], evidence: Evidence) -> tuple[dict[str, Withheld], dict[str, Withheld]]:
    """Say whose incremental part is not known, and who has nothing to forecast from."""
    based, began = np.isfinite(evidence.before_variance), np.isfinite(evidence.since_variance)
    withheld, silent = {}, {}
    for at, (creator, platform) in enumerate(units):
        if not based[at]:
            words = f"{sentence(Reason.NO_BASELINE)} ({platform})"
            withheld[creator] = Withheld(Reason.NO_BASELINE, words)
        if not based[at] and not began[at]:
            words = f"Nothing of {creator} on {platform} was sealed, and nothing was read yet."
            silent[creator] = Withheld(Reason.NO_HISTORY, words)
    return withheld, silent


def _evidence(
    measurement: Measurement,
    campaign: str,
    metric: str,
    units: list[Unit],
    variance: Floats,
    level: Floats,
    spread: Floats,
) -> Evidence:
    """Give the levels before and since; the calendar's part is in the level before."""
    found: MeasuredPosts = measurement.measured_posts(campaign, metric)
    number = {unit: at for at, unit in enumerate(units)}
    mine = [number[unit] for unit in zip(found.creators, found.platforms, strict=True)]
    posts, rows = found.posts, len(units)
    read = np.isfinite(posts.z)
    row = np.array(mine, np.int64)[posts.group[read]] if mine else np.zeros(0, np.int64)
    precision = 1 / (spread[row] + posts.tau2[read])
    mass = np.bincount(row, weights=precision, minlength=rows)
    middle = np.bincount(row, weights=precision * posts.z[read], minlength=rows)
    control = found.lifts.control.over(len(mine))
    before, shared = np.where(np.isfinite(level), level, 0.0), 0.0
    if mine:
        before[mine] += np.nan_to_num(np.asarray(control.mean, float))
        shared = float(np.max(np.nan_to_num(np.asarray(control.se, float)), initial=0.0)) ** 2
    return Evidence(
        before,
        np.where(np.isfinite(level), variance, np.inf),
        np.divide(middle, mass, out=np.zeros(rows), where=mass > 0),
        np.divide(1.0, mass, out=np.full(rows, np.inf), where=mass > 0),
        shared,
    )


def _planned(
    measurement: Measurement, panel: PostPanel, due: list[Due], flight: Flown
) -> dict[Unit, list[float]]:
    """Give the age in hours that each unpublished deliverable will have when the flight ends.

    So many of a unit's deliverables as it has posts are published: the earliest. One that is
    overdue is taken to come at once. One due after the end brings nothing to this flight.
    """
    platforms: dict[str, set[str]] = defaultdict(set)
    for creator, platform in measurement.panels.posts.units:
        platforms[creator].add(platform)
    published: dict[Unit, int] = defaultdict(int)
    for unit in panel.unit.tolist():
        published[panel.units[unit]] += 1
    planned: dict[Unit, list[float]] = defaultdict(list)
    for one in due:
        only = platforms[one.creator] if len(platforms[one.creator]) == 1 else {None}
        (platform,) = {one.platform} if one.platform else only
        if platform is None:
            continue
        at = max(one.at or flight.end, measurement.known.as_of, flight.start)
        planned[one.creator, platform].append((flight.end - at).total_seconds() / 3600)
    left = {unit: ages[published[unit] :] for unit, ages in planned.items()}
    return {unit: [age for age in ages if age > 0] for unit, ages in left.items()}


def _at_age(curve: AgeingCurve, age_hours: float) -> tuple[float, float]:
    """Give g and tau2 of a planned post at the flight's end; younger than the first knot as then."""
    age: Floats = np.array([max(age_hours, curve.hours[0])])
    return float(curve.log_fraction(age)[0]), float(curve.variance(age)[0])


def summed_rows(values: Floats, matrix: Floats) -> Floats:
    """Sum draws of rows to creators."""
    total: Floats = values @ matrix
    return total


