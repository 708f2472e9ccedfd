"""Doubt: the checks on the lift of a campaign and its creators.

In:   the ground, a campaign, a creator or all, a metric or the campaign's own.
Out:  rows of reports.doubt: one per check of the campaign, and one per creator and platform.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.errors import NotFound
from truelift.base.time import Instant
from truelift.measurement.baseline import Baselines
from truelift.measurement.calendar import Control
from truelift.measurement.checks.finding import Finding, not_run
from truelift.measurement.checks.history import History, history
from truelift.measurement.checks.leave_one_out import CHECK as LEAVE_ONE_OUT
from truelift.measurement.checks.leave_one_out import leave_one_out
from truelift.measurement.checks.overlap import Window, overlap
from truelift.measurement.checks.placebo_in_time import placebo_in_time
from truelift.measurement.checks.pre_trend import pre_trend
from truelift.measurement.checks.regression_to_mean import regression_to_mean
from truelift.measurement.checks.sensitivity import (
    Terms,
    campaign_sensitivity,
    sensitivity,
    settings,
)
from truelift.measurement.checks.spill_over import Audiences, Tie, audience_ties, spill_over
from truelift.measurement.checks.variance_shift import variance_shift
from truelift.measurement.controls import joined
from truelift.measurement.lift import CampaignPosts
from truelift.measurement.limits import Limits
from truelift.measurement.metric import DEFAULT_METRIC, metric_named
from truelift.measurement.panel import Instants
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.measurement.seal import read_baselines
from truelift.operations.counts import COUNT_METRICS
from truelift.operations.knowledge import Knowledge, knowledge, midnight
from truelift.operations.measure import Measured, Measurement
from truelift.operations.panels import VALUE
from truelift.operations.people import Action, needs
from truelift.operations.shared_audience import counted_audiences
from truelift.reports.doubt import DoubtHeader, DoubtRow, sorted_rows
from truelift.store.ground import Ground
from truelift.store.workspace_database import SealRecord

USUAL = "engagement"
"""The metric whose posts are looked at where the campaign's own metric is a count by code."""

_HANDLE = re.compile(r"@([\w.]+)")


@needs(Action.READ)
def doubt(
    ground: Ground,
    campaign: str,
    *,
    creator: str | None = None,
    metric: str | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> tuple[DoubtHeader, list[DoubtRow]]:
    """Check the lift of a campaign; NotFound for a campaign or creator that nothing names.

    metric: None takes the metric that the campaign's goal leads with, and engagement for the
    checks that need posts where that one has none. creator: only this creator's lines and the
    campaign's own; verdicts are those of the whole list.
    """
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    doubts = Doubts(Measurement(known), campaign)
    if campaign not in known.campaigns and not doubts.creators:
        msg = f"There is no campaign {campaign!r} in this brand; see `truelift list campaigns`."
        raise NotFound(msg)
    if creator is not None and creator not in doubts.creators:
        msg = f"There is no creator {creator!r} in campaign {campaign!r}; see `truelift baselines`."
        raise NotFound(msg)
    rows = [row for row in doubts.rows(metric) if creator is None or row.creator in {None, creator}]
    brand = ground.brand
    header = DoubtHeader(brand.brand, brand.currency, brand.timezone, known.as_of, known.known_at)
    return header, sorted_rows(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What the checks on posts look at: units (creator, platform), and their columns."""

    units: Sequence[tuple[str, str]]
    past: History
    published_at: Instants
    sealed: Baselines
    posts: CampaignPosts
    control: Control
    limits: Limits
    whole: Limits


@dataclass
class Doubts:
    """The checks of one campaign."""

    measurement: Measurement
    campaign: str

    @property
    def known(self) -> Knowledge:
        """Give what is known."""
        return self.measurement.known

    @cached_property
    def creators(self) -> list[str]:
        """Name everybody who has launched in the campaign or whose baseline is sealed for it."""
        sealed = {key[1] for key in self.measurement.seals if key[0] == self.campaign}
        launched = {name for campaign, name in self.known.launches if campaign == self.campaign}
        return sorted(sealed | launched)

    def rows(self, metric: str | None) -> list[DoubtRow]:
        """Run every check."""
        goal = self.known.campaigns.get(self.campaign, {}).get("goal")
        leading = metric or DEFAULT_METRIC.get(goal or "", USUAL)
        metric_named(leading) if leading != VALUE else None
        rows = [self._row(None, None, leading, self._leave_one_out(leading))]
        rows.append(self._row(None, None, None, self._spill_over()))
        rows += [self._row(name, None, None, self._overlap(name)) for name in self.creators]
        if leading not in COUNT_METRICS:
            rows += self._on_posts(leading)
        elif metric is None:
            rows.append(self._row(None, None, USUAL, self._leave_one_out(USUAL)))
            rows += self._on_posts(USUAL)
        return rows

    def _row(
        self, creator: str | None, platform: str | None, metric: str | None, found: Finding
    ) -> DoubtRow:
        return DoubtRow(self.campaign, creator, platform, metric, found)

    def _leave_one_out(self, metric: str) -> Finding:
        if metric in COUNT_METRICS:
            found = self.measurement.measured(self.campaign, metric)
            if not isinstance(found, Measured):
                return not_run(LEAVE_ONE_OUT, "no creator's codes or links are measured.")
            return leave_one_out(found.lifts, found.creators, found.whole)
        lifted = self.measurement.measured_posts(self.campaign, metric)
        return leave_one_out(lifted.lifts, lifted.creators, lifted.whole)

    def _on_posts(self, metric: str) -> list[DoubtRow]:
        """Run the checks that look at posts, for every creator and platform."""
        seen = self._examined(metric)
        count = np.bincount(seen.posts.group, minlength=len(seen.units))
        tried = settings(
            seen.past, seen.sealed, seen.posts, Terms(limits=seen.limits, control=seen.control)
        )
        before, signed = self._signing(seen)
        found = [self._row(None, None, metric, campaign_sensitivity(tried, seen.whole))]
        for findings in (
            placebo_in_time(seen.past, count),
            pre_trend(seen.past, count),
            regression_to_mean(seen.past, before, signed),
            sensitivity(seen.past, tried),
            variance_shift(seen.past, seen.posts),
        ):
            found += [
                self._row(creator, platform, metric, finding)
                for (creator, platform), finding in zip(seen.units, findings, strict=True)
            ]
        return found

    def _examined(self, metric: str) -> Examined:
        """Gather the sealed posts of every unit, and its campaign posts."""
        lifted = self.measurement.measured_posts(self.campaign, metric)
        live = list(zip(lifted.creators, lifted.platforms, strict=True))
        sealed = {
            (creator, platform): item
            for (campaign, creator, name, platform), item in self.measurement.seals.items()
            if campaign == self.campaign and name == metric
        }
        units = sorted(sealed.keys() | set(live))
        place = {unit: index for index, unit in enumerate(units)}
        moved = np.array([place[unit] for unit in live], np.int64)
        records = [sealed.get(unit) for unit in units]
        group, z, ids = _sealed_posts(records)
        q, nu0, s02 = (_estimates(records, name) for name in ("q", "nu0", "s02"))
        keys = [(units[unit][1], post) for unit, post in zip(group.tolist(), ids, strict=True)]
        posts = lifted.posts
        return Examined(
            units=units,
            sealed=read_baselines([None if each is None else each.record for each in records]),
            past=history(group, z, q, nu0, s02),
            published_at=self._published(keys),
            posts=replace(posts, group=moved[posts.group]),
            control=joined([(moved, lifted.lifts.control)], len(units), lifted.lifts.control.rule),
            limits=_spread(lifted.lifts.limits, moved, len(units)),
            whole=lifted.whole,
        )

    def _published(self, keys: Sequence[tuple[str, str]]) -> Instants:
        """Give when posts were published, by (platform, post id); NaT for one that is unknown."""
        panel = self.measurement.panels.posts
        wanted = pa.array(sorted({post for _, post in keys}), pa.string())
        named = pc.is_in(pa.array(panel.post_ids, pa.string()), value_set=wanted)
        found = panel.only(np.asarray(named))
        platforms = [panel.units[unit][1] for unit in found.unit.tolist()]
        pairs = zip(platforms, found.post_ids.tolist(), strict=True)
        at = dict(zip(pairs, found.published_at, strict=True))
        never = np.datetime64("NaT", "us")
        return np.array([at.get(key, never) for key in keys], "datetime64[us]")

    def _signing(self, seen: Examined) -> tuple[Booleans, Booleans]:
        """Say which posts came before their creator signed, and for whom the day is known."""
        zone = self.known.ground.brand.timezone
        days: dict[str, dt.date] = {}
        for row in self.known.rows("agreements"):
            if row["campaign"] == self.campaign:
                earlier = days.get(row["creator"], row["signed_on"])
                days[row["creator"]] = min(earlier, row["signed_on"])
        signed = np.array([creator in days for creator, _ in seen.units], bool)
        never = np.datetime64("NaT", "us")
        at = np.array(
            [
                np.datetime64(midnight(days[creator], zone), "us") if creator in days else never
                for creator, _ in seen.units
            ],
            "datetime64[us]",
        )
        before: Booleans = seen.published_at < at[seen.past.posts.group]
        return before, signed

    def _overlap(self, creator: str) -> Finding:
        windows = {
            campaign: Window(campaign, at, max(self.known.campaigns[campaign]["flight_end"], at))
            for (campaign, name), at in self.known.launches.items()
            if name == creator and campaign in self.known.campaigns
        }
        others = [window for campaign, window in windows.items() if campaign != self.campaign]
        mine = self._posts_of.get(creator, [])
        return overlap(
            windows.get(self.campaign),
            others,
            self._foreign.get(creator, []),
            posts=len(mine),
            shared=sum(len(campaigns) > 1 for campaigns in mine),
        )

    @cached_property
    def _posts_of(self) -> dict[str, list[set[str]]]:
        """Give the campaigns of every post of this campaign, by creator."""
        campaigns: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.known.sponsored.to_pylist():
            campaigns[row["platform"], row["post_id"]].add(row["campaign"])
        panels = self.measurement.panels
        mine = panels.posts.only(panels.sponsored_in(self.campaign))
        found: dict[str, list[set[str]]] = defaultdict(list)
        for unit, post in zip(mine.unit.tolist(), mine.post_ids.tolist(), strict=True):
            creator, platform = mine.units[unit]
            found[creator].append(campaigns[platform, post])
        return found

    @cached_property
    def _foreign(self) -> dict[str, list[Instant]]:
        """Give when each creator published for other brands."""
        found: dict[str, list[Instant]] = defaultdict(list)
        table = self.known.readings.select(["creator", "published_at", "sponsored_by"])
        for row in table.filter(pc.is_valid(table["sponsored_by"])).to_pylist():
            found[row["creator"]].append(row["published_at"])
        return found

    def _spill_over(self) -> Finding:
        controls = [
            name
            for name in self.measurement.panels.controls_of(self.campaign)
            if name not in self.creators
        ]
        if not controls:
            return spill_over(controls, [])
        people, common = counted_audiences(self.known, [*controls, *self.creators])
        everybody = self.known.read("measurement.known_people", shares=self.known.shares)
        audiences = Audiences(everybody["people"][0].as_py(), people, common)
        ties = audience_ties(audiences, controls, self.creators)
        return spill_over(controls, ties + self._named_ties(set(controls), set(self.creators)))

    def _named_ties(self, controls: set[str], treated: set[str]) -> list[Tie]:
        """Count posts made together and mentions between a control and a treated creator."""
        owner = {
            (row["platform"], row["handle"].lower()): row["creator"]
            for row in self.known.rows("profiles")
        }
        counted: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)

        def note(row: dict[str, str], names: Sequence[str], kind: str) -> None:
            for name in names:
                handle = name.strip().lstrip("@")
                other = owner.get((row["platform"], handle.lower()), handle)
                for control, maker in ((row["creator"], other), (other, row["creator"])):
                    if control in controls and maker in treated:
                        counted[control, maker, kind].add((row["platform"], row["post_id"]))

        for row in self.known.read(
            "measurement.named_in_posts", readings=self.known.readings
        ).to_pylist():
            note(row, (row["collaborators"] or "").split(";"), "post together")
            named = [*_HANDLE.findall(row["caption"] or ""), *([row["tag"]] if row["tag"] else [])]
            note(row, named, "mention")
        return [Tie(*key, len(posts)) for key, posts in sorted(counted.items())]


def _sealed_posts(records: Sequence[SealRecord | None]) -> tuple[Integers, Floats, list[str]]:
    """Give the posts that records list: unit, reading and post id, flat."""
    listed = [[] if item is None else item.record["posts"].get("rows", []) for item in records]
    group = np.repeat(np.arange(len(records), dtype=np.int64), [len(rows) for rows in listed])
    flat = [row for rows in listed for row in rows]
    z = np.array([row["z"] for row in flat], dtype=np.float64)
    return group, z, [row["post_id"] for row in flat]


def _spread(limits: Limits, rows: Integers, units: int) -> Limits:
    """Put the limits in force at the rows that they hold for; theory's elsewhere."""
    factor, shape, calibrated = np.ones(units), np.zeros(units), np.zeros(units, bool)
    factor[rows], shape[rows] = limits.factor, limits.shape
    calibrated[rows] = limits.calibrated
    return Limits(factor, shape, calibrated)


def _estimates(records: Sequence[SealRecord | None], name: str) -> Floats:
    estimates = [{} if item is None else item.record["estimate"] or {} for item in records]
    return np.array([each.get(name, np.nan) for each in estimates], dtype=np.float64)
