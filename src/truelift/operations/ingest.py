"""Ingest: files to facts. Every row gets a verdict: accepted, updated, duplicate or quarantined.

In:   paths and what the person said about them.
Out:  facts and catalog rows kept, refused rows in quarantine, a count per file and kind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind, Plane
from truelift.base.time import Instant, brand_day
from truelift.connectors.files import ReadOptions, Source, find_sources, frame_source, open_source
from truelift.connectors.team_sheet import agreement_prefix
from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.bank_details import without_details
from truelift.facts.click_class import classify
from truelift.facts.consistency import (
    Finding,
    ahead_faults,
    code_faults,
    future_faults,
    link_faults,
    refund_faults,
)
from truelift.facts.event import DropReason, EventBatch, Fault, place_of
from truelift.facts.given_back import fitted, known_by_their_parts
from truelift.facts.kinds import KINDS
from truelift.operations.erase import kept_erased
from truelift.operations.people import Action, needs
from truelift.operations.recompute import recompute
from truelift.operations.refitting import put_back, refit
from truelift.store import catalog_store
from truelift.store import workspace_database as records
from truelift.store.ground import Ground
from truelift.store.stamp import Stamp
from truelift.store.verdicts import Verdict
from truelift.store.workspace_database import ImportRecord

Labels = Mapping[int, tuple[str, str]]
Progress = Callable[[str, int], None]
"""Told of each file's name and of the rows read since the last call."""

RAW_LIMIT = 2_000

_READ = frozenset({"posts", "observations", "followers", "mentions", "invoices", "bank_lines"})
"""Kinds that say what was seen, written or booked; none of them can lie in the future."""

FAULTS_TOLD = 1_000
"""How many refused rows of one kind of one file are told; a file of a million bad rows must not
fill the memory."""


@dataclass
class Tally:
    """What became of the rows of one kind in one file.

    lines: the verdict of each row that reached the store, kept by who asked for them. rows: the
    rows that were judged, for who wants to see them.
    """

    origin: str
    sha256: str
    accepted: int = 0
    updated: int = 0
    duplicate: int = 0
    faults: list[Fault] = field(default_factory=list)
    quarantined: int = 0
    lines: list[pa.Table] = field(default_factory=list)
    rows: list[pa.Table] | None = None

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Count refused rows; the first are kept to be told, all of them are in quarantine."""
        self.faults += faults[: max(FAULTS_TOLD - len(self.faults), 0)]
        self.quarantined += len({fault.line for fault in faults})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import: one record per file and kind, and the first refused rows.

    unreadable: files of which nothing could be read as rows at all.
    """

    records: tuple[ImportRecord, ...]
    faults: tuple[Fault, ...]
    changed: bool
    unreadable: tuple[str, ...] = ()


@needs(Action.IMPORT, "paths", "dry_run")
def import_paths(
    ground: Ground,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _name, _rows: None,
) -> ImportReport:
    """Import files and folders; with `dry_run` nothing is kept, only the verdicts are given."""
    now = ground.clock.now()
    told = of_the_brand(ground, options)
    sources = [open_source(path, told) for path in find_sources(paths)]
    return _import(ground, sources, now, keep=not dry_run, progress=progress)


def of_the_brand(ground: Ground, options: ReadOptions) -> ReadOptions:
    """Give what a person said about a file with what its brand adds."""
    return replace(
        options,
        timezone=ground.brand.timezone,
        currency=ground.brand.currency,
        today=_sheet_day(ground, options, ground.clock.now()),
    )


def import_source(ground: Ground, source: Source) -> ImportReport:
    """Import one file that was opened already."""
    return _import(
        ground, [source], ground.clock.now(), keep=True, progress=lambda _name, _rows: None
    )


def _sheet_day(ground: Ground, options: ReadOptions, now: Instant) -> dt.date:
    """Give the day that stands for a sheet without dates.

    A sheet that is imported again on another day is the same statement, not a second one: the day
    is the one it had before, else its campaign's first, else what --set gives, else today.
    """
    campaign = options.set.get("campaign", "").strip()
    with ground.workspace.transaction() as connection:
        campaigns, agreements = (
            catalog_store.known_rows(connection, KINDS[kind], ground.brand.brand).to_pylist()
            for kind in ("campaigns", "agreements")
        )
    prefix = agreement_prefix(campaign)
    signed = [
        row["signed_on"]
        for row in agreements
        if row["campaign"] == campaign and row["agreement"].startswith(prefix) and row["signed_on"]
    ]
    starts = [row["starts"] for row in campaigns if row["campaign"] == campaign]
    if known := signed or starts:
        first: dt.date = min(known)
        return first
    for name in ("starts", "date"):
        with suppress(ValueError):
            return dt.date.fromisoformat(options.set.get(name, "").strip())
    return brand_day(now, ground.brand.timezone)


@needs(Action.IMPORT, "kind", "name")
def import_frame(ground: Ground, kind: str, frame: pa.Table, name: str) -> ImportReport:
    """Import an Arrow table of one kind under a name of its own (its origin)."""
    source = frame_source(kind, frame, name)
    return _import(
        ground,
        [source],
        ground.clock.now(),
        keep=True,
        progress=lambda _name, _rows: None,
        sha256=_content_sha256(frame),
    )


def _import(
    ground: Ground,
    sources: Iterable[Source],
    now: Instant,
    *,
    keep: bool,
    progress: Progress,
    sha256: str = "",
) -> ImportReport:
    """Import sources one after the other. sha256: of what is no file and has none of its own."""
    kept: list[ImportRecord] = []
    faults: list[Fault] = []
    unreadable: list[str] = []
    for source in sources:
        progress(source.name, 0)
        tallies = _import_source(ground, source, now, keep=keep, progress=progress, sha256=sha256)
        for kind, tally in tallies.items():
            record = ImportRecord(
                source.name, tally.sha256, kind, tally.origin, tally.accepted, tally.updated,
                tally.duplicate, tally.quarantined,
            )  # fmt: skip
            kept.append(record)
            faults += tally.faults
            if not kind and any(fault.reason is not DropReason.MISSING for fault in tally.faults):
                unreadable.append(source.name)
            if keep:
                with ground.workspace.transaction() as connection:
                    records.record_import(connection, ground.brand.brand, record, now)
    changed = any(record.accepted or record.updated for record in kept)
    if changed and keep:
        recompute(ground)
    return ImportReport(tuple(kept), tuple(faults), changed and keep, tuple(unreadable))


def _import_source(
    ground: Ground,
    source: Source,
    now: Instant,
    *,
    keep: bool,
    progress: Progress,
    sha256: str,
) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    pending: list[Fault] = []
    for item in source.batches():
        if isinstance(item, Fault):
            pending.append(_unnamed(item))
            if len(pending) >= FAULTS_TOLD:
                _refuse_unread(ground, source, tallies, pending, now, keep=keep)
            continue
        batch = replace(item, sha256=item.sha256 or sha256)
        tally = tallies.setdefault(batch.kind, Tally(batch.origin, batch.sha256))
        progress(source.name, batch.rows.num_rows)
        take_in(ground, batch, tally, now, keep=keep)
        tally.lines.clear()
        ground.turn.pass_on()
    _refuse_unread(ground, source, tallies, pending, now, keep=keep)
    return tallies


def _unnamed(fault: Fault) -> Fault:
    """Take bank accounts and e-mail addresses out of a row that no kind has read yet."""
    return replace(fault, message=without_details(fault.message), raw=without_details(fault.raw))


def _refuse_unread(
    ground: Ground,
    source: Source,
    tallies: dict[str, Tally],
    pending: list[Fault],
    now: Instant,
    *,
    keep: bool,
) -> None:
    """Refuse rows that never became part of a batch, under the first kind the file holds."""
    if not pending:
        return
    kind = next(iter(tallies), "")
    tally = tallies.setdefault(kind, Tally(source.origin, ""))
    tally.refuse(pending)
    if keep:
        keep_faults(ground, tally.sha256, kind, pending, now)
    pending.clear()


def _content_sha256(frame: pa.Table) -> str:
    """Name a frame by its content, as a file is named: another content may update this one."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, frame.schema) as stream:
        stream.write_table(frame.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def take_in(
    ground: Ground,
    batch: EventBatch,
    tally: Tally,
    now: Instant,
    *,
    keep: bool = True,
    labels: Labels | None = None,
    received: Mapping[int, Instant] | None = None,
) -> None:
    """Accept a batch, judge it against what is known, and keep what is new.

    labels: by line, the class and rule that the collector gave a click, which saw its request.
    received: by line, when others sent us a row; it happened a day later at most.
    """
    context = AcceptanceContext(ground.brand.timezone, ground.brand.currency, ground.customer_salt)
    accepted = accept(batch, context)
    kind = KINDS[batch.kind]
    stamp = Stamp(ground.brand.brand, batch.origin, batch.source_file, batch.sha256, now)
    given = kept_erased(ground, kind, _labelled(kind, accepted.rows, labels))
    rows, faults = _not_in_the_future(kind, given, stamp)
    if received:
        rows, more = _not_ahead(kind, rows, received, ground.brand.timezone, stamp)
        faults += more
    if kind.name in {"refunds", *_CHECKS} and rows.num_rows:
        rows, more = _checked(ground, kind, rows, stamp)
        faults += more
    verdict = _append(ground, kind, rows, stamp, keep=keep)
    faults = [*accepted.faults, *faults, *_conflicts(kind, batch, rows, verdict)]
    tally.accepted += verdict.accepted
    tally.updated += verdict.updated
    tally.duplicate += verdict.duplicate + accepted.repeated + accepted.superseded
    tally.refuse(faults)
    tally.lines.append(verdict.lines)
    if tally.rows is not None:
        tally.rows.append(rows)
    if keep:
        keep_faults(ground, batch.sha256, batch.kind, faults, now)
        if verdict.accepted or verdict.updated:
            ground.turn.changed([kind.name], _tens(kind, rows, verdict))
        if refit(ground, kind, rows, now):
            ground.turn.changed(["refunds"])


def _not_in_the_future(kind: Kind, rows: pa.Table, stamp: Stamp) -> tuple[pa.Table, list[Fault]]:
    if kind.name not in _READ or kind.occurred is None:
        return rows, []
    findings = future_faults(rows, kind.occurred, stamp.recorded_at, source_file=stamp.source_file)
    return _without(rows, findings)


def _not_ahead(
    kind: Kind, rows: pa.Table, received: Mapping[int, Instant], zone: str, stamp: Stamp
) -> tuple[pa.Table, list[Fault]]:
    times = [received[line] for line in rows["source_line"].to_pylist()]
    findings = ahead_faults(rows, times, zone=zone, source_file=stamp.source_file)
    told = [
        Finding(at, replace(fault, raw=_raw_of(kind, rows.slice(at, 1).to_pylist()[0])))
        for at, fault in findings
    ]
    return _without(rows, told)


def _raw_of(kind: Kind, row: dict[str, Any]) -> str:
    """Write an accepted row as JSON, as far as quarantine keeps it."""
    given = {name: row[name] for name in kind.names if row[name] is not None}
    return json.dumps(given, ensure_ascii=False, default=_iso)[:RAW_LIMIT]


def _without(rows: pa.Table, findings: Sequence[Finding]) -> tuple[pa.Table, list[Fault]]:
    stands = np.ones(rows.num_rows, bool)
    stands[[finding.row for finding in findings]] = False
    return rows.filter(pa.array(stands)), [finding.fault for finding in findings]


def _labelled(kind: Kind, rows: pa.Table, labels: Labels | None) -> pa.Table:
    """Say of each click who made it; other kinds carry no label."""
    if kind.name != "clicks":
        return rows
    if labels is None:
        classes, rules = classify(rows["user_agent"])
    else:
        told = [labels[line] for line in rows["source_line"].to_pylist()]
        classes, rules = (pa.array([each[at] for each in told], pa.string()) for at in (0, 1))
    return rows.append_column("class", classes).append_column("class_rule", rules)


def _tens(kind: Kind, rows: pa.Table, verdict: Verdict) -> list[Instant] | None:
    """Give the tens of seconds in which new clicks happened; None when rows may be of any time."""
    if kind.name != "clicks" or verdict.updated:
        return None
    floored = pc.floor_temporal(rows["clicked_at"], multiple=10, unit="second")
    found: list[Instant] = pc.unique(floored).to_pylist()
    return found


def _append(ground: Ground, kind: Kind, rows: pa.Table, stamp: Stamp, *, keep: bool) -> Verdict:
    if kind.plane is Plane.FACTS:
        return ground.facts.append(kind, rows, stamp, keep=keep)
    with ground.workspace.transaction() as connection:
        return catalog_store.append(connection, kind, rows, stamp, keep=keep)


def _checked(
    ground: Ground, kind: Kind, rows: pa.Table, stamp: Stamp
) -> tuple[pa.Table, list[Fault]]:
    """Refuse what only the store can tell; what is known already is not weighed a second time."""
    if kind.plane is Plane.FACTS:
        changing = ground.facts.changing(kind, rows, stamp)
    else:
        with ground.workspace.transaction() as connection:
            changing = catalog_store.changing(connection, kind, rows, stamp)
    few = rows.filter(pa.array(changing))
    if kind.name == "refunds":
        few, findings = _weighed_refunds(ground, few, stamp)
        rows = put_back(rows, changing, few)
    else:
        findings = _CHECKS[kind.name](ground, kind, few, stamp)
    stands = np.ones(rows.num_rows, bool)
    stands[np.flatnonzero(changing)[[finding.row for finding in findings]]] = False
    return rows.filter(pa.array(stands)), [finding.fault for finding in findings]


def _weighed_refunds(
    ground: Ground, rows: pa.Table, stamp: Stamp
) -> tuple[pa.Table, list[Finding]]:
    """Weigh refunds beside those that are known; give them with what they hold, and who is off."""
    parameters = {"brand": stamp.brand, "known_at": stamp.recorded_at}
    given = {"given_refunds": rows.select(["source", "order_id"])}
    orders = ground.facts.read("facts.orders_named", parameters, given)
    known = ground.facts.read("facts.refunds_named", parameters, given)
    told, standing, empty = fitted(rows, known, orders)
    findings = refund_faults(
        told,
        orders,
        standing,
        timezone=ground.brand.timezone,
        source_file=stamp.source_file,
    )
    named = known_by_their_parts(told, empty, stamp.source_file)
    found = {finding.row: finding for finding in [*findings, *named]}
    return told, [found[row] for row in sorted(found)]


def _codes_owned_twice(ground: Ground, kind: Kind, rows: pa.Table, stamp: Stamp) -> list[Finding]:
    with ground.workspace.transaction() as connection:
        known = catalog_store.known_rows(connection, kind, stamp.brand)
    replaced = set(zip(*(rows[name].to_pylist() for name in kind.key), strict=True))
    keys = zip(*(known[name].to_pylist() for name in kind.key), strict=True)
    standing = known.filter(pa.array([key not in replaced for key in keys], pa.bool_()))
    return code_faults(rows, standing, source_file=stamp.source_file)


def _links_that_lead_nowhere(
    ground: Ground, kind: Kind, rows: pa.Table, stamp: Stamp
) -> list[Finding]:
    with ground.workspace.transaction() as connection:
        others = [each.brand for each in records.brands(connection) if each.brand != stamp.brand]
        taken = {
            slug
            for brand in others
            for slug in catalog_store.known_rows(connection, kind, brand)["slug"].to_pylist()
        }
    return link_faults(rows, taken, source_file=stamp.source_file)


_CHECKS = {
    "codes": _codes_owned_twice,
    "links": _links_that_lead_nowhere,
}
"""Catalog kinds whose rows must agree with others in the store, and who looks after it."""


def _conflicts(kind: Kind, batch: EventBatch, rows: pa.Table, verdict: Verdict) -> list[Fault]:
    """Say which rows give a natural key other values than it has."""
    if not verdict.conflicts:
        return []
    by_line = dict(zip(rows["source_line"].to_pylist(), rows.to_pylist(), strict=True))
    faults = []
    for line, origin, same_file in verdict.conflicts:
        row = by_line[line]
        key = ", ".join(f"{name} {row[name]}" for name in kind.key)
        reason = DropReason.SAME_KEY_IN_FILE if same_file else DropReason.CONFLICT
        why = (
            "stands in this file already with other values; keep one of the two"
            if same_file
            else f"has other values from {origin} that say when they were changed, and this row "
            "does not; give updated_at, or correct it at that source"
            if line in verdict.undated
            else f"has other values from {origin}; import that source again, or give updated_at"
        )
        message = f"{place_of(batch.source_file, line)}, column {kind.key[0]}: {key} {why}."
        faults.append(
            Fault(batch.source_file, line, kind.key[0], reason, message, _raw_of(kind, row))
        )
    return faults


def _iso(value: dt.date) -> str:
    """Write what JSON has no form for: days, and instants in UTC."""
    return value.isoformat() + ("Z" if isinstance(value, dt.datetime) else "")


def keep_faults(
    ground: Ground, sha256: str, kind: str, faults: Sequence[Fault], now: Instant
) -> None:
    """Put refused rows into quarantine; those that are there already stay as they are."""
    with ground.workspace.transaction() as connection:
        records.record_faults(
            connection, ground.brand.brand, faults, sha256=sha256, kind=kind, at=now
        )
