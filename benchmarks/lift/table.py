"""The table of lift methods: how often each was wrong, and how wide it had to be.

In:   sources, numbers of looks, seeds, the peers' interpreter.
Out:  rows with cluster-aware limits, pooled over seeds.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lift import Intervals, Looks
from benchmarks.lift.ours import ours
from benchmarks.lift.peers import PEERS, asked
from benchmarks.lift.simple import asymptotic_sequence, t_interval
from benchmarks.lift.sources import Source, sourced
from truelift.base.ids import content_hash
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.clustering import Proportion, proportion
from truelift.measurement.placebo import Windows, ages_at_looks, draw_windows
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.placebo_creators import CreatorStudy
from truelift.measurement.reading_paths import SimulatedPaths
from truelift.measurement.replay import readings_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from benchmarks.lift import Floats
    from truelift.measurement.ragged import Integers

SOURCES = ("synthetic", "Instagram", "X")
LOOKS = (10, 50)
BASELINE_POSTS, CAMPAIGN_POSTS = 20, 10
MOST_WINDOWS = 1_000
"""Windows of a source and seed; each account gives the same number, or all it has."""
ERROR = 0.05
MULTIPLES = (1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One method in one setting; half widths as e^h - 1, seconds for 1,000 creators and a look.

    scaled: half width once the method is scaled so that it is wrong at any look in 5 % of the
    same windows. withheld: why there are no figures.
    """

    source: str
    looks: int
    method: str
    error_final: Proportion | None = None
    error_any: Proportion | None = None
    detected: tuple[float, ...] = ()
    half_width: float = 0.0
    scaled: float = 0.0
    seconds: float = 0.0
    note: str = ""
    withheld: str = ""


@dataclass
class Pooled:
    """What a method said over several seeds: per window and seed, and whose window it was."""

    wrong_final: list[Floats] = field(default_factory=list)
    wrong_any: list[Floats] = field(default_factory=list)
    detected: list[Floats] = field(default_factory=list)
    worst: list[Floats] = field(default_factory=list)
    half: list[Floats] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    asked: int = 0
    notes: dict[str, None] = field(default_factory=dict)
    withheld: str = ""

    def add(self, found: Intervals | str, drawn: Windows, source: Source) -> None:
        """Add what a method said of the windows of one seed."""
        if isinstance(found, str):
            self.withheld = found
            return
        outside = (found.low > 0) | (found.high < 0)
        half = (found.high - found.low) / 2
        middle = np.abs(found.high + found.low) / 2
        self.wrong_final.append(outside[-1].astype(float))
        self.wrong_any.append(outside.any(axis=0).astype(float))
        moved = [(found.low + np.log(multiple) > 0).any(axis=0) for multiple in MULTIPLES]
        self.detected.append(np.array(moved, float))
        self.worst.append(np.nanmax(middle / half, axis=0))
        self.half.append(half[-1])
        creators = drawn.creator[found.windows].tolist()
        periods = np.floor(drawn.starts[found.windows] / (28 * 24)).astype(int).tolist()
        self.owners += [source.accounts[one] for one in creators]
        self.blocks += [
            f"{source.accounts[one]} {period}"
            for one, period in zip(creators, periods, strict=True)
        ]
        self.seconds += found.seconds
        self.asked += found.low.size
        self.notes[found.note] = None

    def row(self, source: str, looks: int, method: str) -> Row:
        """Sum up."""
        if self.withheld or not self.half:
            return Row(source, looks, method, withheld=self.withheld or "nothing was asked")
        groups = [_numbered(self.blocks), _numbered(self.owners)]
        half = float(np.median(np.concatenate(self.half)))
        scale = float(np.quantile(np.concatenate(self.worst), 1 - ERROR))
        return Row(
            source,
            looks,
            method,
            error_final=proportion(np.concatenate(self.wrong_final), groups),
            error_any=proportion(np.concatenate(self.wrong_any), groups),
            detected=tuple(np.concatenate(self.detected, axis=1).mean(axis=1).tolist()),
            half_width=float(np.expm1(half)),
            scaled=float(np.expm1(half * scale)),
            seconds=1_000 * self.seconds / self.asked,
            note=" / ".join(note for note in self.notes if note),
        )


def rows(seeds: Sequence[int], python: str) -> tuple[list[Row], dict[str, str]]:
    """Measure every source, number of looks and method; also say what each source was."""
    found: list[Row] = []
    described: dict[str, str] = {}
    for name in SOURCES:
        for looks in LOOKS:
            pooled: dict[str, Pooled] = {}
            for seed in seeds:
                source = sourced(name, seed)
                if source is None:
                    break
                described[name] = source.described
                _play(source, looks, seed, python, pooled)
                print(f"{name}, {looks} looks, seed {seed}", file=sys.stderr)
            found += [each.row(name, looks, method) for method, each in pooled.items()]
            if not pooled:
                why = "the data are not here (../shared/data); nothing was measured"
                found.append(Row(name, looks, "-", withheld=why))
    return found, described


def _play(source: Source, looks: int, seed: int, python: str, pooled: dict[str, Pooled]) -> None:
    """Draw the windows of one seed and ask every method about them."""
    drawn = draw_windows(
        source.posts,
        source.hours,
        baseline_posts=BASELINE_POSTS,
        campaign_posts=CAMPAIGN_POSTS,
        most=MOST_WINDOWS,
        seed=seed,
    )
    posts = Feed(source.posts, source.hours, np.log(source.final + 0.5))
    paths = SimulatedPaths(source.final, ENGAGEMENT_CURVE, seed)
    half = _by_hash(source.accounts, seed)[drawn.creator]
    alone, beside = (
        CreatorStudy(drawn, half, posts, paths, ENGAGEMENT_CURVE, looks, controls, seed)
        for controls in (False, True)
    )
    ages = ages_at_looks(source.hours[drawn.campaign], looks)
    seen = readings_at(*paths.at(drawn.campaign, ages), ENGAGEMENT_CURVE)
    handed = Looks(posts.z[drawn.baseline], seen.z.transpose(1, 0, 2), seen.tau2.transpose(1, 0, 2))
    answers: dict[str, Intervals | str] = {
        "t interval, peeked": t_interval(handed),
        "asymptotic CS": asymptotic_sequence(handed),
        **{peer.shown: asked(peer, handed, python, seed) for peer in PEERS},
        "ours, theory": ours(alone, "theory"),
        "ours, calibrated": ours(alone, "calibrated"),
    }
    if source.name != "synthetic":  # drawn creators share no calendar
        answers["ours, calibrated, with controls"] = ours(beside, "calibrated")
    for method, answer in answers.items():
        pooled.setdefault(method, Pooled()).add(answer, drawn, source)


def _by_hash(accounts: Sequence[str], seed: int) -> npt.NDArray[np.bool_]:
    """Split accounts by a hash of seed and account: True is the second half."""
    return np.array([int(content_hash([seed, name])[:8], 16) % 2 == 1 for name in accounts])


def _numbered(names: Sequence[str]) -> Integers:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
