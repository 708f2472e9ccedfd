"""Erase: takes what names a creator out of a workspace; the books keep their ids and their chain.

In:   a creator's id and the reason (their request, the end of a retention period).
Out:  emptied rows, and a control record that says who erased whom when, without what was erased.

What stays, because it is evidence or a key: the creator's id, agreements, cost documents and
entries (the law keeps those), handles and posts (the platform's own public keys), evidence files,
and the last four of bank details. A later import of the same creator keeps the columns empty.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.base.errors import NotFound, UsageError
from truelift.operations.people import Action, needs
from truelift.store import control_records, erasure
from truelift.store.control_records import ERASURE
from truelift.store.ground import Ground

Row = dict[str, Any]

LONGEST_REASON = 300
CREATORS = "creators"


@needs(Action.ERASE, "creator")
def erase_creator(ground: Ground, creator: str, *, reason: str) -> Row:
    """Erase a creator's personal data; give how many rows of each sort were emptied."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        msg = f"--reason is missing or long: say in 1 to {LONGEST_REASON} letters why, no name."
        raise UsageError(msg)
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        texts = erasure.personal_texts(connection, brand, creator)
        if any(text.casefold() in reason.casefold() for text in texts):
            msg = "--reason repeats what is to be erased, and a reason is kept for ever."
            raise UsageError(msg)
        emptied = erasure.erase_creator(connection, brand, creator)
        if not emptied:
            msg = f"There is no creator {creator!r} here; `truelift list creators` has their ids."
            raise NotFound(msg)
        counts = {
            "creators": emptied,
            "aliases": erasure.erase_aliases(connection, brand, creator),
            "quarantine": erasure.erase_quarantined(connection, brand, creator, texts),
            "users": erasure.erase_person(connection, brand, creator),
        }
        control_records.keep(
            connection, brand, ERASURE, creator, {"reason": reason, "emptied": counts},
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
    erasure.scrub(ground.workspace.engine)
    return {"creator": creator, **counts}


def kept_erased(ground: Ground, kind: Kind, rows: pa.Table) -> pa.Table:
    """Give accepted rows with the personal columns of erased creators empty, as they were left."""
    if kind.name != CREATORS or not rows.num_rows:
        return rows
    with ground.workspace.transaction() as connection:
        erased = sorted(control_records.newest(connection, ground.brand.brand, ERASURE))
    if not erased:
        return rows
    gone = pc.is_in(rows["creator"], pa.array(erased, pa.string()))
    for name in erasure.EMPTIED:
        column = rows[name]
        empty = pc.if_else(gone, pa.scalar(None, column.type), column)
        rows = rows.set_column(rows.schema.get_field_index(name), name, empty)
    hashes = [
        erasure.erased_hash(creator) if is_gone else row_hash
        for creator, is_gone, row_hash in zip(
            rows["creator"].to_pylist(), gone.to_pylist(), rows["row_hash"].to_pylist(), strict=True
        )
    ]
    place = rows.schema.get_field_index("row_hash")
    return rows.set_column(place, "row_hash", pa.array(hashes, pa.string()))
