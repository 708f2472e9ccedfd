"""Seal: write down what each creator normally does, before the first sponsored post.

In:   the ground, and which campaign or creator.
Out:  sealed baselines kept for ever in the workspace database, and a verdict per creator.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Instant
from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.metric import ENGAGEMENT_BASES, engagement_rates
from truelift.measurement.metric_breaks import newest_break
from truelift.measurement.seal import (
    Correction,
    OrganicPosts,
    SealedBaseline,
    Terms,
    in_force,
    same_content,
    seal,
)
from truelift.operations.ageing import versions
from truelift.operations.counts import count_baselines
from truelift.operations.knowledge import Knowledge, knowledge, local_day
from truelift.operations.organic import Organic, OrganicBaselines
from truelift.operations.panels import VALUE, Panels
from truelift.operations.people import Action, needs
from truelift.store import workspace_database as records
from truelift.store.ground import Ground

POST_METRICS = ("engagement", "views", VALUE)
CONVERSIONS = "conversions"

_NO_BASELINES = estimate_baselines(np.zeros(0, np.int64), np.zeros(0), 1)
_NO_POSTS = OrganicPosts([], np.zeros(0), np.zeros(0))


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
    """A creator whose baseline is to be sealed for a campaign, and up to when posts count.

    reason: why it is sealed again, empty when it is the first time. before: the records that then
    stand, by metric and platform.
    """

    campaign: str
    creator: str
    until: Instant
    late: bool
    reason: str = ""
    before: Mapping[tuple[str, str], records.SealRecord] = field(default_factory=dict)

    def correction(self, metric: str, platform: str) -> Correction | None:
        """Say what a new record of this creator supersedes and why, None for a first sealing."""
        if not self.reason:
            return None
        old = self.before.get((metric, platform))
        return Correction(self.reason, old.sha256 if old else None)


@needs(Action.SEAL, "campaign", "creator", "late")
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
    sealed = {(item.campaign, item.creator): item for item in _standing(ground)}
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
            candidates.append(_candidate(known, pair, now))
    made = _made(ground, panels, candidates, now)
    with ground.workspace.transaction() as connection:
        records.keep_seals(connection, ground.brand.brand, made)
    mine = _by_pair(made)
    verdicts += [_summary(one, mine[one.campaign, one.creator]) for one in candidates]
    return sorted(verdicts, key=lambda item: (item.campaign, item.creator))


@needs(Action.SEAL, "campaign", "creator", "reason")
def correct_baseline(
    ground: Ground, *, creator: str, reason: str, campaign: str | None = None
) -> list[SealVerdict]:
    """Seal a creator's baseline again, for a reason, beside the record that it supersedes.

    Both are kept: what is measured from now on uses the new one, what was known before still gives
    the old figures. Posts count up to the launch, or to now where there was none; after the launch
    the new record is late. Refused for a creator who was never sealed, and where nothing changed.
    """
    if not reason.strip():
        msg = 'Say why the baseline is corrected: --correct "reason".'
        raise UsageError(msg)
    known = knowledge(ground)
    panels = Panels(known)
    now = ground.clock.now()
    standing = _by_pair(
        item
        for item in _standing(ground)
        if item.creator == creator and campaign in {None, item.campaign}
    )
    if not standing:
        pairs = _pairs(known, panels, campaign, creator) or [(campaign or "", creator)]
        words = f"{creator} was never sealed there: there is nothing to correct"
        return [_verdict(pair, "refused", words=words) for pair in pairs]
    if len(standing) > 1:
        listed = ", ".join(sorted(name for name, _ in standing))
        msg = f"{creator} is sealed in several campaigns; name one with --campaign: {listed}."
        raise UsageError(msg)
    ((pair, items),) = standing.items()
    before = {(item.metric, item.platform): item for item in items}
    candidate = replace(
        _candidate(known, pair, now), reason=" ".join(reason.split()), before=before
    )
    made = [
        item
        for item in _made(ground, panels, [candidate], now)
        if (item.metric, item.platform) not in before
        or not same_content(item.record, before[item.metric, item.platform].record)
    ]
    if not made:
        words = "the facts give the sealed baseline again: there is nothing to correct"
        return [_verdict(pair, "refused", words=words)]
    with ground.workspace.transaction() as connection:
        records.keep_seals(connection, ground.brand.brand, made)
    return [replace(_summary(candidate, made), verdict="corrected")]


def _standing(ground: Ground) -> list[records.SealRecord]:
    """Give the records that no correction superseded, oldest first."""
    with ground.workspace.transaction() as connection:
        kept = records.seals(connection, ground.brand.brand)
    stands = in_force([item.record for item in kept], [item.sha256 for item in kept])
    return [item for item, yes in zip(kept, stands, strict=True) if yes]


def _candidate(known: Knowledge, pair: tuple[str, str], now: Instant) -> Candidate:
    launched = known.launches.get(pair)
    late = launched is not None and launched <= now
    return Candidate(*pair, launched if launched is not None and late else now, late)


def _by_pair(
    items: Iterable[records.SealRecord],
) -> dict[tuple[str, str], list[records.SealRecord]]:
    found: dict[tuple[str, str], list[records.SealRecord]] = defaultdict(list)
    for item in items:
        found[item.campaign, item.creator].append(item)
    return found


def _made(
    ground: Ground, panels: Panels, candidates: Sequence[Candidate], now: Instant
) -> list[records.SealRecord]:
    """Make the records of candidates: posts by campaign, codes and links by campaign and cut."""
    groups: dict[tuple[str, bool], list[Candidate]] = defaultdict(list)
    by_cut: dict[tuple[str, Instant], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.campaign, candidate.late].append(candidate)
        by_cut[candidate.campaign, candidate.until].append(candidate)
    organic = Organic(panels)
    made = []
    for group in groups.values():
        made += _posts_sealed(ground, organic, group, now)
    for (_, until), group in by_cut.items():
        made += _counts_sealed(ground, panels, group, until, now)
    return made + _withdrawn(ground, panels, candidates, made, now)


def _posts_sealed(
    ground: Ground, organic: Organic, group: Sequence[Candidate], now: Instant
) -> list[records.SealRecord]:
    """Seal the post metrics of creators of one campaign, each up to its own cut."""
    panels = organic.panels
    wanted = {candidate.creator: candidate for candidate in group}
    cuts = {name: candidate.until for name, candidate in wanted.items()}
    made = []
    for platform in sorted({unit[1] for unit in panels.posts.units}):
        for name in POST_METRICS:
            found = organic.baselines(platform, name, group[0].campaign, cuts)
            if found is None:
                continue
            used = versions(found.curves)
            for unit in found.units:
                candidate = wanted[panels.posts.units[unit][0]]
                terms = _terms(candidate, name, platform, panels, now)
                since = newest_break(panels.breaks_of(platform, name), candidate.until)
                terms = replace(
                    terms,
                    **used,
                    category=str(panels.categories[unit]),
                    calibration=found.calibration,
                    metric_break=since.isoformat() if since else None,
                )
                made.append(_record(_one(found, unit, terms), terms, now, ground))
    return made


def _one(found: OrganicBaselines, unit: int, terms: Terms) -> SealedBaseline:
    span, followers = found.span(unit), found.reference(unit)
    rates = {}
    if terms.metric == "engagement":
        bases = {name: found.alike(unit, name) for name in ENGAGEMENT_BASES}
        rates = engagement_rates(found.counts[span], followers=followers, **bases)
    posts = OrganicPosts(
        found.panel.post_ids[span].tolist(), found.panel.age_hours[span], found.z[span]
    )
    return seal(
        terms,
        found.baselines,
        unit,
        posts,
        engagement_rates=rates,
        audience=found.audience(unit),
    )


def _withdrawn(
    ground: Ground,
    panels: Panels,
    candidates: Sequence[Candidate],
    made: Sequence[records.SealRecord],
    now: Instant,
) -> list[records.SealRecord]:
    """Make the empty records that supersede baselines of which nothing is left."""
    there = {(item.campaign, item.creator, item.metric, item.platform) for item in made}
    empty = []
    for candidate in candidates:
        for metric, platform in candidate.before:
            if (candidate.campaign, candidate.creator, metric, platform) not in there:
                terms = _terms(candidate, metric, platform, panels, now)
                sealed = seal(terms, _NO_BASELINES, 0, _NO_POSTS)
                empty.append(_record(sealed, terms, now, ground))
    return empty


def _counts_sealed(
    ground: Ground, panels: Panels, group: Sequence[Candidate], until: Instant, now: Instant
) -> list[records.SealRecord]:
    """Seal the history of a group's evergreen codes and links."""
    names = [c.creator for c in group if c.creator in panels.evergreen_since]
    last = local_day(until, ground.brand.timezone) - dt.timedelta(days=1)
    baselines = count_baselines(panels, names, last)
    made = []
    for candidate in group:
        if baselines.get(candidate.creator):
            terms = _terms(candidate, CONVERSIONS, "", panels, now)
            counted = baselines[candidate.creator]
            sealed = seal(terms, _NO_BASELINES, 0, _NO_POSTS, counts=counted)
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
        controls=panels.controls_agreed(candidate.campaign),
        control_rule=panels.control_rule(candidate.campaign),
        value_schedule=panels.value_schedule,
        source_hashes=panels.source_hashes,
        correction=candidate.correction(metric, platform),
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
