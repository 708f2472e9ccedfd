"""Power: what a campaign's plan can show, from what is known before its launch.

In:   the ground, a campaign, planned posts (its deliverables, or a number).
Out:  the smallest detectable lift per creator and platform, and for the campaign.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.measurement import power
from truelift.measurement.ageing import ANY_FORMAT, AgeingCurve
from truelift.measurement.baseline import LEAST_POSTS, Baselines
from truelift.measurement.calibration import Baselined
from truelift.measurement.controls import LEAST_BEFORE, MARGIN
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.metric import default_metric, metric_named
from truelift.measurement.power import PlannedControls
from truelift.measurement.ragged import Floats, Integers
from truelift.measurement.seal import read_baselines, read_code_history
from truelift.operations.counts import COUNT_METRICS, count_baselines
from truelift.operations.knowledge import knowledge, local_day
from truelift.operations.measure import Measurement
from truelift.operations.organic import Organic
from truelift.operations.panels import VALUE
from truelift.operations.people import Action, needs
from truelift.operations.seal import CONVERSIONS
from truelift.reports.power import PowerRow
from truelift.store.ground import Ground

HOUR, HOURS = dt.timedelta(hours=1), np.timedelta64(1, "h")
RECENT = dt.timedelta(days=90)
"""How often control creators post is taken from so many days before now."""

COLUMNS = ("level", "p", "s2", "nu", "q", "n")
Unit = tuple[str, str]
"""Creator and platform."""

NO_POSTS = Withheld(
    Reason.NO_BASELINE,
    "no organic post is known before launch; import earlier posts with their readings, then seal.",
)
ONE_POST = Withheld(
    Reason.TOO_FEW_POSTS,
    "one organic post is known before launch; import more earlier posts, then seal.",
)
ALL_ZERO = Withheld(
    Reason.NO_BASELINE, "every organic post before launch shows 0; import newer readings."
)
NO_PLAN = Withheld(
    Reason.NOT_PLANNED,
    "no deliverable says how many posts are planned here; import deliverables with their platform, "
    "or name the posts with --posts.",
)
NO_TIME = Withheld(
    Reason.NOT_PLANNED,
    "every planned post is due too late to be read before the campaign ends; plan posts earlier.",
)
NO_HISTORY = {
    "orders": Reason.NO_ORDER_BASELINE,
    "leads": Reason.NO_LEAD_BASELINE,
    "clicks": Reason.NO_BASELINE,
}


@dataclass(frozen=True, slots=True)
class PowerRequest:
    """What was asked: a campaign; planned posts per creator and platform, None: as agreed."""

    campaign: str
    posts: int | None = None
    metric: str | None = None
    probability: float = power.PROBABILITY
    level: float = 0.95
    target: float = power.TARGET
    as_of: Instant | None = None
    known_at: Instant | None = None

    def check(self) -> None:
        """Refuse numbers that mean nothing."""
        if self.posts is not None and not 1 <= self.posts <= power.MOST_POSTS:
            msg = f"--posts {self.posts} is not between 1 and {power.MOST_POSTS}."
            raise UsageError(msg)
        if not 0.5 <= self.probability < 1:  # noqa: PLR2004 - below one half it is a toss
            msg = f"--probability {self.probability} is not between 0.5 and 1."
            raise UsageError(msg)
        if not 0.9 <= self.level < 1:  # noqa: PLR2004 - limits.boundary holds from there on
            msg = f"--level {self.level} is not between 0.9 and 1."
            raise UsageError(msg)
        if not self.target > 1:
            msg = f"--target {self.target} is not above 1."
            raise UsageError(msg)
        if self.metric is not None and self.metric != VALUE:
            metric_named(self.metric)


@needs(Action.READ)
def planned_power(ground: Ground, request: PowerRequest) -> list[PowerRow]:
    """Give the smallest detectable lift of a campaign and of each of its creators.

    Without a metric: the metric of the campaign's goal, and engagement beside it.
    """
    request.check()
    known = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
    planning = _Planning(Measurement(known), request)
    if request.campaign not in known.campaigns:
        msg = (
            f"There is no campaign {request.campaign!r} in this brand; see `truelift list "
            "campaigns`."
        )
        raise NotFound(msg)
    goal = known.campaigns[request.campaign]["goal"]
    usual = sorted({default_metric(goal).name, "engagement"})
    metrics = [request.metric] if request.metric else usual
    return [row for metric in metrics for row in planning.rows(metric)]


@dataclass
class _Planning:
    """One campaign's plan and baselines."""

    measurement: Measurement
    request: PowerRequest

    @property
    def _flight(self) -> tuple[Instant, Instant]:
        row = self.measurement.known.campaigns[self.request.campaign]
        return row["flight_start"], row["flight_end"]

    @cached_property
    def creators(self) -> list[str]:
        """Give who takes part: by an agreement, as treated participant, or live already."""
        known, campaign = self.measurement.known, self.request.campaign
        found = {row["creator"] for row in self._agreements}
        for row in known.rows("participants"):
            if row["campaign"] == campaign:
                (found.add if row["arm"] == "treated" else found.discard)(row["creator"])
        found |= {creator for name, creator in known.launches if name == campaign}
        return sorted(found)

    @property
    def _agreements(self) -> list[dict[str, Any]]:
        return [
            row
            for row in self.measurement.known.rows("agreements")
            if row["campaign"] == self.request.campaign and row["cancelled_on"] is None
        ]

    @cached_property
    def planned(self) -> dict[Unit, list[Instant | None]]:
        """Give when each planned post is due, per creator and platform; None: not said.

        A deliverable without a platform is on the creator's only one, if there is only one.
        """
        owner = {row["agreement"]: row["creator"] for row in self._agreements}
        platforms = self._platforms
        found: dict[Unit, list[Instant | None]] = defaultdict(list)
        for row in self.measurement.known.rows("deliverables"):
            creator = owner.get(row["agreement"])
            if creator is None:
                continue
            only = platforms[creator] if len(platforms[creator]) == 1 else {None}
            (platform,) = {row["platform"]} if row["platform"] else only
            if platform is not None:
                due = row["live_at"] or _noon(row["due_on"])
                found[creator, platform].append(due)
        return found

    @cached_property
    def _platforms(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for creator, platform in self.measurement.panels.posts.units:
            found[creator].add(platform)
        return found

    def rows(self, metric: str) -> list[PowerRow]:
        """Give the rows of a metric, the campaign first."""
        if metric in COUNT_METRICS:
            return self._count_rows(metric)
        return self._post_rows(metric)

    def _post_rows(self, metric: str) -> list[PowerRow]:
        units = self._units()
        sealed, baselines = self._baselines(metric, units)
        group, ages = self._ages(units)
        curves = self._curves(metric, units)
        controls, serving = self._controls(metric, units, group, ages)
        plan = power.post_plan(baselines, group, ages, curves)
        planned = np.bincount(group, minlength=len(units))
        limits = self._limits(metric, units, serving, (baselines, planned))
        likely = self._asked | {"controls": controls, "limits": limits}
        smallest = power.smallest_lift(plan, len(units), **likely)
        start, end = self._flight
        hours = (end - start) / HOUR
        needed = power.posts_needed(
            baselines, math.log(self.request.target), curves, hours, **likely
        )
        counts = np.bincount(group, minlength=len(units)).tolist()
        rows = []
        for at, (creator, platform) in enumerate(units):
            agreed = counts[at] > 0 or self.request.posts is not None
            missing = _missing(baselines, at, float(smallest[at])) if agreed else NO_PLAN
            rows.append(
                replace(
                    self._row(metric, creator, platform or None, missing),
                    sealed=sealed[at],
                    baseline_posts=int(baselines.n[at]) if platform else None,
                    planned_posts=counts[at] or None,
                    posts_needed=int(needed[at]) or None,
                    controls=serving[at],
                    limits=limits.kind(at),
                )
            )
        usable = [at for at, row in enumerate(rows) if isinstance(row.smallest, float)]
        asked = self._asked | {
            "controls": controls.take(np.array(usable, np.int64)),
            "limits": self._limits(metric, units, serving, (baselines, planned), usable),
        }
        whole = self._together(metric, plan, [units[at][0] for at in usable], usable, asked)
        first = next((row.smallest for row in rows if isinstance(row.smallest, Withheld)), NO_PLAN)
        whole = replace(
            whole,
            smallest=first if not usable else whole.smallest,
            sealed=bool(usable) and all(rows[at].sealed for at in usable),
            planned_posts=sum(counts[at] for at in usable),
            controls=max((serving[at] for at in usable), default=0),
            limits=asked["limits"].kind(0),
        )
        return [whole, *rows]

    @property
    def _asked(self) -> dict[str, Any]:
        return {"level": self.request.level, "probability": self.request.probability}

    def _limits(
        self,
        metric: str,
        units: Sequence[Unit],
        serving: Sequence[int],
        plan: tuple[Baselines, Integers],
        together: Sequence[int] | None = None,
    ) -> Limits:
        """Give the limits in force of each unit, or of some units together.

        plan: the baselines and the number of planned posts of each unit.
        """
        baselines, planned = plan
        rows = list(range(len(units))) if together is None else list(together)
        book = self.measurement.calibrations
        many = book.creators if together is None or len(rows) == 1 else book.campaign
        found = many(
            metric,
            [units[at][1] for at in rows],
            np.array(serving, np.int64)[rows] > 0,
            Baselined(baselines.q[rows], baselines.n[rows], planned[rows]),
        )
        return found if together is None or not rows else found.at(0)

    def _count_rows(self, metric: str) -> list[PowerRow]:
        names = self.creators
        sealed, records = self._histories(names)
        history = read_code_history(records, metric)
        start, end = self._flight
        days = (end - start) / dt.timedelta(days=1)
        plan = power.CountPlan(history, np.full(len(names), days))
        likely = self._asked | {"limits": THEORY}
        smallest = power.smallest_lift(plan, len(names), **likely)
        none = Withheld(
            NO_HISTORY[metric],
            f"no evergreen code or link has a history of {metric}; give out one before launch, or "
            "plan an experiment.",
        )
        rows = [
            replace(
                self._row(metric, name, None, none if math.isnan(lift) else lift),
                sealed=sealed[at],
                history_count=None if math.isnan(lift) else float(history.n[at]),
                history_days=None if math.isnan(lift) else round(float(history.days[at]), 2),
                planned_days=days,
            )
            for at, (name, lift) in enumerate(zip(names, smallest.tolist(), strict=True))
        ]
        usable = [at for at, row in enumerate(rows) if isinstance(row.smallest, float)]
        whole = self._together(metric, plan, [names[at] for at in usable], usable, likely)
        return [
            replace(
                whole,
                smallest=whole.smallest if usable else none,
                sealed=bool(usable) and all(rows[at].sealed for at in usable),
                history_count=float(np.sum(history.n[usable])) if usable else None,
                planned_days=days,
            ),
            *rows,
        ]

    def _together(
        self,
        metric: str,
        plan: power.Plan,
        names: list[str],
        usable: list[int],
        asked: dict[str, Any],
    ) -> PowerRow:
        """Give the campaign's row: what its measurable creators show together."""
        rows = plan.take(np.array(usable, dtype=np.int64))
        whole = power.smallest_campaign_lift(rows, len(usable), **asked) if usable else math.inf
        few = None
        if whole <= math.log(self.request.target):
            few = power.smallest_set(rows, names, math.log(self.request.target), **asked)
        return replace(self._row(metric, None, None, whole), together=few)

    def _row(
        self, metric: str, creator: str | None, platform: str | None, smallest: float | Withheld
    ) -> PowerRow:
        return PowerRow(
            campaign=self.request.campaign,
            creator=creator,
            platform=platform,
            metric=metric,
            smallest=smallest,
            level=self.request.level,
            probability=self.request.probability,
            target=self.request.target,
            limits=THEORY.kind(0),
            sealed=False,
        )

    def _units(self) -> list[Unit]:
        """Give who posts where: as planned, or with --posts where each creator has posts now."""
        if self.request.posts is None:
            found = {unit for unit in self.planned if unit[0] in self.creators}
        else:
            found = {(name, where) for name in self.creators for where in self._platforms[name]}
        named = {creator for creator, _ in found}
        return sorted(found | {(name, "") for name in self.creators if name not in named})

    def _ages(self, units: list[Unit]) -> tuple[Integers, Any]:
        """Give unit and age in hours at the flight's end of each planned post, oldest first."""
        start, end = self._flight
        hours = (end - start) / HOUR
        if self.request.posts is not None:
            known = [self.request.posts if platform else 0 for _, platform in units]
            return power.even_ages(np.array(known, np.int64), hours)
        groups, ages = [], []
        for at, unit in enumerate(units):
            due = self.planned.get(unit, [])
            _, even = power.even_ages(np.array([len(due)]), hours)
            mine = sorted(
                (
                    usual if when is None else (end - when) / HOUR
                    for when, usual in zip(due, even.tolist(), strict=True)
                ),
                reverse=True,
            )
            groups += [at] * len(mine)
            ages += mine
        return np.array(groups, np.int64), np.array(ages, np.float64)

    def _baselines(self, metric: str, units: list[Unit]) -> tuple[list[bool], Baselines]:
        """Give sealed baselines, else what the organic posts known now say."""
        campaign = self.request.campaign
        seals = [self.measurement.seals.get((campaign, c, metric, p)) for c, p in units]
        sealed = read_baselines([None if seal is None else seal.record for seal in seals])
        flags = [seal is not None for seal in seals]
        if all(flags):
            return flags, sealed
        now = self._estimated(metric, units)
        mask = np.array(flags, bool)
        columns = {
            name: np.where(mask, getattr(sealed, name), getattr(now, name)) for name in COLUMNS
        }
        return flags, replace(sealed, **columns)

    def _estimated(self, metric: str, units: Sequence[Unit]) -> Baselines:
        """Estimate baselines from organic posts known so far, as a seal would do it now."""
        known, campaign = self.measurement.known, self.request.campaign
        names = {creator for creator, _ in units}
        cuts = {name: known.launches.get((campaign, name), known.as_of) for name in names}
        place = {unit: at for at, unit in enumerate(self.measurement.panels.posts.units)}
        found = read_baselines([None] * len(units))
        for platform in sorted({platform for _, platform in units}):
            now = self._organic.baselines(platform, metric, campaign, cuts) if platform else None
            for at, unit in enumerate(units):
                if now is not None and unit[1] == platform and unit in place:
                    for name in COLUMNS:
                        getattr(found, name)[at] = getattr(now.baselines, name)[place[unit]]
        return found

    @cached_property
    def _organic(self) -> Organic:
        return Organic(self.measurement.panels)

    def _histories(self, names: list[str]) -> tuple[list[bool], list[dict[str, Any] | None]]:
        """Give each creator's history of codes and links: sealed, else as known now."""
        campaign, known = self.request.campaign, self.measurement.known
        panels = self.measurement.panels
        last = local_day(known.as_of, known.ground.brand.timezone)
        seals = [self.measurement.seals.get((campaign, name, CONVERSIONS, "")) for name in names]
        open_ = [
            name
            for name, seal in zip(names, seals, strict=True)
            if seal is None and name in panels.evergreen_since
        ]
        counted = count_baselines(panels, open_, last) if open_ else {}
        records: list[dict[str, Any] | None] = [
            {"counts": [_counted(item) for item in counted.get(name, ())]}
            if seal is None
            else seal.record
            for name, seal in zip(names, seals, strict=True)
        ]
        return [seal is not None for seal in seals], records

    def _curves(self, metric: str, units: Sequence[Unit]) -> list[AgeingCurve]:
        """Give each unit's ageing curve: the one that its seal names, else the platform's newest.

        Of the platform, whatever the format will be.
        """
        book, seals = self.measurement.curves, self.measurement.seals
        sealed = [seals.get((self.request.campaign, c, metric, p)) for c, p in units]
        return [
            (book.sealed(seal.record, metric) if seal else book.newest(platform, metric))[
                ANY_FORMAT
            ]
            for seal, (_, platform) in zip(sealed, units, strict=True)
        ]

    def _controls(
        self, metric: str, units: Sequence[Unit], group: Integers, ages: Floats
    ) -> tuple[PlannedControls, list[int]]:
        """Give what the controls of each unit's platform will add, and how many they are.

        Those of the campaign's control set who take no part themselves, each taken to post on as
        often as in the days before while the creators of the platform are live: from the first to
        the newest planned post of one, on the mean, and MARGIN on both sides.
        """
        start, end = self._flight
        live = np.bincount(group, minlength=len(units)) > 0
        last, first = np.full(len(units), np.inf), np.zeros(len(units))
        np.minimum.at(last, group, ages)
        np.maximum.at(first, group, ages)
        hours = np.where(live, first - np.where(live, last, 0.0), 0.0) + 2 * MARGIN / HOURS
        hours = np.minimum(hours, (end - start) / HOUR)
        found = self.measurement.panels.control_sets.of(self.request.campaign).names
        noise, nu = np.zeros(len(units)), np.full(len(units), np.inf)
        counts = [0] * len(units)
        for platform in sorted({platform for _, platform in units}):
            names = sorted(set(found.get(platform, ())) - set(self.creators))
            here = live & np.array([where == platform for _, where in units], bool)
            window = float(hours[here].mean()) if here.any() else 0.0
            pairs = [(name, platform) for name in names]
            expected = self._control_variances(metric, pairs, window)
            for at, unit in enumerate(units):
                if unit[1] == platform and len(expected[0]):
                    noise[at], nu[at] = power.planned_controls(*expected)
                    counts[at] = len(expected[0])
        return PlannedControls(noise, nu), counts

    def _control_variances(
        self, metric: str, units: Sequence[Unit], hours: float
    ) -> tuple[Floats, Floats]:
        """Give the variance of each control's own log lift at the end, and its degrees."""
        panels, known = self.measurement.panels, self.measurement.known
        posts = panels.posts
        recent = panels.organic & (posts.published_at >= np.datetime64(known.as_of - RECENT))
        rate = np.bincount(posts.unit[recent], minlength=len(posts.units))
        place = {unit: at for at, unit in enumerate(posts.units)}
        expected = [round(rate[place[unit]] * (hours * HOUR / RECENT)) for unit in units]
        baselines = self._estimated(metric, units)
        ages = power.even_ages(np.array(expected, np.int64), hours)
        variance = power.post_plan(baselines, *ages, self._curves(metric, units)).ratios.variance
        usable = np.isfinite(variance) & (baselines.n >= LEAST_BEFORE)
        return variance[usable], baselines.nu[usable]


def _missing(baselines: Baselines, at: int, smallest: float) -> float | Withheld:
    """Give the smallest lift, or what is missing for it."""
    if baselines.n[at] == 0:
        return NO_POSTS
    if not np.isfinite(baselines.level[at]):
        return ONE_POST if baselines.n[at] < LEAST_POSTS else ALL_ZERO
    return NO_TIME if math.isnan(smallest) else smallest


def _counted(item: Any) -> dict[str, Any]:  # noqa: ANN401 - a count baseline
    return {name: getattr(item, name) for name in ("metric", "n", "days", "usual_days", "phi")}


def _noon(day: dt.date | None) -> Instant | None:
    return None if day is None else dt.datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - naive UTC
