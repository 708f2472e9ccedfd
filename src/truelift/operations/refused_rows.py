"""Refused rows: what is in quarantine, corrected and accepted again, tried again, or dismissed.

In:   the name of a row, its cells as somebody corrected them, or why it is dismissed.
Out:  the row in the facts, or not; a control record of who decided, when and how. A refused row is
      marked as decided and never deleted.

A corrected row goes through the same steps as every other. It belongs to the file it came from, so
that a later version of that file goes on with it; a row that another source contradicts is a
person's word from then on (form).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from truelift.base.columns import ColumnType, Kind
from truelift.base.errors import FieldOff, NotFound, UsageError
from truelift.facts.event import NOTES, DropReason
from truelift.facts.kinds import KINDS
from truelift.operations.form_rows import APPROVED_KINDS, Origin, kept, tried
from truelift.operations.ingest import ImportReport
from truelift.operations.listing import as_imported
from truelift.operations.people import Action, needs, note
from truelift.reports.refused_name import refused_name
from truelift.store import control_records
from truelift.store import workspace_database as records
from truelift.store.control_records import REFUSED_ROW
from truelift.store.ground import Ground
from truelift.store.verdicts import FORM

Row = dict[str, Any]

CORRECTED, DISMISSED, ACCEPTED = "corrected", "dismissed", "accepted again"
FORCED = frozenset({DropReason.CONFLICT.value, DropReason.SAME_KEY_IN_FILE.value})
"""Reasons that only a person's own word settles."""

LONGEST_WHY = 300
STORED = "row_hash"
"""A cell that only a row has that was accepted before it was refused."""

WHOLE_SHARES = 1_000_000


@needs(Action.READ)
def refused_row(ground: Ground, name: str) -> Row:
    """Give a refused row with its cells by column, and why it cannot be corrected here, if so."""
    note(ground, Action.READ.value, "quarantine")
    row = _row(ground, name)
    cells = _cells(ground, row)
    return row | {"name": name, "cells": cells or {}, "why_not": _why_not(row, cells)}


@needs(Action.IMPORT, "name")
def correct_row(ground: Ground, name: str, written: Mapping[str, str]) -> ImportReport:
    """Take a refused row in as somebody corrected it; FieldOff for what is still off."""
    row = _row(ground, name)
    before = _cells(ground, row)
    if why := _why_not(row, before):
        raise UsageError(why)
    what = KINDS[row["kind"]]
    cells = {name: text for name in what.names if (text := written.get(name, "").strip())}
    if before and NOTES in before:
        cells[NOTES] = before[NOTES]
    report = _taken(ground, row, what, cells)
    changed = [each for each in what.names if cells.get(each, "") != (before or {}).get(each, "")]
    _decide(ground, row, {"how": CORRECTED, "columns": changed})
    return report


@needs(Action.IMPORT, "reason")
def retry_rows(ground: Ground, reason: str) -> tuple[Row, ImportReport]:
    """Try the refused rows of a reason again as they are: what they lacked may have come since."""
    counts = {"accepted": 0, "refused": 0}
    taken: list[ImportReport] = []
    for row in _waiting(ground):
        cells = _cells(ground, row)
        if row["reason"] != reason:
            continue
        if _why_not(row, cells) or cells is None:
            counts["refused"] += 1
            continue
        try:
            taken.append(_taken(ground, row, KINDS[row["kind"]], cells))
        except (FieldOff, UsageError):
            counts["refused"] += 1
            continue
        counts["accepted"] += 1
        _decide(ground, row, {"how": ACCEPTED, "columns": []})
    report = ImportReport(
        tuple(record for each in taken for record in each.records), (),
        changed=any(each.changed for each in taken),
    )  # fmt: skip
    return {"reason": reason, **counts}, report


@needs(Action.IMPORT, "name", "reason", "why")
def dismiss_rows(ground: Ground, why: str, *, name: str = "", reason: str = "") -> Row:
    """Decide that a refused row, or every one of a reason, needs nothing; say why."""
    if not 0 < len(why.strip()) <= LONGEST_WHY:
        msg = f"Say in 1 to {LONGEST_WHY} letters why nothing has to be done."
        field = "why"
        raise FieldOff(field, msg)
    rows = [_row(ground, name)] if name else [
        row for row in _waiting(ground) if row["reason"] == reason
    ]  # fmt: skip
    if any(row["kind"] == records.UNBOOKED for row in rows) and name:
        msg = "What cannot be booked is no refused row; it goes once what it lacks is there."
        raise UsageError(msg)
    chosen = [row for row in rows if row["kind"] != records.UNBOOKED]
    for row in chosen:
        _decide(ground, row, {"how": DISMISSED, "why": why.strip()})
    return {"reason": reason or rows[0]["reason"], "dismissed": len(chosen)}


@needs(Action.READ)
def decided_rows(ground: Ground) -> list[Row]:
    """Give what was decided about refused rows, the newest first."""
    with ground.workspace.transaction() as connection:
        found = control_records.records(connection, ground.brand.brand, REFUSED_ROW)
    return [
        {
            "decided_at": item.recorded_at, "by": item.recorded_by, "how": item.record["how"],
            "source_file": item.record["source_file"], "line": item.record["line"],
            "kind": item.record["kind"], "reason": item.record["reason"],
            "columns": ", ".join(item.record.get("columns", ())), "why": item.record.get("why"),
        }
        for item in reversed(found)
    ]  # fmt: skip


def _waiting(ground: Ground) -> list[Row]:
    with ground.workspace.transaction() as connection:
        return records.quarantined(connection, ground.brand.brand)


def _row(ground: Ground, name: str) -> Row:
    for row in _waiting(ground):
        if refused_name(row) == name:
            return row
    msg = "There is no such row in quarantine; somebody decided about it already."
    raise NotFound(msg)


def _why_not(row: Row, cells: Mapping[str, str] | None) -> str:
    """Say why a row cannot be corrected on a page; empty when it can."""
    kind = row["kind"]
    if kind == records.UNBOOKED:
        return "This could not be booked; its sentence says what is missing, and it goes with that."
    if kind not in KINDS or cells is None:
        return (
            "Its cells are not kept one by one, so it cannot be corrected here: correct it at its "
            "source and import the file again, or dismiss it."
        )
    if kind in APPROVED_KINDS:
        return f"Another person approves {kind}: propose the row there, then dismiss this one."
    return ""


def _cells(ground: Ground, row: Row) -> dict[str, str] | None:
    """Read the cells of a row as they were sent; None when they are not kept as cells.

    A row that the store refused is kept as it was accepted: its amounts are whole minor units, and
    are written as a file writes them.
    """
    try:
        found = json.loads(row["raw"])
    except ValueError:
        return None
    kind = KINDS.get(row["kind"])
    if not isinstance(found, dict) or kind is None:
        return None
    stored = STORED in found or any(isinstance(value, int) for value in found.values())
    for item in kind.columns if stored else ():
        text = str(found.get(item.name) or "")
        if item.type is ColumnType.INSTANT and text and not text.endswith("Z"):
            found[item.name] = f"{text.replace(' ', 'T')}Z"  # it is UTC, which nothing in it says
    if stored or _is_typed(kind, found):
        whole = dict.fromkeys(kind.names) | found
        (found,) = as_imported(kind.name, [whole], ground.brand.currency)
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else str(value)
        for name, value in found.items()
        if value is not None and name in {*kind.names, NOTES}
    }


def _is_typed(kind: Kind, cells: Mapping[str, Any]) -> bool:
    """Say whether shares stand in parts per million, as acceptance leaves them."""
    texts = [str(cells.get(item.name) or "") for item in kind.columns
             if item.type is ColumnType.SHARES]  # fmt: skip
    parts = [part.rpartition(":")[2] for text in texts for part in text.split(";") if part]
    whole = [int(part) for part in parts if part.isdecimal()]
    return bool(parts) and len(whole) == len(parts) and sum(whole) == WHOLE_SHARES


def _taken(ground: Ground, row: Row, what: Kind, cells: Mapping[str, str]) -> ImportReport:
    origin = _origin(ground, row)
    tried(ground, what, cells, origin)
    return kept(ground, what, cells, origin)


def _origin(ground: Ground, row: Row) -> Origin:
    """Say who says a corrected row: its own source, or the person where sources contradict."""
    name = f"form of {ground.person}: {row['source_file']}"
    if row["reason"] not in FORCED:
        with ground.workspace.transaction() as connection:
            known = records.imports(connection, ground.brand.brand)
        for each in reversed(known):
            if (each["sha256"], each["kind"]) == (row["sha256"], row["kind"]):
                return Origin(str(each["origin"]), name, row["line"])
    return Origin(FORM, name, row["line"])


def _decide(ground: Ground, row: Row, told: Row) -> None:
    """Mark a row as decided, and keep by whom, when and how."""
    now, brand = ground.clock.now(), ground.brand.brand
    about = {name: row[name] for name in ("source_file", "line", "column", "kind", "reason")}
    with ground.workspace.transaction() as connection:
        records.resolve_fault(connection, row, now)
        control_records.keep(
            connection, brand, REFUSED_ROW, refused_name(row), about | told,
            at=now, by=ground.person,
        )  # fmt: skip
