"""The lake as the workspace sees it: accepted segments are sealed into it, and where it stands.

In:   a ground whose workspace names a lake.
Out:  what was sealed; a row per kind; small files made few; segments of a folder that was lost.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.base.errors import TrueliftError, UsageError
from truelift.operations.people import Action, needs
from truelift.store import ground as grounds
from truelift.store import lake_restore
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import LakeAway, LakeRefused
from truelift.store.ground import Ground
from truelift.store.lake import Lake, Sealed
from truelift.store.lake_restore import Restored

__all__ = [
    "Restored", "Sealed", "Standing", "compact_lake", "forget_lost", "lake_standing",
    "restore_lake", "seal_lake",
]  # fmt: skip

ANSWER_SECONDS = 10.0
"""How long somebody who looks after the workspace waits for the lake."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the table of a kind stands: the brand's rows in it, and those that wait for it."""

    kind: str
    version: int
    files: int
    rows: int
    waiting: int


@needs(Action.IMPORT, logged=False, alone=False)
def seal_lake(ground: Ground) -> Sealed:
    """Append to the lake what was accepted since; UsageError where there is none."""
    lake = _lake(ground)
    lake.make()
    for kind in FACT_KINDS:
        _reconciled(ground, lake, kind)
    log = ground.facts.log
    return Sealed() if log is None else lake.seal(log)


def _reconciled(ground: Ground, lake: Lake, kind: Kind) -> None:
    """See that the lake holds as many rows of a kind as were accepted up to its last number."""
    held, found = lake.table(kind).held(lake.node), lake.table(kind).rows()
    asked = {"kind": kind.name, "number": held}
    accepted = ground.facts.read("lake.applied_rows", asked)["rows"][0].as_py()
    if accepted != found:
        msg = (
            f"The lake table {lake.table(kind).uri} holds {found:,} rows, {accepted:,} were "
            f"accepted up to segment {held}: one of the two was restored from a backup. Name a "
            "new lake in workspace.toml, and it is filled again from the segments."
        )
        raise LakeRefused(msg)


@needs(Action.READ)
def lake_standing(ground: Ground) -> list[Standing]:
    """Say of every kind where its table stands; rows are those of the brand alone."""
    lake, brand = _lake(ground), ground.brand.brand
    found = []
    for kind in FACT_KINDS:
        snapshot = lake.snapshot(kind)
        rows, waiting = lake.table(kind).rows_of("brand", brand), _waiting(ground, lake, kind)
        found.append(Standing(kind.name, snapshot.version, len(snapshot.files), rows, waiting))
    return found


@needs(Action.READ)
def lake_waiting(ground: Ground, seconds: float = ANSWER_SECONDS) -> int:
    """Count the brand's rows that wait to be sealed; LakeAway when the lake takes too long."""
    named = _lake(ground)
    lake = Lake(named.uri, named.node, named.owner)  # its own: the thread may wait on when we left
    told: list[int | Exception] = []

    def count() -> None:
        try:
            told.append(sum(_waiting(ground, lake, kind) for kind in FACT_KINDS))
        except Exception as error:  # noqa: BLE001 - raised where it was asked
            told.append(error)

    asking = threading.Thread(target=count, name="lake", daemon=True)
    asking.start()
    asking.join(seconds)
    if not told:
        msg = f"The lake {named.uri} has not answered for {seconds:.0f} s."
        raise LakeAway(msg)
    if isinstance(told[0], Exception):
        raise told[0]
    return told[0]


def _waiting(ground: Ground, lake: Lake, kind: Kind) -> int:
    """Count the brand's accepted rows of a kind that its table does not hold yet."""
    log = ground.facts.log
    if log is None:
        return 0
    rows = lake.tail(kind, log, lake.snapshot(kind))
    return int(pc.sum(pc.equal(rows["brand"], ground.brand.brand)).as_py() or 0)


@needs(Action.IMPORT, logged=False, alone=False)
def compact_lake(ground: Ground) -> tuple[int, int]:
    """Make few files of many; give how many were merged, and how many old ones were removed."""
    lake = _lake(ground)
    merged = removed = 0
    for kind in FACT_KINDS:
        table = lake.table(kind)
        merged += int(table.compact().get("numFilesRemoved", 0))
        removed += table.vacuum()
    return merged, removed


@needs(Action.MANAGE_BRANDS, anywhere=True)
def restore_lake(ground: Ground) -> Restored:
    """Make the segments of a folder that was lost, of what the lake holds.

    TrueliftError where the folder holds some, or is served. The facts file is made of them when
    the workspace is opened next; where others reach its database the folder is its owner only then,
    and on purpose (operations.owning).
    """
    lake = _lake(ground)
    if ground.served:
        msg = f"{ground.folder} is served; stop that first, then restore its segments."
        raise TrueliftError(msg)
    for name in grounds.FOLDERS:
        (ground.folder / name).mkdir(exist_ok=True)
    return lake_restore.restore(lake, ground.folder)


@needs(Action.MANAGE_BRANDS)
def forget_lost(ground: Ground) -> bool:
    """Say no more that facts were lost: they were imported again, or are given up."""
    return lake_restore.forget(ground.folder)


def _lake(ground: Ground) -> Lake:
    if ground.lake is None:
        msg = (
            f'{ground.folder} names no lake; write lake = "/a/folder" or an address into its '
            "workspace.toml."
        )
        raise UsageError(msg)
    return ground.lake
