"""Evidence: files that prove an entry, a document or an agreement, and whether they still do.

In:   a file, and what it is for.
Out:  the file by its hash (store.evidence_files), linked by a control record that never changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.store import control_records, journal
from truelift.store.control_records import EVIDENCE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]

ENTRY, DOCUMENT, AGREEMENT = "entry", "document", "agreement"
LONGEST_NOTE, LONGEST_NAME = 500, 120
WELL = "ok"


@needs(Action.ADD_EVIDENCE, "path", "what", "which")
def add_evidence(ground: Ground, path: Path, *, what: str, which: str, note: str = "") -> Row:
    """Store a file and link it to an entry, a document or an agreement that exists."""
    if len(note) > LONGEST_NOTE:
        msg = f"--note has {len(note)} characters; at most {LONGEST_NOTE} are kept."
        raise UsageError(msg)
    _exists(ground, what, which)
    stored = ground.evidence.keep(path)
    name = f"{what}/{which}/{stored.sha256}"
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, EVIDENCE).get(name)
        if kept is None or kept.record["note"] != note:
            record = {
                "what": what, "which": which, "sha256": stored.sha256, "size": stored.size,
                "file": _shown(path.name), "note": note,
            }  # fmt: skip
            kept = control_records.keep(
                connection, ground.brand.brand, EVIDENCE, name, record,
                at=ground.clock.now(), by=ground.person,
            )  # fmt: skip
    return _row(kept)


@needs(Action.READ)
def evidence(ground: Ground, what: str | None = None, which: str | None = None) -> list[Row]:
    """List what is linked to what, oldest first."""
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, EVIDENCE)
    return [
        _row(item)
        for item in kept.values()
        if what in {None, item.record["what"]} and which in {None, item.record["which"]}
    ]


@needs(Action.READ)
def check_evidence(ground: Ground) -> list[Row]:
    """Read every linked file again; each row's state is ok, missing or changed."""
    faults: dict[str, str] = {}
    rows = evidence(ground)
    for sha256 in {row["sha256"] for row in rows}:
        faults[sha256] = ground.evidence.fault(sha256) or WELL
    return [row | {"state": faults[row["sha256"]]} for row in rows]


def _exists(ground: Ground, what: str, which: str) -> None:
    known = knowledge(ground)
    match what:
        case "entry":
            with ground.workspace.transaction() as connection:
                found = bool(journal.entries_by_id(connection, ground.brand.brand, [which]))
        case "document":
            found = which in known.read("facts.documents")["document"].to_pylist()
        case "agreement":
            found = any(row["agreement"] == which for row in known.rows("agreements"))
        case _:
            msg = f"--for {what} is not known; use {ENTRY}, {DOCUMENT} or {AGREEMENT}."
            raise UsageError(msg)
    if not found:
        msg = f"There is no {what} {which!r} in {ground.brand.brand}; evidence is of what exists."
        raise NotFound(msg)


def _shown(name: str) -> str:
    """Give a file's name as it may be shown: printable, and not without end."""
    return "".join(letter if letter.isprintable() else "_" for letter in name)[:LONGEST_NAME]


def _row(item: KeptRecord) -> Row:
    record = item.record
    return {
        "for": record["what"], "id": record["which"], "file": record["file"],
        "note": record["note"], "size": record["size"], "sha256": record["sha256"],
        "added_by": item.recorded_by, "added_at": item.recorded_at,
    }  # fmt: skip
