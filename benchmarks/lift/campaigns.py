"""Whole campaigns that never were, with and without others taking the calendar out.

In:   sources of posts, seeds.
Out:  lines of Markdown: how often each kind of limits was wrong, on the same campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lift.ours import fitted, half_width
from benchmarks.lift.sources import SHOCK, Source, sourced
from benchmarks.results import paragraph, table
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.calibration import Boundary
from truelift.measurement.clustering import proportion
from truelift.measurement.limits import multiplier
from truelift.measurement.placebo_campaigns import CampaignStudy, draw_campaigns
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.reading_paths import SimulatedPaths
from truelift.measurement.shrinkage import drawn_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truelift.measurement.ragged import Booleans, Floats, Integers
    from truelift.measurement.replay import Replay

SOURCES = ("shared calendar", "Instagram", "X")
BASELINE_POSTS, CAMPAIGN_POSTS, CREATORS = 20, 10, 15
LOOKS, MOST_CAMPAIGNS = 50, 600
DRIFTS = (0.01, 0.02)
PLAIN, PLAIN_MULTIPLE = Boundary(0.0, 0.0, 1.0), 1.96
"""No drift, and the multiple of standard errors that is right for a single look."""

SPREADS = (0.0, 0.3, 0.6)
"""Sd of the true lifts that are put on the creators of a campaign, around half a log unit."""
MIDDLE = 0.5
SIZES = (4, 15)

HEADER = (
    "calendar", "limits", "wrong at the last look", "wrong at any look (95 %)", "half width",
)  # fmt: skip
_WORDS = """Up to {creators} creators drawn by lot on weekly dates, {before} organic posts before
and {after} after, {looks} looks; the mean of those drawn, less that of all others (taken out by
controls) or not. *Plain* is a mean of log ratios with 1.96 standard errors, no drift. *Ours* takes
drift, variance prior, shape and kappa from campaigns of the other half of the creators, chosen with
controls, and says the same limits with and without them; real campaigns stay with theory until 200
blocks are there. Seeds {seeds} pooled, clusters of four weeks and of a date. *Shared calendar*:
drawn creators whose weeks are good or bad together (sd {shock:g} of the log)."""


def campaign_lines(seeds: Sequence[int]) -> list[str]:
    """Measure every source and write the tables."""
    lines = ["## Whole campaigns, and what controls do", ""]
    lines += paragraph(
        _WORDS.format(
            creators=CREATORS,
            before=BASELINE_POSTS,
            after=CAMPAIGN_POSTS,
            looks=LOOKS,
            seeds=", ".join(map(str, seeds)),
            shock=SHOCK,
        )
    )
    for name in SOURCES:
        found: dict[tuple[str, str], Pooled] = {}
        for seed in seeds:
            _play(name, seed, found)
        rows = [pooled.cells(*key) for key, pooled in found.items()]
        if not rows:
            rows = [["-", "the data are not here (../shared/data)", "", "", ""]]
        lines += [f"### Campaigns, {name}", "", *table(HEADER, rows), ""]
    return [*lines, *shrunk_lines(seeds)]


SHRUNK_HEADER = (
    "accounts", "creators", "sd of true lifts", "own: wrong at any look", "own: half width",
    "shrunk: wrong at any look", "shrunk: half width",
)  # fmt: skip
_SHRUNK_WORDS = """Single creators of such campaigns, true log lifts of mean {middle:g} put on them:
their own limits (theory's) beside the same boundary on the lift that is drawn towards the
campaign's mean. Wrong: the share of creators whose true lift lay outside at any of the {looks}
looks; controls take the calendar out. Half width: median at the last look. Four creators are shown
to say why fewer than five are given none."""


def shrunk_lines(seeds: Sequence[int]) -> list[str]:
    """Measure what creators gain from each other."""
    lines = ["## Creators that borrow from their campaign", ""]
    lines += paragraph(_SHRUNK_WORDS.format(middle=MIDDLE, looks=LOOKS))
    rows: list[list[str]] = []
    for name in SOURCES[1:]:
        for size in SIZES:
            played = [each for seed in seeds if (each := _creators(name, seed, size)) is not None]
            rows += [_shrunk_cells(name, size, spread, played) for spread in SPREADS if played]
    return [*lines, *table(SHRUNK_HEADER, rows or [["the data are not here", *[""] * 6]])]


def _creators(name: str, seed: int, size: int) -> tuple[Replay, Floats] | None:
    """Give each creator of drawn campaigns by itself, and the noise of their controls."""
    source = sourced(name, seed)
    if source is None:
        return None
    study = _studies(source, seed, size, most=MOST_CAMPAIGNS // 2)[0]
    every = np.ones(len(study.half), bool)
    q = max(study.drift(every), DRIFTS[0])
    return study.creators(every, q=q, prior=study.prior(every, q))


def _shrunk_cells(
    name: str, size: int, spread: float, played: Sequence[tuple[Replay, Floats]]
) -> list[str]:
    wrong: list[list[Floats]] = [[], []]
    width: list[list[Floats]] = [[], []]
    for seed, (each, noise) in enumerate(played):
        creators = each.delta.shape[1]
        shape = (-1, LOOKS, creators)
        random = np.random.default_rng([seed, size, round(10 * spread)])
        truth = MIDDLE + random.normal(0, spread, (each.delta.shape[0] // LOOKS, 1, creators))
        delta = (each.delta.reshape(shape) + truth).reshape(-1, creators)
        drawn = drawn_together(delta, each.variance)
        ratio = (each.variance_first + noise) / (each.variance_least + noise)
        own_and_drawn = (
            (delta, each.variance, each.nu),
            (drawn.log, drawn.variance, drawn.nu(each.nu)),
        )
        for place, (log, variance, nu) in enumerate(own_and_drawn):
            half = (multiplier(ratio, nu) * np.sqrt(variance + noise)).reshape(shape)
            outside = np.abs(log.reshape(shape) - truth) > half
            seen = np.isfinite(half).any(axis=1)
            wrong[place].append(outside.any(axis=1)[seen])
            width[place].append(half[:, -1][seen])
    cells = [
        cell
        for place in (0, 1)
        for cell in (
            f"{np.concatenate(wrong[place]).mean():.3f}",
            f"{np.expm1(np.nanmedian(np.concatenate(width[place]))):+.0%}",
        )
    ]
    return [name, str(size), f"{spread:g}", *cells]


@dataclass
class Pooled:
    """What limits said of campaigns over seeds: |log lift| over half width, and whose dates."""

    score: list[Floats] = field(default_factory=list)
    half: list[Floats] = field(default_factory=list)
    periods: list[Integers] = field(default_factory=list)
    dates: list[Integers] = field(default_factory=list)

    def add(self, study: CampaignStudy, part: Booleans, log: Floats, half: Floats) -> None:
        """Add some campaigns of a seed."""
        self.score.append(np.abs(log) / half)
        self.half.append(half[:, -1])
        periods, dates = study.clusterings
        self.periods.append(periods[part])
        self.dates.append(dates[part])

    def cells(self, told: str, kind: str) -> list[str]:
        """Sum up as a row; start dates are the same in all seeds, so they are one cluster each."""
        score = np.concatenate(self.score)
        groups = [np.concatenate(self.periods), np.concatenate(self.dates)]
        last, ever = score[:, -1] > 1, np.nanmax(score, axis=1) > 1
        wrong = proportion(ever.astype(float), groups)
        return [
            told,
            kind,
            f"{last.mean():.3f}",
            f"{wrong.share:.3f} ({wrong.low:.3f}-{wrong.high:.3f})",
            f"{np.expm1(np.median(np.concatenate(self.half))):+.0%}",
        ]


def _play(name: str, seed: int, found: dict[tuple[str, str], Pooled]) -> None:
    source = sourced(name, seed)
    if source is None:
        return
    beside, alone = _studies(source, seed, CREATORS, MOST_CAMPAIGNS)
    for second in (False, True):
        fit, test = beside.half == second, beside.half != second
        limits = {
            "plain": PLAIN,
            "ours, theory": Boundary(beside.drift(fit), 0.0, 1.0),
            "ours, calibrated": fitted(beside, fit, "calibrated", DRIFTS),
        }
        for told, study in (("stays in", alone), ("taken out by controls", beside)):
            for kind, boundary in limits.items():
                pooled = found.setdefault((told, kind), Pooled())
                pooled.add(study, test, *_said(study, fit, test, boundary))


def _said(
    study: CampaignStudy, fit: Booleans, test: Booleans, boundary: Boundary
) -> tuple[Floats, Floats]:
    """Give log lift and half width of the test half at every look, with the fit half's prior."""
    plain = boundary is PLAIN
    played = study.played(test, q=boundary.q, prior=study.prior(fit, boundary.q))
    half = PLAIN_MULTIPLE * np.sqrt(played.variance) if plain else half_width(played, boundary)
    return played.delta, half


def _studies(source: Source, seed: int, creators: int, most: int) -> list[CampaignStudy]:
    """Draw campaigns, with others taking the calendar out and without."""
    feed = Feed(source.posts, source.hours, np.log(source.final + 0.5))
    paths = SimulatedPaths(source.final, ENGAGEMENT_CURVE, seed)
    campaigns = draw_campaigns(
        feed,
        baseline_posts=BASELINE_POSTS,
        campaign_posts=CAMPAIGN_POSTS,
        creators=creators,
        most=most,
        seed=seed,
    )
    return [
        CampaignStudy(campaigns, feed, paths, ENGAGEMENT_CURVE, LOOKS, controls)
        for controls in (True, False)
    ]
