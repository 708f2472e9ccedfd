"""Form rows: a row of the catalog that a person writes on a page, through the steps of an import.

In:   the cells of one row, and the row as it was read before it was changed.
Out:  the row kept with who wrote it; FieldOff for a cell that acceptance refuses; Overtaken when
      somebody else changed the row meanwhile.

What has an approver is kept aside first, until another person approves it (value_changes).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from truelift.base.columns import Kind, Plane
from truelift.base.errors import FieldOff, NotFound, Overtaken, UsageError
from truelift.base.time import Instant
from truelift.facts.event import NOTES, EventBatch, Fault
from truelift.facts.kinds import KINDS, kind_named
from truelift.operations.ingest import ImportReport, Tally, take_in
from truelift.operations.listing import as_imported
from truelift.operations.people import Action, needs
from truelift.operations.recompute import recompute
from truelift.reports.form_cells import APPROVER, exact_cells, form_cells, form_key
from truelift.store import catalog_store
from truelift.store import workspace_database as records
from truelift.store.ground import Ground
from truelift.store.verdicts import FORM
from truelift.store.workspace_database import ImportRecord

APPROVED_KINDS = frozenset(name for name, kind in KINDS.items() if APPROVER in kind.names)
"""Kinds whose rows another person approves."""

NAMES = {"campaign": "campaigns", "creator": "creators", "agreement": "agreements"}
"""Columns that name a row of another kind."""

Row = dict[str, Any]
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A row as somebody wrote it. read: the row as the form showed it first; None for a new one."""

    kind: str
    cells: Cells
    read: Cells | None = None

    def __str__(self) -> str:
        """Name the row, for the log."""
        what = catalog_kind(self.kind)
        return " ".join([self.kind, *form_key(what, self.read or self.cells)]).strip()


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says a row and where it stands: the origin, a name for messages, its line."""

    origin: str
    name: str
    line: int = 1


@needs(Action.IMPORT, "row")
def save_row(ground: Ground, row: Written) -> ImportReport:
    """Keep a row that a person wrote: a new one, or another version of the one that they read."""
    what = catalog_kind(row.kind)
    if row.kind in APPROVED_KINDS:
        msg = f"{row.kind} are approved by another person: propose the change."
        raise UsageError(msg)
    return kept(ground, what, checked(ground, what, row), by_form(ground))


@needs(Action.READ)
def unknown_names(ground: Ground, row: Written) -> list[str]:
    """Say which names in a row nothing else knows yet; they may come later, or be mistyped."""
    told = []
    for column, kind in NAMES.items():
        name = row.cells.get(column, "").strip()
        if not name or column not in catalog_kind(row.kind).names or kind == row.kind:
            continue
        with ground.workspace.transaction() as connection:
            known = catalog_store.known_rows(connection, KINDS[kind], ground.brand.brand)
        if name not in known[column].to_pylist():
            told.append(f"No {column} {name} is known yet: check the name, or add it.")
    return told


def catalog_kind(kind: str) -> Kind:
    """Give a kind whose rows people may write; UsageError for any other."""
    what = kind_named(kind)
    if what.plane is not Plane.WORKSPACE:
        msg = f"{kind} are facts: they are imported, and corrected where they come from."
        raise UsageError(msg)
    return what


def by_form(ground: Ground) -> Origin:
    """Say that who acts wrote a row on a page."""
    return Origin(FORM, f"form of {ground.person}")


def checked(ground: Ground, what: Kind, row: Written) -> Cells:
    """Give the cells of a row that may be kept, notes included; the error names what is off."""
    read, zone = row.read, ground.brand.timezone
    found = None if read is None else known_row(ground, what, form_key(what, read))
    if read is not None:
        if found is None:
            msg = "This row is no longer there; somebody else changed its name. Write it anew."
            raise NotFound(msg)
        if dict(read) != form_cells(what, found, zone):
            msg = (
                "Somebody else changed this row while you wrote. Nothing of yours is saved yet: "
                "their change stands beside it; look at both and save again."
            )
            raise Overtaken(msg)
    cells = exact_cells(what, row.cells, found, zone)
    if found is not None and found[NOTES] is not None:
        cells[NOTES] = found[NOTES]
    tally = tried(ground, what, cells, by_form(ground))
    if read is None and (tally.updated or tally.duplicate):
        first = "handle" if "handle" in what.key else what.key[0]
        named = ", ".join(filter(None, form_key(what, row.cells)))
        raise FieldOff(first, f"There is {named} already; open it in the list and change it there.")
    return cells


def known_row(ground: Ground, what: Kind, key: list[str]) -> Row | None:
    """Find the row that a form's key means, as an import reads it."""
    with ground.workspace.transaction() as connection:
        stored = catalog_store.known_rows(connection, what, ground.brand.brand).to_pylist()
    rows = as_imported(what.name, stored, ground.brand.currency)
    zone = ground.brand.timezone
    return next((row for row in rows if form_key(what, form_cells(what, row, zone)) == key), None)


def tried(ground: Ground, what: Kind, cells: Cells, origin: Origin) -> Tally:
    """Take a row through all steps without keeping it; FieldOff says what is wrong with it."""
    now = ground.clock.now()
    tally = Tally(origin.origin, "")
    take_in(ground, _batch(what, cells, origin, now), tally, now, keep=False)
    if tally.faults:
        raise off(tally.faults[0])
    return tally


def kept(ground: Ground, what: Kind, cells: Cells, origin: Origin) -> ImportReport:
    """Take a row in that was tried; what follows from it is computed again."""
    now = ground.clock.now()
    batch = _batch(what, cells, origin, now)
    tally = Tally(origin.origin, batch.sha256)
    take_in(ground, batch, tally, now)
    record = ImportRecord(
        batch.source_file, batch.sha256, what.name, origin.origin, tally.accepted, tally.updated,
        tally.duplicate, tally.quarantined,
    )  # fmt: skip
    with ground.workspace.transaction() as connection:
        records.record_import(connection, ground.brand.brand, record, now)
    changed = bool(tally.accepted or tally.updated)
    if changed:
        recompute(ground)
    return ImportReport((record,), tuple(tally.faults), changed)


def off(fault: Fault) -> FieldOff:
    """Say what acceptance found, without a file and a line: the person sees the field."""
    _, found, sentence = fault.message.partition(f"column {fault.column}: ")
    told = sentence if found else fault.message
    return FieldOff(fault.column, told[:1].upper() + told[1:])


def _batch(what: Kind, cells: Cells, origin: Origin, now: Instant) -> EventBatch:
    """Make the event of a row; the time in its hash tells a row that is written twice apart."""
    told = json.dumps([what.name, dict(cells), origin.name, now.isoformat()])
    columns = {name: pa.array([text], pa.string()) for name, text in cells.items()}
    return EventBatch(
        what.name, origin.origin, origin.name, hashlib.sha256(told.encode()).hexdigest(),
        pa.table(columns), pa.array([origin.line], pa.int64()),
    )  # fmt: skip
