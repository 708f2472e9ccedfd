"""The way back from a lake: segments are made of its tables when the owner's disk is lost.

In:   a lake, and a folder without segments.
Out:  segments as if many had been merged, every sealed row once under its own number; and which
      numbers the lake does not hold.

Numbers are given over all kinds together, and a kind is sealed by itself: where the disk was lost
between two kinds, numbers in the middle are nowhere any more. They stand in the log as lost, so
that it is whole and goes on, and in `lost.json`, which says so until somebody gives them up.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from truelift.base.columns import Kind
from truelift.base.errors import TrueliftError
from truelift.base.time import Instant
from truelift.store import state_files
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import PARTITION, LakeRefused, LakeTable
from truelift.store.lake import Lake, lake_schema
from truelift.store.segments import LOST, NUMBER_COLUMN, put_in_place, write_run

ROWS_AT_ONCE = 250_000
"""So many rows are in memory at a time, or those of one segment."""

NOTICE = "lost.json"
_FRESH = "segments.restoring"
_ORDER = (NUMBER_COLUMN, "source_file", "source_line", "row_hash")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made. rows: by kind. last: the newest number. lost: numbers without rows.

    newest: when the newest row was recorded, naive UTC.
    """

    rows: Mapping[str, int]
    last: int
    lost: tuple[int, ...]
    newest: Instant | None


@dataclass(frozen=True, slots=True)
class _Held:
    """What the table of a kind holds: rows by number, and when the newest was recorded."""

    kind: Kind
    rows: ds.Dataset
    counts: Mapping[int, int]
    newest: Instant | None


def has_segments(folder: Path) -> bool:
    """Say whether a workspace's folder holds any segment."""
    return any((folder / "segments").glob("*.parquet"))


def restore(lake: Lake, folder: Path) -> Restored:
    """Make segments of what a lake holds; TrueliftError where there are some already.

    The folder has all of them or none. LakeRefused when the tables do not fit each other.
    """
    if has_segments(folder):
        msg = f"{folder / 'segments'} holds segments already; only an empty folder is restored."
        raise TrueliftError(msg)
    held = [_held(lake, kind) for kind in FACT_KINDS if lake.table(kind).exists()]
    present = [number for each in held for number in each.counts]
    if not present:
        msg = f"The lake {lake.uri} holds no facts; see whether workspace.toml names the right one."
        raise TrueliftError(msg)
    if len(present) != len(set(present)):
        msg = f"Two tables of the lake {lake.uri} hold one segment's number; they are of two logs."
        raise LakeRefused(msg)
    last = max(present)
    lost = tuple(sorted(set(range(1, last + 1)).difference(present)))
    fresh = folder / _FRESH
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for each in held:
            _written(lake.table(each.kind), each, fresh)
        if lost:
            write_run(fresh, LOST, lost, pa.table({NUMBER_COLUMN: pa.array([], pa.int64())}))
        newest = max((each.newest for each in held if each.newest), default=None)
        _tell(folder, lost, newest)
        put_in_place(fresh, folder / "segments")
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    rows = {each.kind.name: sum(each.counts.values()) for each in held}
    return Restored(rows, last, lost, newest)


def lost(folder: Path) -> str:
    """Say what a restored folder lacks; nothing when nothing is known to be lost."""
    try:
        told = state_files.read(folder / NOTICE)
        if told is None:
            return ""
        numbers = [state_files.count(each) for each in told["numbers"]]
    except (ValueError, TypeError, KeyError) as error:
        return (
            f"Figures may be partial: {folder / NOTICE} is damaged ({state_files.amiss(error)}), "
            "and which segments were lost with a disk is not known; import the files of that time "
            "again, then run `truelift lake forget-lost`."
        )
    shown = ", ".join(f"{number:08d}" for number in numbers[:_SHOWN])
    more = "" if len(numbers) <= _SHOWN else f" and {len(numbers) - _SHOWN} more"
    return (
        f"Figures are partial: {len(numbers)} segments of facts were not sealed when the disk was "
        f"lost ({shown}{more}), and the lake has none of their rows; import those files again, "
        "then run `truelift lake forget-lost`."
    )


def forget(folder: Path) -> bool:
    """Say no more that something was lost; False when nothing was."""
    with contextlib.suppress(FileNotFoundError):
        (folder / NOTICE).unlink()
        return True
    return False


def _held(lake: Lake, kind: Kind) -> _Held:
    table = lake.table(kind)
    last = table.held(lake.node)
    counts: Counter[int] = Counter()
    newest: Instant | None = None
    rows = table.dataset()
    with table.answering():
        for batch in rows.scanner(columns=[NUMBER_COLUMN, "recorded_at"]).to_batches():
            for told in pc.value_counts(batch[NUMBER_COLUMN]).to_pylist():
                counts[told["values"]] += told["counts"]
            moments = [pc.max(batch["recorded_at"]).as_py(), newest]
            newest = max((moment for moment in moments if moment is not None), default=None)
    if max(counts, default=0) != last:
        msg = (
            f"The lake table {table.uri} holds segments up to {max(counts, default=0)}, and says "
            f"of node {lake.node} that it sealed up to {last}: write the name of the node that "
            "sealed it into workspace.toml (node)."
        )
        raise LakeRefused(msg)
    return _Held(kind, rows, counts, newest)


def _written(table: LakeTable, held: _Held, folder: Path) -> None:
    """Write the rows of a kind, some numbers at a time, in their order."""
    wanted = lake_schema(held.kind)
    for numbers in _runs(held.counts):
        between = (ds.field(NUMBER_COLUMN) >= numbers[0]) & (ds.field(NUMBER_COLUMN) <= numbers[-1])
        with table.answering():
            rows = held.rows.to_table(filter=between).drop_columns([PARTITION])
        if rows.num_rows != sum(held.counts[number] for number in numbers):
            msg = f"The lake table {table.uri} was changed while it was read; try again."
            raise LakeRefused(msg)
        for place, each in enumerate(rows.schema):
            if each.name in wanted.names and each.type != wanted.field(each.name).type:
                kept = rows[each.name].cast(wanted.field(each.name).type)
                rows = rows.set_column(place, each.name, kept)
        rows = rows.sort_by([(name, "ascending") for name in _ORDER])
        write_run(folder, held.kind.name, numbers, rows)


def _runs(counts: Mapping[int, int]) -> Iterator[list[int]]:
    """Give numbers in ascending order, as many together as have ROWS_AT_ONCE rows at most."""
    run: list[int] = []
    rows = 0
    for number in sorted(counts):
        if run and rows + counts[number] > ROWS_AT_ONCE:
            yield run
            run, rows = [], 0
        run.append(number)
        rows += counts[number]
    if run:
        yield run


def _tell(folder: Path, numbers: tuple[int, ...], newest: Instant | None) -> None:
    forget(folder)
    if not numbers:
        return
    told = {"numbers": list(numbers), "newest": None if newest is None else newest.isoformat(" ")}
    state_files.write(folder / NOTICE, told)
