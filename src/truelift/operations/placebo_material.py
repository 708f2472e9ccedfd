"""What a placebo replay is made of: mature organic posts of a platform and their reading paths.

In:   Knowledge; platform, metric and format of the posts.
Out:  Material: posts as sorted columns, the ageing curve, readings at any age, the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from truelift.base.errors import TrueliftError
from truelift.measurement import ageing
from truelift.measurement.ageing import ANY_FORMAT, AgeingCurve, format_key
from truelift.measurement.metric import counted, metric_named
from truelift.measurement.metric_breaks import era_at
from truelift.measurement.panel import HOUR, PostPanel
from truelift.measurement.placebo import OLDEST_HOURS
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.ragged import Booleans, Floats, ragged
from truelift.measurement.reading_paths import ReadingPaths, RecordedPaths, SimulatedPaths
from truelift.operations.ageing import curve_book
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import Panels

LEAST_CREATORS = 4

OFTEN_READ = 3
"""From so many readings of a post on, at the median, its own path is replayed, not the curve's."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Mature organic posts of one platform, and how they are read at younger ages.

    evidence: what the record says of the posts: how many, from when to when, curve, sources.
    """

    feed: Feed
    paths: ReadingPaths
    curve: AgeingCurve
    evidence: dict[str, Any]


def material_of(
    known: Knowledge, platform: str, metric: str, *, post_format: str | None, seed: int
) -> Material:
    """Gather a platform's organic posts that are at least a week old at their newest reading.

    TrueliftError with fewer than LEAST_CREATORS creators.
    """
    panels = Panels(known)
    curves = curve_book(known).newest(platform, metric)
    curve = curves.get(format_key(post_format), curves[ANY_FORMAT])
    panel = panels.posts.only(panels.organic)
    panel = panel.only(_chosen(panels, panel, platform, post_format))
    panel = panel.only(_alike(panels, panel, platform, metric))
    counts = panel.counts(metric_named(metric))
    seen = np.isfinite(ageing.reading(counts, panel.age_hours, curve)[0])
    panel, counts = panel.only(seen), counts[seen]
    z, _ = ageing.reading(counts, panel.age_hours, curve)
    present, unit = np.unique(panel.unit, return_inverse=True)
    if len(present) < LEAST_CREATORS:
        msg = (
            f"{len(present)} creators on {platform} have organic posts with {metric} read when at "
            f"least {OLDEST_HOURS / 24:.0f} days old; a replay needs {LEAST_CREATORS}."
        )
        raise TrueliftError(msg)
    posts = ragged(unit.reshape(-1), len(present))
    hours = panel.published_at.astype("datetime64[s]").astype(np.int64) / 3600.0
    paths = _recorded(known, panel, platform, metric)
    evidence = {
        "creators": len(present),
        "posts": len(z),
        "first_post": str(panel.published_at.min()),
        "last_post": str(panel.published_at.max()),
        "ageing_curve": curve.version,
        "readings": "final counters, aged along the curve" if paths is None else "as recorded",
        "source_hashes": list(panels.source_hashes),
    }
    # The curve may not have called a post mature yet: its final count is what it will grow to.
    final = np.maximum(np.exp(z) - 0.5, 0.0)
    return Material(
        Feed(posts, hours, z), paths or SimulatedPaths(final, curve, seed), curve, evidence
    )


def _chosen(panels: Panels, panel: PostPanel, platform: str, post_format: str | None) -> Booleans:
    mask = np.array([name == platform for _, name in panel.units], bool)[panel.unit]
    mask &= np.nan_to_num(panel.age_hours) >= OLDEST_HOURS
    if post_format is not None:
        formats = [format_key(name) for name in panels.formats(panel).tolist()]
        mask &= np.array([name == format_key(post_format) for name in formats], bool)
    return np.asarray(mask)


def _alike(panels: Panels, panel: PostPanel, platform: str, metric: str) -> Booleans:
    """Keep the posts that were counted as the platform counts now: no replay crosses a break."""
    now = np.array([panels.known.as_of], "datetime64[us]")
    era = era_at(panels.breaks_of(platform, metric), now)
    return np.asarray(panels.eras(panel, metric) == era)


def _recorded(
    known: Knowledge, panel: PostPanel, platform: str, metric: str
) -> RecordedPaths | None:
    """Give the posts' own readings; None where most posts were read too seldom."""
    table = known.read(
        "measurement.snapshots",
        platforms=pa.table({"platform": pa.array([platform])}),
        sponsored=known.sponsored,
    )
    index = pa.compute.index_in(table["post_id"], value_set=pa.array(panel.post_ids, pa.string()))
    found = index.fill_null(-1).to_numpy().astype(np.int64)
    age = (_instants(table["observed_at"]) - _instants(table["published_at"])) / HOUR
    counters = {name: _floats(table[name]) for name in metric_named(metric).columns}
    unit = np.where(found >= 0, panel.unit[found], 0) if len(panel) else found
    value = counted(metric_named(metric), counters, unit)
    kept = (found >= 0) & np.isfinite(value) & (age >= 0)
    post, age, value = found[kept], age[kept], value[kept]
    times = np.bincount(post, minlength=len(panel))
    if np.median(times) < OFTEN_READ:
        return None
    order = np.lexsort((age, post))
    return RecordedPaths(np.cumsum(times) - times, times, age[order], value[order])


def _instants(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - a numpy array of instants
    return column.to_numpy().astype("datetime64[us]")


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = column.cast(pa.float64(), safe=False).to_numpy()
    return values
