"""The lift part of RESULTS.md: the table in words.

In:   rows of the table, what each source was, our own speed.
Out:  lines of Markdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.lift.sources import REAL
from benchmarks.lift.table import BASELINE_POSTS, CAMPAIGN_POSTS, LOOKS, SOURCES
from benchmarks.results import circumstances, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.lift.table import Row
    from truelift.measurement.clustering import Proportion

HEADER = (
    "method", "wrong at the last look", "wrong at any look (95 %)", "finds 1.5x", "finds 2x",
    "half width", "half width at .05", "s per 1,000", "windows / worth",
)  # fmt: skip

_WINDOWS = """Windows: {before} organic posts of an account, then {after} more played as a campaign
that never was; any interval that excludes 0 is wrong. All methods get the same log readings of the
same windows. With 10 looks all posts are mature; with 50 each is looked at from 6 hours to 7 days
on simulated ageing paths (curve `youtube-likes-2026-1`), read as if mature. *Finds*: the lower
limit is above 0 at any look when every reading is moved up by that multiple (the power of a method
that is wrong too often is none). *Half width*: e^h - 1, median at the last look. *At .05*: after
the method is scaled so that 5 % of these same windows are wrong at any look. *s per 1,000*:
processor seconds for 1,000 creators at one look. *Worth*: how many independent windows the limits
of the error count, by the larger of the design effects of creator x 28 days and of creator."""
_SPLIT = """Split: an account falls into a half by a hash of seed and name; each half chooses drift,
variance prior, shape and kappa for the other, and no window is judged by what its own half chose.
Pooled over seeds {seeds} and both ways. Peers take no calibration; the slow ones are asked about a
random part of the windows, as counted."""


def lift_lines(
    rows: Sequence[Row], described: Mapping[str, str], seeds: Sequence[int], taken: float
) -> list[str]:
    """Write the table with what a reader has to know to judge it."""
    lines = ["## Lift beside its peers", ""]
    lines += paragraph(f"{circumstances()} Taken: {taken / 60:.0f} minutes.")
    lines += paragraph(_WINDOWS.format(before=BASELINE_POSTS, after=CAMPAIGN_POSTS))
    lines += paragraph(_SPLIT.format(seeds=", ".join(map(str, seeds))))
    lines += [f"- {name}: {text}." for name, text in described.items()]
    if REAL.exists():
        lines.append("- Engagement is likes + comments + shares + quotes; replies are left out.")
    for source in SOURCES:
        for looks in LOOKS:
            mine = [row for row in rows if (row.source, row.looks) == (source, looks)]
            lines += ["", f"### {source}, {looks} looks", "", *table(HEADER, [*map(_cells, mine)])]
    return lines


def _cells(row: Row) -> list[str]:
    if row.withheld or row.error_any is None or row.error_final is None:
        return [row.method, row.withheld, *[""] * (len(HEADER) - 2)]
    one, two = row.detected
    return [
        f"{row.method} {row.note}" if row.note and row.note[0].isdigit() else row.method,
        f"{row.error_final.share:.3f}",
        _share(row.error_any),
        f"{one:.2f}",
        f"{two:.2f}",
        f"{row.half_width:+.0%}",
        f"{row.scaled:+.0%}",
        f"{row.seconds:.2g}",
        f"{row.error_any.n:,} / {row.error_any.effective:.0f}",
    ]


def _share(share: Proportion) -> str:
    return f"{share.share:.3f} ({share.low:.3f}-{share.high:.3f})"
