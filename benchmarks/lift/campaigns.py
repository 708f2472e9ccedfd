"""Whole campaigns that never were, with and without others taking the calendar out.

In:   sources of posts, seeds.
Out:  lines of Markdown: how often each kind of limits was wrong, on the same campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lift.ours import fitted, half_width
from benchmarks.lift.sources import SHOCK, sourced
from benchmarks.results import paragraph, table
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.calibration import Boundary
from truelift.measurement.clustering import proportion
from truelift.measurement.placebo_campaigns import CampaignStudy, draw_campaigns
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.reading_paths import SimulatedPaths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truelift.measurement.ragged import Booleans, Floats, Integers

SOURCES = ("shared calendar", "Instagram", "X")
BASELINE_POSTS, CAMPAIGN_POSTS, CREATORS = 20, 10, 15
LOOKS, MOST_CAMPAIGNS = 50, 600
DRIFTS = (0.01, 0.02)
PLAIN, PLAIN_MULTIPLE = Boundary(0.0, 0.0, 1.0), 1.96
"""No drift, and the multiple of standard errors that is right for a single look."""

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
    return lines[:-1]


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
    feed = Feed(source.posts, source.hours, np.log(source.final + 0.5))
    paths = SimulatedPaths(source.final, ENGAGEMENT_CURVE, seed)
    campaigns = draw_campaigns(
        feed,
        baseline_posts=BASELINE_POSTS,
        campaign_posts=CAMPAIGN_POSTS,
        creators=CREATORS,
        most=MOST_CAMPAIGNS,
        seed=seed,
    )
    beside, alone = (
        CampaignStudy(campaigns, feed, paths, ENGAGEMENT_CURVE, LOOKS, controls)
        for controls in (True, False)
    )
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
