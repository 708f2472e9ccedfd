"""Seal: write down what each creator normally does, before the first sponsored post.

In:   the ground, and which campaign or creator.
Out:  sealed baselines kept for ever in the workspace database, and a verdict per creator.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truelift.base.errors import NotFound
from truelift.base.time import Instant
from truelift.measurement import ageing
from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.metric import engagement_rates, metric_named
from truelift.measurement.panel import PostPanel
from truelift.measurement.ragged import Floats
from truelift.measurement.seal import OrganicPosts, SealedBaseline, Terms, seal
from truelift.operations.counts import count_baselines
from truelift.operations.knowledge import Knowledge, knowledge, local_day
from truelift.operations.panels import VALUE, Panels
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

POST_METRICS = ("engagement", "views", VALUE)
CONVERSIONS = "conversions"


@dataclass(frozen=True, slots=True)
class SealVerdict:
    """What became of one creator's baseline in one campaign: sealed, already sealed or refused."""

    campaign: str
    creator: str
    verdict: str
    late: bool
    posts: int
    sha256: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A creator whose baseline is to be sealed for a campaign, and up to when posts count."""

    campaign: str
    creator: str
    until: Instant
    late: bool


def seal_baselines(
    ground: Ground, *, campaign: str | None = None, creator: str | None = None, late: bool = False
) -> list[SealVerdict]:
    """Seal every creator of the campaigns (or one), and say what became of each.

    A creator who has launched already is refused unless `late`; then only posts from before the
    launch are used, and every figure says late. A sealed record is never made again.
    """
    known = knowledge(ground)
    panels = Panels(known)
    now = ground.clock.now()
    with ground.workspace.transaction() as connection:
        kept = records.seals(connection, ground.brand.brand)
    sealed = {(item.campaign, item.creator): item for item in kept}
    verdicts: list[SealVerdict] = []
    candidates: list[Candidate] = []
    for pair in _pairs(known, panels, campaign, creator):
        launched = known.launches.get(pair)
        before = sealed.get(pair)
        if before is not None:
            words = f"sealed at {before.sealed_at} UTC already; a sealed record is never made again"
            verdicts.append(_verdict(pair, "already sealed", sha256=before.sha256, words=words))
        elif launched is not None and launched <= now and not late:
            words = (
                f"{pair[1]} launched in {pair[0]} at {launched} UTC; seal with --late to use only "
                "what came before (grade at best C, every figure says late)"
            )
            verdicts.append(_verdict(pair, "refused", words=words))
        else:
            is_late = launched is not None and launched <= now
            until = launched if launched is not None and is_late else now
            candidates.append(Candidate(*pair, until, is_late))
    verdicts += _seal_all(ground, panels, candidates, now)
    return sorted(verdicts, key=lambda item: (item.campaign, item.creator))


def _seal_all(
    ground: Ground, panels: Panels, candidates: Sequence[Candidate], now: Instant
) -> list[SealVerdict]:
    by_cut: dict[tuple[str, Instant], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_cut[candidate.campaign, candidate.until].append(candidate)
    verdicts = []
    with ground.workspace.transaction() as connection:
        for (_, until), group in by_cut.items():
            made = _posts_sealed(ground, panels, group, until, now)
            made += _counts_sealed(ground, panels, group, until, now)
            mine: dict[str, list[records.SealRecord]] = defaultdict(list)
            for item in made:
                records.keep_seal(connection, ground.brand.brand, item)
                mine[item.creator].append(item)
            verdicts += [_summary(candidate, mine[candidate.creator]) for candidate in group]
    return verdicts


def _posts_sealed(
    ground: Ground, panels: Panels, group: Sequence[Candidate], until: Instant, now: Instant
) -> list[records.SealRecord]:
    """Seal the post metrics of a group of creators that share a campaign and a cut."""
    organic = panels.posts.only(panels.organic & (panels.posts.published_at < np.datetime64(until)))
    wanted = {candidate.creator: candidate for candidate in group}
    followers = panels.followers(until)
    made = []
    for platform in sorted({unit[1] for unit in organic.units}):
        units = [index for index, unit in enumerate(organic.units) if unit[1] == platform]
        panel = _compact(organic, units)
        for name in POST_METRICS:
            counts = (
                panels.valued(panel, group[0].campaign)
                if name == VALUE
                else panel.counts(metric_named(name))
            )
            if np.isnan(counts).all():
                continue
            curve = ageing.default_curve("engagement" if name == VALUE else name)
            z, _ = ageing.reading(counts, panel.age_hours, curve)
            baselines = estimate_baselines(panel.unit, z, len(panel.units))
            for index, (creator, _) in enumerate(panel.units):
                if creator not in wanted:
                    continue
                terms = _terms(wanted[creator], name, platform, panels, now)
                terms = replace(terms, ageing_curve=curve.version)
                sealed = _one(
                    panel,
                    index,
                    z=z,
                    baselines=baselines,
                    terms=terms,
                    counts=counts,
                    followers=followers.get((creator, platform)),
                )
                made.append(_record(sealed, terms, now, ground))
    return made


def _one(
    panel: PostPanel,
    index: int,
    *,
    z: Floats,
    baselines: Baselines,
    terms: Terms,
    counts: Floats,
    followers: float | None,
) -> SealedBaseline:
    span = slice(*np.searchsorted(panel.unit, [index, index + 1]).tolist())
    rates = {}
    if terms.metric == "engagement":
        rates = engagement_rates(
            counts[span],
            followers=followers,
            reach=panel.counters["reach"][span],
            views=panel.counters["views"][span],
            impressions=panel.counters["impressions"][span],
        )
    posts = OrganicPosts(panel.post_ids[span].tolist(), panel.age_hours[span], z[span])
    return seal(terms, baselines, index, posts, engagement_rates=rates)


def _counts_sealed(
    ground: Ground, panels: Panels, group: Sequence[Candidate], until: Instant, now: Instant
) -> list[records.SealRecord]:
    """Seal the history of a group's evergreen codes and links."""
    names = [c.creator for c in group if c.creator in panels.evergreen_since]
    last = local_day(until, ground.brand.timezone) - dt.timedelta(days=1)
    baselines = count_baselines(panels, names, last)
    made = []
    nothing = estimate_baselines(np.zeros(0, np.int64), np.zeros(0), 1)
    no_posts = OrganicPosts([], np.zeros(0), np.zeros(0))
    for candidate in group:
        if baselines.get(candidate.creator):
            terms = _terms(candidate, CONVERSIONS, "", panels, now)
            counted = baselines[candidate.creator]
            sealed = seal(terms, nothing, 0, no_posts, counts=counted)
            made.append(_record(sealed, terms, now, ground))
    return made


def _pairs(
    known: Knowledge, panels: Panels, campaign: str | None, creator: str | None
) -> list[tuple[str, str]]:
    """Give (campaign, creator) of everybody who takes part; '' when there is no campaign at all."""
    pairs = {
        (row["campaign"], row["creator"])
        for kind in ("agreements", "codes", "links")
        for row in known.rows(kind)
        if row["campaign"] and row["creator"]
    }
    arms = {(row["campaign"], row["creator"]): row["arm"] for row in known.rows("participants")}
    pairs |= set(known.launches) | {pair for pair, arm in arms.items() if arm == "treated"}
    pairs -= {pair for pair, arm in arms.items() if arm != "treated"}
    if not known.campaigns:
        pairs = {("", unit[0]) for unit in panels.posts.units}
    for position, (name, asked) in enumerate((("campaign", campaign), ("creator", creator))):
        named = {row[name] for row in known.rows(f"{name}s")} | {pair[position] for pair in pairs}
        if asked is not None and asked not in named:
            msg = f"There is no {name} {asked!r} in this brand; see `truelift list {name}s`."
            raise NotFound(msg)
    return sorted(
        pair
        for pair in pairs
        if (campaign is None or pair[0] == campaign) and (creator is None or pair[1] == creator)
    )


def _compact(panel: PostPanel, units: list[int]) -> PostPanel:
    """Keep some units of a panel and number them from 0."""
    number = np.full(len(panel.units), -1, np.int64)
    number[units] = np.arange(len(units))
    kept = panel.only(number[panel.unit] >= 0)
    return replace(kept, units=tuple(panel.units[index] for index in units), unit=number[kept.unit])


def _terms(candidate: Candidate, metric: str, platform: str, panels: Panels, now: Instant) -> Terms:
    return Terms(
        creator=candidate.creator,
        campaign=candidate.campaign,
        metric=metric,
        platform=platform,
        window_start=panels.first_instant(candidate.creator, metric).isoformat(),
        window_end=candidate.until.isoformat(),
        sealed_at=now.isoformat(),
        sealed_by=panels.known.ground.person,
        late=candidate.late,
        controls=panels.controls_of(candidate.campaign),
        value_schedule=panels.value_schedule,
        source_hashes=panels.source_hashes,
    )


def _record(
    sealed: SealedBaseline, terms: Terms, now: Instant, ground: Ground
) -> records.SealRecord:
    return records.SealRecord(
        sha256=sealed.sha256,
        campaign=terms.campaign,
        creator=terms.creator,
        metric=terms.metric,
        platform=terms.platform,
        sealed_at=now,
        sealed_by=ground.person,
        recorded_at=now,
        record=sealed.record,
    )


def _verdict(
    pair: tuple[str, str],
    verdict: str,
    *,
    late: bool = False,
    posts: int = 0,
    sha256: str = "",
    words: str = "",
) -> SealVerdict:
    return SealVerdict(pair[0], pair[1], verdict, late, posts, sha256, words)


def _summary(candidate: Candidate, mine: Sequence[records.SealRecord]) -> SealVerdict:
    """Say what was sealed of a creator: `mine` are the creator's records of this campaign."""
    pair = (candidate.campaign, candidate.creator)
    if not mine:
        words = "no organic post and no evergreen code or link with history: nothing to seal"
        return _verdict(pair, "nothing to seal", late=candidate.late, words=words)
    posts = sum(item.record["posts"]["n"] for item in mine if item.metric == "engagement")
    what = ", ".join(f"{item.metric} {item.platform}".strip() for item in mine)
    return _verdict(
        pair, "sealed", late=candidate.late, posts=posts, sha256=mine[0].sha256, words=what
    )
