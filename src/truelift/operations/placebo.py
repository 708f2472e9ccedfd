"""Placebo: replays stretches without a campaign and keeps what they say of the limits.

In:   the ground: organic posts of a platform; which metric, how many posts and looks.
Out:  rows (the limits in force first), and a calibration record among the science records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from truelift.base.errors import TrueliftError, UsageError
from truelift.base.ids import content_hash
from truelift.catalog.platform import PLATFORMS, platform_named
from truelift.measurement.baseline import DRIFT_GRID
from truelift.measurement.calibration import (
    CALIBRATED,
    MULTIPLES,
    THEORY,
    UNCONTROLLED,
    Calibration,
    Design,
    Scope,
    Verdict,
    calibrate,
)
from truelift.measurement.metric import METRICS, metric_named
from truelift.measurement.placebo import draw_windows, halves
from truelift.measurement.placebo_campaigns import CampaignStudy, draw_campaigns
from truelift.measurement.placebo_creators import CreatorStudy
from truelift.measurement.placebo_parts import Study, replayed
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.operations.placebo_material import Material, material_of
from truelift.reports.calibration import calibration_sentence
from truelift.store import science_records
from truelift.store.ground import Ground
from truelift.store.science_records import CALIBRATION, science

Row = dict[str, Any]

LEVELS = ("creator", "campaign")
CAMPAIGN_DRIFTS = (0.01, 0.02)
"""Besides the drift that the platform's posts show: the ones that real platforms showed."""

MOST_CAMPAIGNS = 600
LEAST_MULTIPLE, LARGEST_MULTIPLE = 0.1, 100.0
LEAST_WINDOWS = 20


@dataclass(frozen=True, slots=True)
class PlaceboRequest:
    """What to replay. level: "creator" or "campaign"; inject: a further true multiple to find."""

    platform: str
    metric: str = "engagement"
    baseline_posts: int = 20
    campaign_posts: int = 10
    looks: int = 50
    level: str = "creator"
    controls: bool = True
    inject: float | None = None
    windows: int = 2000
    creators: int = 15
    post_format: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be replayed, in one sentence."""
        platform = platform_named(self.platform)
        if platform is None:
            msg = f"There is no platform {self.platform!r}; use one of {', '.join(PLATFORMS)}."
            raise UsageError(msg)
        object.__setattr__(self, "platform", platform)
        least = {"baseline_posts": 5, "campaign_posts": 1, "looks": 1, "windows": 20, "creators": 3}
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                option = name.replace("_", "-")
                msg = f"--{option} {getattr(self, name)} is too few; give at least {lowest}."
                raise UsageError(msg)
        if self.level not in LEVELS:
            msg = f"--level {self.level} is not known; use {' or '.join(LEVELS)}."
            raise UsageError(msg)
        if self.inject is not None and not LEAST_MULTIPLE <= self.inject <= LARGEST_MULTIPLE:
            between = f"{LEAST_MULTIPLE} and {LARGEST_MULTIPLE}"
            msg = f"--inject {self.inject} is no multiple between {between}."
            raise UsageError(msg)
        if metric_named(self.metric).kind != "counter":
            counters = ", ".join(name for name, m in METRICS.items() if m.kind == "counter")
            msg = f"{self.metric} is not counted per post; replay one of {counters}."
            raise UsageError(msg)

    @property
    def multiples(self) -> tuple[float, ...]:
        """Give the true multiples that are injected."""
        return tuple(sorted({*MULTIPLES, *([self.inject] if self.inject else [])}))


@dataclass(frozen=True, slots=True)
class PlaceboReport:
    """Rows of a replay, its record, and a sentence for people."""

    rows: list[Row]
    record: Row = field(default_factory=dict)
    sentence: str = ""


@needs(Action.SEAL, alone=False)
def placebo(
    ground: Ground, request: PlaceboRequest, progress: Callable[[str], None] = lambda _words: None
) -> PlaceboReport:
    """Replay the windows of a platform, judge the limits on creators they were not fitted on."""
    known = knowledge(ground)
    material = material_of(
        known,
        request.platform,
        request.metric,
        post_format=request.post_format,
        seed=request.seed,
    )
    progress(f"{material.feed.posts.creators} creators, {len(material.feed.z):,} posts to replay")
    study, uncontrolled = _studies(material, request)
    scope = Scope(
        platform=request.platform,
        metric=request.metric,
        post_format=request.post_format or "",
        level_of=request.level,
        controls=request.controls,
    )
    design = Design(request.baseline_posts, request.campaign_posts, request.looks)
    found, verdicts = calibrate(
        study,
        scope,
        design,
        multiples=request.multiples,
        drifts=_drifts(study, request),
        uncontrolled=uncontrolled,
        spread=partial(ground.facts.apply, replayed),
    )
    rows = _rows(found, verdicts, request)
    record = found.record(
        **material.evidence,
        signed_by=ground.person,
        seed=request.seed,
        as_of=known.as_of.isoformat(),
        split="creators in two halves, each judged with what the other half chose",
        verdicts={name: _told(verdict) for name, verdict in verdicts.items()},
    )
    if request.controls or request.level == "creator":
        _keep(ground, found, record)
    return PlaceboReport(rows, record, calibration_sentence(found))


def _studies(material: Material, request: PlaceboRequest) -> tuple[Study, Study | None]:
    """Cut the windows; for campaigns with controls also the same ones without them."""
    if request.level == "creator":
        return _creator_study(material, request), None
    campaigns = draw_campaigns(
        material.feed,
        baseline_posts=request.baseline_posts,
        campaign_posts=request.campaign_posts,
        creators=request.creators,
        most=min(request.windows, MOST_CAMPAIGNS),
        seed=request.seed,
    )
    _enough(len(campaigns.campaign_date), request)
    with_controls, without = (
        CampaignStudy(
            campaigns, material.feed, material.paths, material.curve, request.looks, controls
        )
        for controls in (True, False)
    )
    return (with_controls, without) if request.controls else (without, None)


def _creator_study(material: Material, request: PlaceboRequest) -> CreatorStudy:
    posts = material.feed.posts
    windows = draw_windows(
        posts,
        material.feed.hours,
        baseline_posts=request.baseline_posts,
        campaign_posts=request.campaign_posts,
        most=request.windows,
        seed=request.seed,
    )
    _enough(len(windows), request)
    return CreatorStudy(
        windows,
        halves(windows, posts.creators, request.seed),
        material.feed,
        material.paths,
        material.curve,
        request.looks,
        request.controls,
        request.seed,
    )


def _enough(windows: int, request: PlaceboRequest) -> None:
    if windows < LEAST_WINDOWS:
        msg = (
            f"Only {windows} windows of {request.baseline_posts} + {request.campaign_posts} posts "
            f"can be cut on {request.platform}, {LEAST_WINDOWS} are the least: import more history "
            "or ask for fewer posts."
        )
        raise TrueliftError(msg)


def _drifts(study: Study, request: PlaceboRequest) -> tuple[float, ...]:
    """Give the drifts to replay: the whole grid; fewer for campaigns, where each takes seconds."""
    if request.level == "creator":
        return DRIFT_GRID
    return tuple(sorted({study.drift(np.ones(len(study.half), bool)), *CAMPAIGN_DRIFTS}))


def _rows(
    found: Calibration, verdicts: Mapping[str, Verdict], request: PlaceboRequest
) -> list[Row]:
    """Give one row per kind of limits, those in force first."""
    served = request.post_format is None and (request.controls or request.level == "creator")
    replaced = found.in_force and served
    names = [CALIBRATED, THEORY] if replaced else [THEORY, CALIBRATED]
    rows = [
        _row(found, verdicts[name], request, limits=name, in_force=place == 0)
        for place, name in enumerate(names)
    ]
    if UNCONTROLLED in verdicts:
        row = _row(found, verdicts[UNCONTROLLED], request, limits=CALIBRATED, in_force=False)
        rows.append(row | {"controls": False})
    return rows


def _row(
    found: Calibration, verdict: Verdict, request: PlaceboRequest, *, limits: str, in_force: bool
) -> Row:
    error = verdict.error_any
    return {
        "platform": request.platform,
        "post_format": request.post_format,
        "metric": request.metric,
        "level": request.level,
        "controls": request.controls,
        "looks": request.looks,
        "windows": found.windows,
        "clusters": found.clusters,
        "error_final": verdict.error_final.share,
        "error_any": error.share,
        "error_any_low": error.low,
        "error_any_high": error.high,
        "detection": {f"{multiple}": share for multiple, share in verdict.detection.items()},
        "coverage": {f"{multiple}": found.share for multiple, found in verdict.coverage.items()},
        "half_width": verdict.half_width,
        "limits": limits,
        "in_force": in_force,
    }


def _told(verdict: Verdict) -> Row:
    """Write a verdict as JSON: multiples become text."""
    told = asdict(verdict)
    for name in ("detection", "coverage"):
        told[name] = {f"{multiple}": value for multiple, value in told[name].items()}
    return told


def _keep(ground: Ground, found: Calibration, record: Row) -> None:
    """Keep the record, signed by who replayed; the same replay again is not kept twice."""
    design = found.design
    shape = f"{design.baseline_posts}+{design.campaign_posts}x{design.looks}"
    name = f"{found.scope.name}/{shape}"
    hash_ = content_hash(record)
    item = science(
        CALIBRATION, name, f"{name}/{hash_[:8]}", record, at=ground.clock.now(), by=ground.person
    )
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        kept = science_records.all(connection, brand, CALIBRATION)
        if all(one.sha256 != item.sha256 for one in kept):
            science_records.keep(connection, brand, item)
