"""Ageing: fits curves of how counts grow with age, keeps them, and finds those that seals name.

In:   the ground: every reading of organic posts, the curves kept before.
Out:  science records of kind "ageing_curve", named platform/format/metric; CurveBook.

When curves are fitted again by themselves (after an import, per platform, in the time of events):
the newest reading is more than 7 days younger than the newest one behind the platform's curves, and
the readings beyond each post's first have grown by a tenth. The first fit waits for 20 of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.measurement.ageing import (
    ANY_FORMAT,
    DEFAULT_CURVES,
    KNOTS_HOURS,
    AgeingCurve,
    default_curve,
    format_key,
)
from truelift.measurement.ageing_fit import FORMULA, AgeingFit, Snapshots, fit_curve
from truelift.measurement.metric import METRICS, counted, metric_named
from truelift.measurement.metric_breaks import SPANS, MetricBreaks, eras
from truelift.measurement.panel import HOUR
from truelift.measurement.ragged import Floats
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import Panels
from truelift.operations.people import Action, needs
from truelift.store import science_records
from truelift.store.ground import Ground
from truelift.store.science_records import AGEING_CURVE, ScienceRecord

Row = dict[str, Any]
Curves = Mapping[str, AgeingCurve]
"""The curves of one platform and metric by format, ANY_FORMAT being the platform's own."""

REFIT_DAYS = 7
FIRST_PAIRS = 20
SEALED = ("engagement", "views")
"""The metrics that baselines are sealed in: their curves are fitted by themselves, the others when
a person asks."""
COMPOSITE = "value"
"""The value of a post's outputs ages as its engagement does."""


@dataclass(frozen=True, slots=True)
class CurveBook:
    """The curves a brand has: the newest of each name, and every one by its version."""

    named: Mapping[str, AgeingCurve]
    by_version: Mapping[str, AgeingCurve]

    def newest(self, platform: str, metric: str) -> Curves:
        """Give the newest curves of a platform and metric by format; the default one if none."""
        metric = _ageing_metric(metric)
        found = {ANY_FORMAT: default_curve(metric)}
        for name, curve in self.named.items():
            of_platform, _, rest = name.partition("/")
            of_format, _, of_metric = rest.rpartition("/")
            if (of_platform, of_metric) == (platform, metric):
                found[of_format] = curve
        return found

    def sealed(self, record: Row | None, metric: str) -> Curves:
        """Give exactly the curves that a sealed baseline names; the default one without a seal."""
        if record is None or not record["ageing_curve"]:
            return {ANY_FORMAT: default_curve(_ageing_metric(metric))}
        named = {ANY_FORMAT: record["ageing_curve"]} | record.get("ageing_curves", {})
        unknown = sorted(set(named.values()) - self.by_version.keys())
        if unknown:
            msg = f"A sealed baseline names the ageing curve {unknown[0]}, which is not kept here."
            raise CheckFailed(msg)
        return {name: self.by_version[version] for name, version in named.items()}


def curve_book(known: Knowledge) -> CurveBook:
    """Read the curves as known."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        kept = science_records.all(connection, ground.brand.brand, AGEING_CURVE, known.known_at)
    curves = [(item.name, _curve(item)) for item in kept]
    return CurveBook(dict(curves), DEFAULT_CURVES | {curve.version: curve for _, curve in curves})


def versions(curves: Curves) -> Row:
    """Say which curves were used, in the words of a seal."""
    own = {name: curve.version for name, curve in curves.items() if name != ANY_FORMAT}
    return {"ageing_curve": curves[ANY_FORMAT].version, "ageing_curves": dict(sorted(own.items()))}


@needs(Action.SEAL, "platform", "metric")
def refit(
    ground: Ground, *, platform: str | None = None, metric: str | None = None
) -> list[ScienceRecord]:
    """Fit the curves again, of one platform or metric or of all; give those that are new.

    A curve that comes out as the newest kept one is not kept again.
    """
    asked = _COUNTERS if metric is None else (metric_named(metric).name,)
    known = _present(ground)
    counts = _reading_pairs(known)
    chosen = [name for name in counts if platform in {None, name}]
    return _refit(known, {name: counts[name] for name in chosen}, asked)


@needs(Action.IMPORT, logged=False)
def refit_if_due(ground: Ground) -> list[ScienceRecord]:
    """Fit again the curves of the platforms for which it is time; give those that are new."""
    known = _present(ground)
    counts = _reading_pairs(known)
    if not any(row["pairs"] >= FIRST_PAIRS for row in counts.values()):
        return []
    with ground.workspace.transaction() as connection:
        kept = science_records.newest(connection, ground.brand.brand, AGEING_CURVE)
    due = {name: row for name, row in counts.items() if _is_due(row, kept.values())}
    return _refit(known, due, SEALED)


@needs(Action.READ)
def curve_rows(
    ground: Ground, *, platform: str | None = None, metric: str | None = None
) -> list[Row]:
    """Give the newest curves, and the default ones that stand where there is none."""
    with ground.workspace.transaction() as connection:
        kept = science_records.newest(connection, ground.brand.brand, AGEING_CURVE)
    fitted = [kept[name].record | {"version": kept[name].version} for name in sorted(kept)]
    default = [_default_row(name) for name in ("engagement", "views")]
    names = (
        "platform", "format", "metric", "version", "posts", "pairs", "fitted_until", "hours", "g",
        "tau2", "own",
    )  # fmt: skip
    return [
        {name: row[name] for name in names}
        for row in (*fitted, *default)
        if platform in {None, row["platform"]} and metric in {None, row["metric"]}
    ]


def _default_row(metric: str) -> Row:
    curve = default_curve(metric)
    nothing = dict.fromkeys(("posts", "pairs", "fitted_until", "own"))
    return nothing | {
        "platform": ANY_FORMAT, "format": ANY_FORMAT, "metric": metric, "version": curve.version,
        "hours": list(curve.hours), "g": list(curve.g), "tau2": list(curve.tau2),
    }  # fmt: skip


def _ageing_metric(metric: str) -> str:
    return "engagement" if metric == COMPOSITE else metric


def _curve(item: ScienceRecord) -> AgeingCurve:
    record = item.record
    return AgeingCurve(
        item.version, tuple(record["g"]), tuple(record["tau2"]), tuple(record["hours"])
    )


def _present(ground: Ground) -> Knowledge:
    now = ground.clock.now()
    return Knowledge(ground=ground, as_of=now, known_at=now)


def _reading_pairs(known: Knowledge) -> dict[str, Row]:
    rows = known.read("measurement.reading_pairs").to_pylist()
    return {row["platform"]: row | {"pairs": int(row["pairs"])} for row in rows if row["pairs"]}


def _is_due(row: Row, kept: Iterable[ScienceRecord]) -> bool:
    mine = [item.record for item in kept if item.record["platform"] == row["platform"]]
    if not mine:
        return bool(row["pairs"] >= FIRST_PAIRS)
    until = max(dt.datetime.fromisoformat(record["fitted_until"]) for record in mine)
    before = max(record["reading_pairs"] for record in mine)
    grown: bool = row["pairs"] * 10 >= before * 11
    return grown and row["newest"] - until > dt.timedelta(days=REFIT_DAYS)


def _refit(
    known: Knowledge, counts: Mapping[str, Row], metrics: Sequence[str]
) -> list[ScienceRecord]:
    if not counts:
        return []
    ground, breaks = known.ground, Panels(known).breaks
    wanted = pa.table({"platform": pa.array(list(counts), pa.string())})
    table = known.read("measurement.snapshots", platforms=wanted, sponsored=known.sponsored)
    with ground.workspace.transaction() as connection:
        kept = science_records.newest(connection, ground.brand.brand, AGEING_CURVE)
        made = []
        for platform, row in counts.items():
            mine = table.filter(pa.compute.equal(table["platform"], platform))
            for record in _fitted(mine, platform, metrics, breaks):
                item = _science(record | {"reading_pairs": row["pairs"]}, row, kept, ground)
                if item is not None:
                    science_records.keep(connection, ground.brand.brand, item)
                    made.append(item)
    return made


def _fitted(
    table: pa.Table, platform: str, metrics: Sequence[str], breaks: MetricBreaks
) -> list[Row]:
    """Fit those metrics of a platform that were read: the platform's curve, then its formats'.

    A post that was read on both sides of a break of the metric keeps the readings from before it.
    """
    if not table.num_rows:
        return []
    posts = table["post_id"].combine_chunks().dictionary_encode()
    post = posts.indices.to_numpy().astype(np.int64)
    published, observed = (_instants(table[name]) for name in ("published_at", "observed_at"))
    age = (observed - published) / HOUR
    formats = np.array([format_key(name) for name in table["format"].to_pylist()], dtype=object)
    window = {
        "first_published": min(table["published_at"].to_pylist()).isoformat(),
        "last_observed": max(table["observed_at"].to_pylist()).isoformat(),
    }
    found = []
    for metric in (METRICS[name] for name in metrics):
        counters = {name: _floats(table[name]) for name in metric.columns}
        count = counted(metric, counters, post)
        count[eras(breaks.of(platform, metric.columns), published, observed) == SPANS] = np.nan
        if np.isnan(count).all():
            continue
        prior = default_curve(metric.name)
        for name in (ANY_FORMAT, *sorted(set(formats.tolist()) - {ANY_FORMAT})):
            mine = slice(None) if name == ANY_FORMAT else formats == name
            snapshots = Snapshots(post[mine], age[mine], count[mine])
            fit = fit_curve(snapshots, prior)
            if name != ANY_FORMAT and not fit.evidence.pairs:
                continue
            key = {"platform": platform, "format": name, "metric": metric.name}
            record = key | window | _told(fit, prior) | {"source_sha256": _hash(snapshots)}
            found.append(record)
            if name == ANY_FORMAT:
                prior = fit.curve(_version(record))
    return found


def _told(fit: AgeingFit, prior: AgeingCurve) -> Row:
    return {
        "formula": FORMULA,
        "hours": list(KNOTS_HOURS),
        "g": list(fit.g),
        "tau2": list(fit.tau2),
        "own": list(fit.own),
        "prior": prior.version,
        **asdict(fit.evidence),
    }


def _version(record: Row) -> str:
    """Name a curve by what it is of, the day of its newest reading, and its content."""
    content = {name: value for name, value in record.items() if name not in _OUTSIDE}
    form = "all" if record["format"] == ANY_FORMAT else record["format"].replace(" ", "_")
    parts = (record["platform"], form, record["metric"], record["last_observed"][:10])
    return "-".join([*parts, content_hash(content)[:6]])


_COUNTERS = tuple(metric.name for metric in METRICS.values() if metric.kind == "counter")

_OUTSIDE = frozenset({"reading_pairs", "fitted_until", "supersedes", "version"})


def _science(
    record: Row, row: Row, kept: Mapping[str, ScienceRecord], ground: Ground
) -> ScienceRecord | None:
    """Make the record to keep; None when the newest kept one has the same content."""
    name = f"{record['platform']}/{record['format']}/{record['metric']}"
    version, before = _version(record), kept.get(name)
    if before is not None and before.version == version:
        return None
    whole = record | {
        "version": version,
        "fitted_until": row["newest"].isoformat(),
        "supersedes": before.sha256 if before else None,
    }
    now = ground.clock.now()
    return science_records.science(AGEING_CURVE, name, version, whole, at=now, by=ground.person)


def _hash(snapshots: Snapshots) -> str:
    digest = hashlib.sha256()
    for column in (snapshots.post, snapshots.age_hours, snapshots.count):
        digest.update(column.tobytes())
    return digest.hexdigest()


def _instants(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - a numpy array of instants
    return column.to_numpy().astype("datetime64[us]")


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = column.cast(pa.float64(), safe=False).to_numpy()
    return values
