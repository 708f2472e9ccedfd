"""Uploads: a file that a person sends, looked at and tried before it is imported.

In:   a file in the workspace's own folder, and what a person says about how it is read.
Out:  what it was recognised as, its first rows, what an import would do; and the import itself.

Only who sent a file sees it. Looking and trying keep nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind, Plane
from truelift.base.errors import NotFound, UsageError
from truelift.base.money import format_minor
from truelift.catalog.permission import same_person
from truelift.connectors.files import ReadOptions, Shape, Source, open_source
from truelift.connectors.guessing import guessed, likeliest
from truelift.connectors.options import MappingProfile
from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.event import EventBatch, Fault
from truelift.facts.kinds import KINDS, kind_named
from truelift.operations.ingest import (
    FAULTS_TOLD,
    ImportReport,
    Tally,
    import_source,
    of_the_brand,
    take_in,
)
from truelift.operations.listing import as_imported
from truelift.operations.people import Action, logged_as, needs
from truelift.store import catalog_store, uploads
from truelift.store.ground import Ground
from truelift.store.known_facts import of_keys
from truelift.store.uploads import Upload

__all__ = [
    "HowRead", "Looked", "Tried", "Upload", "begin_upload", "drop_upload", "how_read", "look",
    "take_upload", "try_upload", "waiting_uploads",
]  # fmt: skip

Row = dict[str, Any]

SHOWN_ROWS = 20
"""Rows that are shown of a file, and of what it would change."""

MOST_WAITING = 20
"""Files that one person may have waiting."""


@dataclass(frozen=True, slots=True)
class HowRead:
    """What a person says about a file.

    kind: None to find it. columns: our column -> the file's header; none to read it by the names of
    ours. fill: our column -> value of every row. dates: patterns, none for ISO.
    """

    kind: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it would be read.

    how: as a person said, with what was found where nothing was said. kind and columns: what its
    columns are mapped to, or seem to fit.
    """

    upload: Upload
    shapes: Sequence[Shape]
    how: HowRead
    kind: str
    columns: Mapping[str, str]
    rows: Sequence[Row]
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Tried:
    """What an import would do.

    counts: rows by kind and verdict. reasons: refused rows by reason. changes: what the first
    updated rows would be instead. added: by kind and currency the money of new rows.
    """

    counts: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    faults: Sequence[Fault]
    changes: Sequence[Row]
    added: Mapping[str, str]


@needs(Action.IMPORT, logged=False, alone=False)
def begin_upload(ground: Ground, name: str) -> Upload:
    """Make place for a file that is about to come in."""
    if len(_own(ground)) >= MOST_WAITING:
        msg = f"{MOST_WAITING} files of yours wait already; import or remove some of them first."
        raise UsageError(msg)
    return uploads.begin(ground.folder, name, ground.brand.brand, ground.person)


@needs(Action.IMPORT, logged=False, alone=False)
def waiting_uploads(ground: Ground) -> list[Upload]:
    """Give the files that who acts has sent and not imported yet, newest first."""
    return _own(ground)


@needs(Action.IMPORT, logged=False, alone=False)
def drop_upload(ground: Ground, upload: str) -> Upload:
    """Remove a file that was sent."""
    kept = _found(ground, upload)
    uploads.remove(ground.folder, upload)
    return kept


@needs(Action.IMPORT, logged=False, alone=False)
def look(ground: Ground, upload: str, how: HowRead) -> Looked:
    """Say what a file is, and show its first rows as they would be read."""
    kept = _found(ground, upload)
    shapes = _source(ground, kept, HowRead(fill=how.fill)).shapes()
    header, first = shapes[0].header, shapes[0]
    recognised = first.kinds[0] if first.kinds and not first.title else None
    kind = how.kind or recognised or (likeliest(header).name if header else "")
    columns = how.columns or (guessed(kind_named(kind), header) if kind else {})
    if header and kind != recognised and (how.kind or not first.kinds):
        how = replace(how, kind=kind, columns=columns)
    rows: list[Row] = []
    faults: list[Fault] = []
    for item in _source(ground, kept, how).batches():
        if isinstance(item, Fault):
            faults.append(item)
        else:
            shown, off = _shown(ground, item)
            rows += shown
            faults += off
        if len(rows) + len(faults) >= SHOWN_ROWS:
            break
    return Looked(kept, shapes, how, kind, columns, rows[:SHOWN_ROWS], faults[:SHOWN_ROWS])


@needs(Action.IMPORT, logged=False, alone=False)
def try_upload(ground: Ground, upload: str, how: HowRead) -> Tried:
    """Say what an import of a file would do, without keeping anything."""
    source = _source(ground, _found(ground, upload), how)
    counts: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    faults: list[Fault] = []
    changes: list[Row] = []
    added: Counter[tuple[str, str]] = Counter()
    for item in source.batches():
        tally = Tally(source.origin, "", rows=[])
        kind = ""
        if isinstance(item, Fault):
            tally.refuse([item])
        else:
            kind = item.kind
            take_in(ground, item, tally, ground.clock.now(), keep=False)
            _add_up(ground, kind, tally, changes, added)
        said = counts.setdefault(kind, Counter())
        said.update(
            accepted=tally.accepted, updated=tally.updated, duplicate=tally.duplicate,
            quarantined=tally.quarantined,
        )  # fmt: skip
        reasons.update(fault.reason.value for fault in tally.faults)
        faults += tally.faults[: max(FAULTS_TOLD - len(faults), 0)]
    money = {
        f"{kind}, {currency}": format_minor(amount, currency)
        for (kind, currency), amount in sorted(added.items())
    }
    return Tried(counts, reasons, faults[:SHOWN_ROWS], changes[:SHOWN_ROWS], money)


@needs(Action.IMPORT, logged=False)
def take_upload(ground: Ground, upload: str, how: HowRead) -> ImportReport:
    """Import a file that was sent, and remove it."""
    kept = _found(ground, upload)
    with logged_as(ground, Action.IMPORT, f"upload {kept.name}"):
        report = import_source(ground, _source(ground, kept, how))
    uploads.remove(ground.folder, upload)
    return report


def _own(ground: Ground) -> list[Upload]:
    return [each for each in uploads.waiting(ground.folder) if _is_own(ground, each)]


def _is_own(ground: Ground, kept: Upload) -> bool:
    return kept.brand == ground.brand.brand and same_person(kept.by, ground.person)


def _found(ground: Ground, upload: str) -> Upload:
    kept = uploads.found(ground.folder, upload)
    if kept is None or not _is_own(ground, kept) or not kept.path.is_file():
        msg = "There is no such file of yours; it was imported, removed, or a day has passed."
        raise NotFound(msg)
    return kept


def _source(ground: Ground, kept: Upload, how: HowRead) -> Source:
    """Open a file as a person says; messages call it by the name it was sent under."""
    if how.kind is not None and how.columns:
        profile = MappingProfile(
            kept.name.removesuffix(".gz"), how.kind, how.columns, how.fill, how.dates, how.decimal
        )
        options = ReadOptions(profile=profile)
    else:
        options = ReadOptions(kind=how.kind, set=how.fill)
    source = open_source(kept.path, of_the_brand(ground, options))
    source.name = kept.name
    return source


def _shown(ground: Ground, batch: EventBatch) -> tuple[list[Row], list[Fault]]:
    """Give the first rows of a batch as they are read, and why others of them are not."""
    first = EventBatch(
        batch.kind, batch.origin, batch.source_file, batch.sha256,
        batch.rows.slice(0, SHOWN_ROWS), batch.lines.slice(0, SHOWN_ROWS),
    )  # fmt: skip
    accepted = accept(first, _context(ground))
    names = [*KINDS[batch.kind].names, "source_line"]
    rows = accepted.rows.select(names).to_pylist()
    told = as_imported(batch.kind, rows, ground.brand.currency)
    return [{"kind": batch.kind} | row for row in told], accepted.faults


def _context(ground: Ground) -> AcceptanceContext:
    return AcceptanceContext(ground.brand.timezone, ground.brand.currency, ground.customer_salt)


def _add_up(
    ground: Ground,
    name: str,
    tally: Tally,
    changes: list[Row],
    added: Counter[tuple[str, str]],
) -> None:
    """Note what updated rows would be instead of what they are, and the money of new ones."""
    kind, lines, rows = KINDS[name], pa.concat_tables(tally.lines), (tally.rows or [])[0]
    money, room = MONEY.get(name), SHOWN_ROWS - len(changes)
    if money and tally.accepted:
        fresh = rows.filter(pc.is_in(rows["source_line"], value_set=_of(lines, "new")))
        sums = fresh.group_by("currency").aggregate([(column, "sum") for column in money])
        for row in sums.to_pylist():
            first, *less = (row[f"{column}_sum"] or 0 for column in money)
            added[name, row["currency"]] += first - sum(less)
    if tally.updated and room > 0:
        few = _of(lines, "update").slice(0, room)
        changes += _changes(ground, kind, rows.filter(pc.is_in(rows["source_line"], value_set=few)))


def _of(lines: pa.Table, verdict: str) -> pa.Array:
    """Give the lines of a verdict."""
    found = lines.filter(pc.equal(lines["verdict"], verdict))["source_line"]
    return found.combine_chunks()


MONEY: Mapping[str, tuple[str, ...]] = {
    "orders": ("subtotal", "discount"), "refunds": ("amount",), "costs": ("amount",),
}  # fmt: skip
"""Columns of which the first less the others is what a row adds."""


def _changes(ground: Ground, kind: Kind, rows: pa.Table) -> Iterator[Row]:
    """Give each row's key and what of it would be another."""
    known = _known(ground, kind, rows)
    before = {tuple(row[name] for name in kind.key): row for row in _texts(ground, kind, known)}
    for row, written in zip(rows.to_pylist(), _texts(ground, kind, rows), strict=True):
        was = before.get(tuple(written[name] for name in kind.key), {})
        for name in kind.names:
            if was.get(name) != written[name]:
                yield {
                    "kind": kind.name, "line": row["source_line"],
                    "row": " ".join(str(written[each]) for each in kind.key if written[each]),
                    "column": name, "before": was.get(name), "after": written[name],
                }  # fmt: skip


def _known(ground: Ground, kind: Kind, rows: pa.Table) -> pa.Table:
    if kind.plane is Plane.FACTS:
        return of_keys(ground.facts, kind, ground.brand.brand, rows.select(list(kind.key)))
    with ground.workspace.transaction() as connection:
        return catalog_store.known_rows(connection, kind, ground.brand.brand)


def _texts(ground: Ground, kind: Kind, rows: pa.Table) -> list[Row]:
    plain = as_imported(kind.name, rows.to_pylist(), ground.brand.currency)
    return [{name: row[name] for name in kind.names} for row in plain]


def how_read(text: str) -> HowRead:
    """Read what a form says about a file; UsageError when it is damaged."""
    try:
        told = json.loads(text or "{}")
        return HowRead(
            told.get("kind") or None, dict(told.get("columns") or {}), dict(told.get("fill") or {}),
            tuple(told.get("dates") or ()), told.get("decimal") or ".",
        )  # fmt: skip
    except (ValueError, AttributeError, TypeError):
        msg = "The form is damaged: open the file again."
        raise UsageError(msg) from None
