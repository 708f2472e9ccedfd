"""Value changes: what a unit or a sale is worth, proposed by one person and approved by another.

In:   the cells of a row of a kind that has an approver (values, margins).
Out:  a control record that waits; once approved, the row itself, which names who approved it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from truelift.base.columns import Kind
from truelift.base.errors import NotFound, Overtaken, UsageError
from truelift.base.ids import content_hash
from truelift.facts.kinds import kind_named
from truelift.operations.form_rows import (
    APPROVED_KINDS,
    Written,
    by_form,
    catalog_kind,
    checked,
    kept,
    known_row,
)
from truelift.operations.ingest import ImportReport
from truelift.operations.people import Action, different, needs
from truelift.reports.form_cells import APPROVER, form_cells, form_key
from truelift.store import control_records
from truelift.store.control_records import CATALOG_CHANGE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"


@needs(Action.IMPORT, "row")
def propose_row(ground: Ground, row: Written) -> Row:
    """Keep a change aside until another person approves it; a later one takes its place."""
    what = catalog_kind(row.kind)
    if row.kind not in APPROVED_KINDS:
        msg = f"{row.kind} need no approval: save the row."
        raise UsageError(msg)
    plain = {name: text for name, text in row.cells.items() if name != APPROVER}
    cells = checked(ground, what, replace(row, cells=plain))
    before = None if row.read is None else known_row(ground, what, form_key(what, row.read))
    record = {
        "kind": row.kind, "state": WAITING, "cells": dict(cells),
        "before": _shown(ground, what, before), "proposed_by": ground.person,
        "read": None if row.read is None else dict(row.read),
    }  # fmt: skip
    name = content_hash([row.kind, *[cells.get(each, "") for each in what.key]])[:16]
    return _row(_keep(ground, name, record))


@needs(Action.APPROVE_VALUE, "name", "reject")
def decide_row(ground: Ground, name: str, *, reject: bool = False) -> tuple[Row, ImportReport]:
    """Approve a change that another person proposed, which keeps the row; or reject it."""
    item = _newest(ground).get(name)
    if item is None or item.record["state"] != WAITING:
        msg = "Nothing of this name waits for approval; somebody decided it already."
        raise Overtaken(msg) if item else NotFound(msg)
    record = item.record
    what, report = kind_named(record["kind"]), ImportReport((), (), changed=False)
    if not reject:
        different(record["proposed_by"], ground.person, "this value")
        read = record["read"]
        if read is not None:
            now = known_row(ground, what, form_key(what, read))
            if _shown(ground, what, now) != record["before"]:
                msg = "The row was changed since this was proposed; reject it and propose anew."
                raise Overtaken(msg)
        cells = record["cells"] | {APPROVER: ground.person}
        report = kept(ground, what, cells, by_form(ground))
    state = REJECTED if reject else APPROVED
    told = {"state": state, "decided_by": ground.person, "proposed_sha256": item.sha256}
    return _row(_keep(ground, name, _without_stamp(record) | told)), report


@needs(Action.READ)
def waiting_rows(ground: Ground) -> list[Row]:
    """Give the changes that wait for somebody's approval, oldest first."""
    found = [_row(item) for item in _newest(ground).values() if item.record["state"] == WAITING]
    return sorted(found, key=lambda row: row["proposed_at"])


def _newest(ground: Ground) -> dict[str, KeptRecord]:
    with ground.workspace.transaction() as connection:
        return control_records.newest(connection, ground.brand.brand, CATALOG_CHANGE)


def _keep(ground: Ground, name: str, record: Row) -> KeptRecord:
    with ground.workspace.transaction() as connection:
        return control_records.keep(
            connection, ground.brand.brand, CATALOG_CHANGE, name, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip


def _without_stamp(record: Mapping[str, Any]) -> Row:
    return {key: value for key, value in record.items() if not key.startswith("recorded_")}


def _shown(ground: Ground, what: Kind, row: Row | None) -> Row | None:
    return None if row is None else form_cells(what, row, ground.brand.timezone)


def _row(item: KeptRecord) -> Row:
    """Say a change in a row: what it would be, and what it is now."""
    record, before = item.record, item.record["before"] or {}
    cells, names = record["cells"], kind_named(record["kind"]).names
    shown = [name for name in names if name != APPROVER]
    changed = [
        f"{name} {before.get(name) or 'none'} -> {cells.get(name) or 'none'}"
        for name in shown
        if before and (before.get(name) or "") != cells.get(name, "")
    ]
    new = ", ".join(f"{name} {cells[name]}" for name in shown if name in cells)
    return {
        "change": item.name, "kind": record["kind"], "state": record["state"],
        "proposed_by": record["proposed_by"], "proposed_at": item.recorded_at,
        "says": "; ".join(changed) if before else f"new: {new}",
        "cells": json.dumps(cells, ensure_ascii=False), "decided_by": record.get("decided_by"),
    }  # fmt: skip
