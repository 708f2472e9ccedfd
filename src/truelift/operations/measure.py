"""Measure: lift per creator and campaign, from sealed baselines, conversions and experiments.

In:   Knowledge (what is known as of a time).
Out:  Lifts: a figure or the reason why there is none, for each campaign, creator and metric.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from truelift.base.errors import UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.measurement.ageing import ANY_FORMAT, post_curves, reading
from truelift.measurement.calendar import Control
from truelift.measurement.calibration import Baselined
from truelift.measurement.controls import Windows, control_columns, joined
from truelift.measurement.counts import code_lift
from truelift.measurement.experiment import Incrementality
from truelift.measurement.figure import (
    LiftFigure,
    in_part,
    of_creator,
    of_experiment,
    of_many,
    take,
    together,
)
from truelift.measurement.followers import growth, newest
from truelift.measurement.lift import (
    CampaignPosts,
    Lifts,
    campaign_posts,
    creator_lift,
    sentence,
)
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.panel import Instants, PostPanel
from truelift.measurement.ragged import Floats, Integers, ragged
from truelift.measurement.random_effects import LIFT_SPREAD, pooled
from truelift.measurement.seal import (
    in_force,
    read_baselines,
    read_code_history,
    read_log_followers,
    read_weekdays,
    unheard,
    verify_seal,
)
from truelift.measurement.shrinkage import shrunk_lifts
from truelift.operations.ageing import CurveBook, curve_book
from truelift.operations.calibrations import CalibrationBook, calibration_book
from truelift.operations.count_controls import count_controls
from truelift.operations.counts import COUNT_METRICS, observed
from truelift.operations.experiments import factor_of
from truelift.operations.knowledge import Knowledge, local_day
from truelift.operations.metric_breaks import broken, sealed_eras, sentences, withheld_for
from truelift.operations.panels import Panels
from truelift.operations.seal import CONVERSIONS
from truelift.store import workspace_database as records
from truelift.store.workspace_database import SealRecord

Figures = Mapping[str | None, LiftFigure | Withheld]
"""A figure per creator; the key None is the campaign as a whole."""

LaunchWindows = Mapping[str, tuple[Instant, dt.date]]
"""Of each creator of a campaign: the launch and the last day that counts."""

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The lifts of a campaign in one metric, a row per creator on a platform; who, and if late.

    boosted: whose posts are left out since what was paid for cannot be told apart, one per post.
    whole: the limits of the campaign as a whole.
    told: what more there is to say of each row's reason, empty where nothing.
    """

    lifts: Lifts
    creators: list[str]
    late: list[bool]
    boosted: tuple[str, ...] = ()
    whole: Limits = THEORY
    told: tuple[str, ...] = ()

    def figures(self, metric: str) -> Figures:
        """Say the lift of each creator (their platforms together) and of all of them."""
        found = _figures(self.lifts, self.creators, self.late, metric, self.whole)
        found = {
            name: _with_told(figure, self.told_of({name} if name else {*self.creators}))
            for name, figure in found.items()
        }
        return _without_boosted(found, self.boosted)

    def told_of(self, creators: Collection[str]) -> list[str]:
        """Give what there is to say of the reasons of some creators, each sentence once."""
        told = zip(self.creators, self.told, strict=False)
        return [words for name, words in told if name in creators and words]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MeasuredPosts(Measured):
    """Lifts that were read off posts, with the posts; their group is the row.

    platforms: of each row.
    """

    platforms: list[str]
    posts: CampaignPosts


@dataclass
class Measurement:
    """Lift of every campaign, each metric measured when first asked for."""

    known: Knowledge

    @cached_property
    def panels(self) -> Panels:
        """Give posts and counts arranged as columns."""
        return Panels(self.known)

    @cached_property
    def curves(self) -> CurveBook:
        """Give the ageing curves known."""
        return curve_book(self.known)

    @cached_property
    def seals(self) -> dict[tuple[str, str, str, str], SealRecord]:
        """Give sealed baselines by (campaign, creator, metric, platform), each verified."""
        with self.known.ground.workspace.transaction() as connection:
            brand = self.known.ground.brand.brand
            kept = records.seals(connection, brand, self.known.known_at)
        for item in kept:
            verify_seal(item.record, item.sha256)
        stands = in_force([item.record for item in kept], [item.sha256 for item in kept])
        return {
            (item.campaign, item.creator, item.metric, item.platform): item
            for item, yes in zip(reversed(kept), reversed(stands), strict=True)
            if yes
        }

    @cached_property
    def calibrations(self) -> CalibrationBook:
        """Give the calibrations as known."""
        return calibration_book(self.known)

    def is_late(self, seal: SealRecord | None, campaign: str, creator: str) -> bool:
        """Say whether a baseline was sealed after its creator's launch."""
        launched = self.known.launches.get((campaign, creator))
        if seal is None or launched is None:
            return False
        return bool(seal.record["late"]) or seal.sealed_at > launched

    def lift(self, campaign: str, metric: str) -> Figures:
        """Give the lift of a campaign's creators in a metric, and of the campaign as a whole."""
        found = self.measured(campaign, metric)
        return found.figures(metric) if isinstance(found, Measured) else found

    def lift_of(self, pairs: Collection[tuple[str, str]], metric: str) -> LiftFigure | Withheld:
        """Give the lift of some creators in their campaigns together: a cohort, a programme.

        pairs: (campaign, creator). Withheld where one of them rests on an experiment, whose factor
        is the campaign's own.
        """
        tables, late, boosted, told = [], False, 0, []
        for campaign in sorted({campaign for campaign, _ in pairs}):
            found = self.measured(campaign, metric)
            if isinstance(found, Measured):
                rows = [i for i, name in enumerate(found.creators) if (campaign, name) in pairs]
                late |= any(found.late[row] for row in rows)
                tables += [take(found.lifts, rows)] if rows else []
                told += found.told_of({name for place, name in pairs if place == campaign})
                boosted += sum((campaign, name) in pairs for name in found.boosted)
            elif any(isinstance(figure, LiftFigure) for figure in found.values()):
                words = f"{campaign} rests on an experiment; ask with --by campaign."
                return Withheld(Reason.NOT_AT_THIS_LEVEL, words)
        if not tables:
            return Withheld(Reason.NOT_OBSERVED, sentence(Reason.NOT_OBSERVED))
        whole = _with_told(of_many(together(tables), metric, late=late), told)
        return _with_boosted(whole, boosted) if boosted else whole

    def measured_posts(self, campaign: str, metric: str) -> MeasuredPosts:
        """Measure a campaign in a metric of posts once, and give the posts too."""
        found = self.measured(campaign, metric)
        if not isinstance(found, MeasuredPosts):
            msg = f"{metric} is not counted on posts."
            raise UsageError(msg)
        return found

    def measured(self, campaign: str, metric: str) -> Measured | Figures:
        """Measure a campaign once; figures where an experiment gives them."""
        if (campaign, metric) not in self._kept:
            measure = self._count_lift if metric in COUNT_METRICS else self._post_lift
            self._kept[campaign, metric] = measure(campaign, metric)
        return self._kept[campaign, metric]

    @cached_property
    def _kept(self) -> dict[tuple[str, str], Measured | Figures]:
        return {}

    def _post_lift(self, campaign: str, metric: str) -> MeasuredPosts:
        mask = self.panels.sponsored_in(campaign)
        panel, share = self.panels.posts.only(mask), self.panels.shares_in(campaign)[mask]
        present = sorted(set(panel.unit.tolist()))
        number = {unit: index for index, unit in enumerate(present)}
        units = [panel.units[unit] for unit in present]
        keys = [(campaign, creator, metric, platform) for creator, platform in units]
        sealed = [self.seals.get(key) for key in keys]
        late = [self.is_late(s, campaign, u[0]) for s, u in zip(sealed, units, strict=True)]
        group = np.array([number[unit] for unit in panel.unit.tolist()], np.int64)
        counts = self.panels.counts(panel, metric, campaign)
        kept = [None if item is None else item.record for item in sealed]
        curves = [self.curves.sealed(record, metric) for record in kept]
        curve = post_curves(curves, group, self.panels.formats(panel))
        followers = read_log_followers(kept)[group]
        posts = campaign_posts(
            group, counts, panel.age_hours, curve, panel.first_age_hours,
            offset=growth(self.panels.followers, panel.unit, panel.published_at, followers),
        )  # fmt: skip
        own = sealed_eras(self.panels, metric, units, sealed)
        broke = broken(self.panels.eras(panel, metric), counts, group, own)
        posts = replace(posts, z=np.where(broke[group], np.nan, posts.z))
        baselines = read_baselines(kept)
        windows = _windows(posts, panel.published_at, sealed)
        control = self._control(campaign, metric, units, windows, sealed)
        read = np.bincount(group[np.isfinite(posts.z)], minlength=len(units))
        based = Baselined(baselines.q, baselines.n, read)
        platforms = [unit[1] for unit in units]
        limits = self.calibrations.creators(metric, platforms, control.any, based)
        lifts = creator_lift(
            baselines, posts, control=control, late=np.array(late, bool), limits=limits
        )
        lifts = replace(lifts, reason=withheld_for(lifts.reason, broke))
        if share.min(initial=1.0) < 1:
            lifts = in_part(lifts, _weighted(share, np.nan_to_num(counts), group, len(units)))
        whole = self.calibrations.campaign(metric, platforms, control.any, based)
        left_out = panel.unit[panel.boosted & np.isnan(counts)].tolist()
        boosted = tuple(panel.units[unit][0] for unit in left_out)
        return MeasuredPosts(
            lifts=lifts,
            creators=[unit[0] for unit in units],
            late=late,
            boosted=boosted,
            whole=whole,
            told=tuple(
                words or unheard(record)
                for words, record in zip(
                    sentences(self.panels, metric, units, sealed, lifts.reason), kept, strict=True
                )
            ),
            platforms=[unit[1] for unit in units],
            posts=posts,
        )

    def _control(
        self,
        campaign: str,
        metric: str,
        units: Sequence[tuple[str, str]],
        windows: Windows,
        sealed: Sequence[SealRecord | None],
    ) -> Control:
        """Give the controls' statistic over each unit's window; controls are of the same platform.

        What a unit's own seal says serves it: the controls it names (those of the rule as it is
        known now where it names none), its curves and its drift. Units whose seals say the same
        are looked at together; a seal made anew moves nobody else.
        """
        sets = self.panels.control_sets
        found = sets.of(campaign)
        parts = []
        eras = sealed_eras(self.panels, metric, units, sealed).tolist()
        keys = [
            (unit[1], era, *_terms(item.record if item else None))
            for unit, era, item in zip(units, eras, sealed, strict=True)
        ]
        for key in sorted(set(keys)):
            platform, era, controls, _, _ = key
            rows = np.flatnonzero([mine == key for mine in keys])
            names = {*controls} - sets.excluded(campaign) or found.names.get(platform, ())
            read = partial(self._reading, metric, campaign, era, sealed[int(rows[0])])
            posts = sets.posts_of(campaign, platform, names, read)
            place = {name: index for index, name in enumerate(posts.names)}
            own = np.array([place.get(units[row][0], -1) for row in rows.tolist()], np.int64)
            parts.append((rows, control_columns(windows.take(rows, own), posts)))
        return joined(parts, len(units), found.rule)

    def _reading(
        self, metric: str, campaign: str, era: int, seal: SealRecord | None, panel: PostPanel
    ) -> tuple[Floats, Floats]:
        """Read control posts of one platform with the curves that its units' seals name.

        Only those that were counted as the baselines were: controls never splice a metric either.
        """
        named = self.curves.sealed(seal.record if seal else None, metric)
        one = np.zeros(len(panel), np.int64)
        curve = post_curves([named], one, self.panels.formats(panel))
        counts = self.panels.counts(panel, metric, campaign)
        counts = np.where(self.panels.eras(panel, metric) == era, counts, np.nan)
        z, tau2 = reading(counts, panel.age_hours, curve)
        # Controls are compared with themselves, so any count of their own will do to start from.
        followers = self.panels.followers
        reference = newest(followers, len(panel.units))[panel.unit]
        return z - growth(followers, panel.unit, panel.published_at, reference), tau2

    def _count_lift(self, campaign: str, metric: str) -> Measured | Figures:
        experiment = factor_of(self.known, self.panels, campaign, metric)
        windows = {
            creator: (launched, self._last_day(campaign, creator, metric, launched))
            for (name, creator), launched in self.known.launches.items()
            if name == campaign
        }
        if not windows:
            return {None: Withheld(Reason.NOT_OBSERVED, sentence(Reason.NOT_OBSERVED))}
        measured = self._over_history(campaign, metric, windows)
        if isinstance(experiment, Incrementality):
            return self._by_factor(experiment, campaign, metric, measured)
        return measured

    def _over_history(self, campaign: str, metric: str, windows: LaunchWindows) -> Measured:
        """Compare counts with the sealed history of the creators' own codes and links."""
        sealed = {name: self.seals.get((campaign, name, CONVERSIONS, "")) for name in windows}
        records = {name: None if s is None else s.record for name, s in sealed.items()}
        weekdays = {name: read_weekdays(record, metric) for name, record in records.items()}
        found = observed(self.panels, campaign, metric, windows, weekdays)
        creators = list(found)
        late = [self.is_late(sealed[name], campaign, name) for name in creators]
        lifts = code_lift(
            read_code_history([records[name] for name in creators], metric),
            np.array([found[name].units for name in creators]),
            np.array([found[name].days for name in creators]),
            metric=metric,
            control=count_controls(self.panels, campaign, metric, windows, records),
            late=np.array(late, bool),
        )
        return Measured(lifts, creators, late)

    def _by_factor(
        self, factor: Incrementality, campaign: str, metric: str, measured: Measured
    ) -> Figures:
        """Split all that was tracked by a campaign's factor; creators as far as they are alike.

        What their own histories say of how they differ is moderated by what is usual.
        """
        endless = {
            name: (self.known.launches[campaign, name], dt.date.max) for name in measured.creators
        }
        tracked = observed(self.panels, campaign, metric, endless, {})
        lifts = measured.lifts
        own = pooled(lifts.log[None, :], lifts.ratios.variance[None, :], LIFT_SPREAD)
        several = int(own.count[0]) > 1
        between = float(own.between[0]) if several else LIFT_SPREAD.between
        degrees = LIFT_SPREAD.degrees + max(int(own.count[0]) - 1, 0)
        each = factor if len(tracked) == 1 else factor.of_one(between, degrees)
        figures: dict[str | None, LiftFigure | Withheld] = {
            creator: of_experiment(each, metric, counted.units)
            for creator, counted in tracked.items()
        }
        whole = sum(counted.units for counted in tracked.values())
        return figures | {None: of_experiment(factor, metric, whole)}

    @cached_property
    def _launched(self) -> dict[str, list[tuple[str, Instant]]]:
        """Give the campaigns that each creator launched in, and when."""
        found: dict[str, list[tuple[str, Instant]]] = defaultdict(list)
        for (campaign, creator), at in self.known.launches.items():
            found[creator].append((campaign, at))
        return found

    def _last_day(self, campaign: str, creator: str, metric: str, launched: Instant) -> dt.date:
        """Give the last day of a creator's window: of the flight or of the data.

        A later campaign in which the creator launched owns the evergreen codes from then on, so the
        window ends on the day before.
        """
        zone = self.known.ground.brand.timezone
        ends = [local_day(self.known.as_of, zone)]
        if campaign in self.known.campaigns:
            ends.append(self.known.campaigns[campaign]["ends"])
        ends += [
            local_day(later, zone) - DAY
            for name, later in self._launched[creator]
            if name != campaign and later > launched
        ]
        return self.panels.looked_until(metric, min(ends))


def _windows(
    posts: CampaignPosts, published_at: Instants, sealed: Sequence[SealRecord | None]
) -> Windows:
    """Give where each unit's baseline was cut, and its first and newest post with a reading."""
    usable = np.isfinite(posts.z)
    mine, at = ragged(posts.group[usable], len(sealed)), published_at[usable]
    first, last, cut = np.full((3, len(sealed)), np.datetime64("NaT", "us"))
    has = mine.count > 0
    first[has], last[has] = at[mine.start[has]], at[(mine.start + mine.count - 1)[has]]
    drift = np.full(len(sealed), np.nan)
    for index, item in enumerate(sealed):
        if item is not None and item.record["estimate"] and has[index]:
            cut[index] = np.datetime64(item.record["window_end"], "us")
            drift[index] = item.record["estimate"]["q"]
    return Windows(np.full(len(sealed), -1, np.int64), cut, first, last, drift)


def _terms(
    record: Mapping[str, Any] | None,
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], float]:
    """Give what a seal says of how controls are read: their names, the curves, the drift.

    -1 is the drift of a seal without an estimate: no control is ever compared with it.
    """
    if record is None:
        return (), (), -1.0
    curves = {ANY_FORMAT: record["ageing_curve"]} | record.get("ageing_curves", {})
    drift = float(record["estimate"]["q"]) if record["estimate"] else -1.0
    return tuple(sorted(record["controls"])), tuple(sorted(curves.items())), drift


def _without_boosted(figures: Figures, creators: Sequence[str]) -> Figures:
    """Say on each figure how many boosted posts are left out; creators: whose, one per post."""
    number: dict[str | None, int] = {name: creators.count(name) for name in set(creators)}
    number[None] = len(creators)
    return {
        name: _with_boosted(figure, number[name]) if number.get(name) else figure
        for name, figure in figures.items()
    }


def _with_boosted(figure: LiftFigure | Withheld, posts: int) -> LiftFigure | Withheld:
    if isinstance(figure, LiftFigure):
        return replace(figure, boosted=posts)
    words = f"{posts} boosted posts are left out: what was paid for cannot be told apart."
    return replace(figure, detail=f"{figure.detail} {words}".strip())


def _with_told(figure: LiftFigure | Withheld, told: Sequence[str]) -> LiftFigure | Withheld:
    """Add to a withheld figure what there is to say of its reason, each sentence once."""
    if isinstance(figure, LiftFigure):
        return figure
    return replace(figure, detail=" ".join(dict.fromkeys([figure.detail, *told])).strip())


def _weighted(share: Floats, counts: Floats, group: Integers, groups: int) -> Floats:
    """Give each group's mean share, weighted by counts; 1 where nothing was counted."""
    whole = np.bincount(group, weights=counts, minlength=groups)
    part = np.bincount(group, weights=counts * share, minlength=groups)
    mean: Floats = np.divide(part, whole, out=np.ones(groups), where=whole > 0)
    return mean


def _figures(
    lifts: Lifts, creators: list[str], late: list[bool], metric: str, whole: Limits = THEORY
) -> Figures:
    """Say the lift of each creator (their platforms together) and of all of them.

    whole: the limits of a whole campaign; a creator who is alone in one keeps its own.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for index, creator in enumerate(creators):
        rows[creator].append(index)
    figures: dict[str | None, LiftFigure | Withheld] = {}
    shrunk = shrunk_lifts(lifts, creators)
    for creator, mine in rows.items():
        is_late = any(late[row] for row in mine)
        if len(mine) == 1:
            figure = of_creator(lifts.row(mine[0]), metric, late=is_late)
        else:
            figure = of_many(take(lifts, mine), metric, late=is_late)
        if isinstance(figure, LiftFigure):
            figure = replace(figure, shrunk=shrunk.get(creator))
        figures[creator] = figure
    if creators:
        figures[None] = of_many(lifts, metric, late=any(late), limits=whole)
    else:
        figures[None] = Withheld(Reason.NOT_OBSERVED, sentence(Reason.NOT_OBSERVED))
    return figures
