"""Coverage: how often the sample programme's true lifts lay inside the limits, with exact limits.

In:   figures beside their truths, over seeds.
Out:  lines of Markdown: per kind, and the misses by creator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from benchmarks.results import circumstances, paragraph, table
from truelift.connectors.sample_programme.people import LEAKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEVEL = 0.95
_WORDS = """Every figure with an estimate, at up to {looks} looks. Log units. *Creator*: the log
lift of one creator; *mean*: of a campaign, beside the mean of its measured creators; *campaign*:
the campaign's units as a log ratio, beside what its creators' true lifts make of the same observed
units. Limits by Clopper and Pearson at the effective number of figures, with seeds as clusters.
Half width: median at the last look. Where a code leaked, orders are counted apart: what people
found on a coupon site is no lift, and no baseline can tell."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure at one look beside its truth, in log units.

    what: creator, campaign (its units, as a log ratio) or mean (the random-effects mean).
    evidence: baseline or experiment. look: number of the look, `final` when it is the last.
    """

    seed: int
    what: str
    metric: str
    evidence: str
    limits: str
    campaign: str
    creator: str
    look: int
    final: bool
    truth: float
    log: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Say whether the truth lies inside the limits."""
        return self.low <= self.truth <= self.high

    @property
    def planted(self) -> bool:
        """Say whether the sample planted a fault in it: orders by a code that leaked."""
        mine = self.creator in {LEAKED, ""} and self.campaign == "summer"
        return mine and self.metric == "orders"

    @property
    def kind(self) -> tuple[str, str, str]:
        """Name what the figure is counted with."""
        fault = ", with the leaked code" if self.planted else ""
        return (f"{self.what}{fault}", self.metric, f"{self.evidence}, {self.limits}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """A share of figures with its exact limits, seeds as clusters."""

    share: float
    low: float
    high: float
    n: int


def coverage(inside: Sequence[bool], seeds: Sequence[int]) -> Coverage:
    """Give Clopper and Pearson's limits at the effective number of figures.

    Figures of one seed share its calendar and peers: the effective number is n over the design
    effect of seeds (at least 1), and the number of seeds where nothing was missed or nothing met.
    """
    values, n = np.array(inside, float), len(inside)
    share = float(values.mean())
    number = np.unique(seeds, return_inverse=True)[1]
    sums = np.bincount(number, weights=values - share)
    clusters = len(sums)
    own = n * share * (1 - share)
    if own == 0 or clusters == 1:
        effective = float(clusters)
    else:
        between = float(np.sum(sums**2)) * clusters / (clusters - 1)
        effective = n / max(1.0, between / own)
    hit, missed = share * effective, (1 - share) * effective
    tail = (1 - LEVEL) / 2
    low = float(stats.beta.ppf(tail, hit, missed + 1)) if hit else 0.0
    high = float(stats.beta.isf(tail, hit + 1, missed)) if missed else 1.0
    return Coverage(share, low, high, n)


HEADER = (
    "figure", "metric", "limits", "figures", "inside at the last look (95 %)",
    "inside at all looks (95 %)", "mean error", "sd of error", "half width",
)  # fmt: skip


def coverage_lines(rows: Sequence[Compared], minutes: float) -> list[str]:
    """Write the table, and who was missed."""
    by_kind: dict[tuple[str, str, str], list[Compared]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    seeds = len({row.seed for row in rows})
    looks = len({row.look for row in rows})
    return [
        f"## The sample programme's true lifts, {seeds} seeds",
        "",
        *paragraph(f"{circumstances()} Taken: {minutes:.0f} minutes. {_WORDS.format(looks=looks)}"),
        *table(HEADER, [_cells(kind, found) for kind, found in sorted(by_kind.items())]),
        "",
        "### Misses at the last look, by creator",
        "",
        *table(("metric", "campaign", "creator", "missed", "of"), list(_misses(rows))),
    ]


def _cells(kind: tuple[str, str, str], found: Sequence[Compared]) -> list[str]:
    last = [row for row in found if row.final]
    paths: dict[tuple[int, str, str], bool] = {}
    for row in found:
        path = (row.seed, row.campaign, row.creator)
        paths[path] = paths.get(path, True) and row.inside
    always = coverage([*paths.values()], [seed for seed, _, _ in paths])
    if not last:
        return [*kind, str(len(paths)), "none is left at the last look", _share(always), "", "", ""]
    error = [row.log - row.truth for row in last]
    half = float(np.median([(row.high - row.low) / 2 for row in last]))
    return [
        *kind,
        f"{len(last):,}",
        _share(coverage([row.inside for row in last], [row.seed for row in last])),
        _share(always),
        f"{np.mean(error):+.3f}",
        f"{np.std(error):.3f}",
        f"{half:.2f}",
    ]


def _share(found: Coverage) -> str:
    return f"{found.share:.3f} ({found.low:.3f}-{found.high:.3f})"


def _misses(rows: Iterable[Compared]) -> Iterable[list[str]]:
    asked: Counter[tuple[str, str, str]] = Counter()
    missed: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row.final and row.what == "creator":
            key = (f"{row.metric} ({row.evidence})", row.campaign, row.creator)
            asked[key] += 1
            missed[key] += not row.inside
    for key, count in sorted(missed.items(), key=lambda item: (-item[1], item[0])):
        if count:
            yield [*key, str(count), str(asked[key])]
