"""Canonical files: the contract's column names, found by the header and never by the file's name.

In:   a TextTable and what the person said about it.
Out:  event batches of one kind; columns the kind does not know go to the notes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import ColumnType, Kind
from truelift.connectors.table import Chunk, Unreadable, normalised
from truelift.facts.event import NOTES
from truelift.facts.kinds import KINDS

_DAY_LENGTH = 10
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class _Match:
    """How well a header fits a kind."""

    kind: Kind
    known: int
    missing: tuple[str, ...]


def find_kind(header: Sequence[str], given: Collection[str], stem: str) -> Kind:
    """Find the kind of a header; Unreadable with a sentence when none or several fit.

    given: columns that --set gives. stem: the file's or sheet's name, which only breaks a tie.
    """
    names = {normalised(name) for name in header} | set(given)
    matches = [_match(kind, names) for kind in KINDS.values()]
    best = max(match.known for match in matches)
    top = [match for match in matches if match.known == best]
    whole = [match for match in top if not match.missing]
    named = [match for match in (whole or top) if match.kind.name == stem]
    fewest = min(len(match.missing) for match in top)
    chosen = named or whole or [match for match in top if len(match.missing) == fewest]
    if best == 0 or (chosen[0].missing and not _is_near(chosen[0])):
        raise Unreadable(_unknown(header))
    if len(chosen) > 1:
        kinds = " or ".join(match.kind.name for match in chosen)
        msg = f"the columns fit {kinds}; say which with --as"
        raise Unreadable(msg)
    if chosen[0].missing:
        raise Unreadable(_lacking(chosen[0].kind, chosen[0].missing))
    return chosen[0].kind


def known_columns(header: Sequence[str], given: Collection[str]) -> int:
    """Give how many columns the best complete kind knows of a header; 0 when none is complete."""
    names = {normalised(name) for name in header}
    complete = [
        _match(kind, names).known
        for kind in KINDS.values()
        if not _match(kind, names | set(given)).missing
    ]
    return max(complete, default=0)


def check_kind(kind: Kind, header: Sequence[str], given: Collection[str]) -> None:
    """Check that a header holds what a kind requires; Unreadable naming what it lacks."""
    match = _match(kind, {normalised(name) for name in header} | set(given))
    if match.missing:
        raise Unreadable(_lacking(kind, match.missing))


def _match(kind: Kind, names: Collection[str]) -> _Match:
    known = sum(column.name in names for column in kind.columns)
    missing = tuple(
        column.name for column in kind.columns if column.required and column.name not in names
    )
    return _Match(kind, known, missing)


def _is_near(match: _Match) -> bool:
    required = sum(column.required for column in match.kind.columns)
    return 2 * len(match.missing) <= required


def _lacking(kind: Kind, missing: Sequence[str]) -> str:
    columns = ", ".join(missing)
    return (
        f"the columns fit {kind.name}, but {columns} "
        f"{'is' if len(missing) == 1 else 'are'} missing; add the column or give it with --set "
        f"{missing[0]}=..., or say another kind with --as"
    )


def _unknown(header: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in header[:_MOST_NAMED])
    more = f" and {len(header) - _MOST_NAMED} more" if len(header) > _MOST_NAMED else ""
    return (
        f"the columns {shown}{more} are those of no kind and no known export; "
        "say how to read them with --map PROFILE, or which kind it is with --as"
    )


def columns_of(kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """Give, for each column of a kind that a header holds, the header's own name of it."""
    by_name = {normalised(name): name for name in header}
    return {column.name: by_name[column.name] for column in kind.columns if column.name in by_name}


def canonical_rows(kind: Kind, chunk: Chunk, given: Mapping[str, str]) -> pa.Table:
    """Turn a chunk into rows of a kind: trimmed cells, filled gaps, and the rest as notes."""
    found = columns_of(kind, chunk.rows.column_names)
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    for column in kind.columns:
        cells = _trimmed(chunk.rows[found[column.name]]) if column.name in found else None
        if column.type is ColumnType.DATE and cells is not None:
            cells = _days(cells)
        if column.name in given:
            filling = pa.scalar(given[column.name], pa.string())
            cells = (
                pa.repeat(filling, chunk.rows.num_rows)
                if cells is None
                else pc.fill_null(cells, filling)
            )
        if cells is not None:
            columns[column.name] = cells
    used = set(found.values())
    others = [name for name in chunk.rows.column_names if name not in used]
    notes = notes_of(chunk.rows.select(others))
    if notes is not None:
        columns[NOTES] = notes
    return pa.table(columns)


def _trimmed(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)


def _days(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take midnight off a day: typed files do not tell a day from its first moment."""
    longest = pc.max(pc.utf8_length(cells)).as_py()
    if longest is None or longest <= _DAY_LENGTH:
        return cells
    return pc.replace_substring_regex(cells, r"^(\d{4}-\d\d-\d\d)[T ]00:00(:00(\.0+)?)?$", r"\1")


def notes_of(rows: pa.Table) -> pa.ChunkedArray | pa.Array | None:
    """Write the cells that no column of the kind takes as a JSON object a row, null when empty.

    A column called `notes` that holds an object is merged into it, so exported rows come back as
    they were.
    """
    names = [name for name in rows.column_names if rows[name].null_count < rows.num_rows]
    if not names:
        return None
    own = next((name for name in names if normalised(name) == NOTES), None)
    texts = [pc.fill_null(rows[name], "") for name in names]
    awkward = any(
        pc.any(pc.match_substring_regex(text, r"[\x00-\x1f\x7f]")).as_py() for text in texts
    )
    if own is not None or awkward:
        return _notes_one_by_one(rows.select(names), own)
    # Each part brings its own comma and the first is cut off: Arrow's own skipping of nulls when it
    # joins (null_handling="skip") loses the rows in which every cell is null (pyarrow 26.0.1).
    parts = [pc.fill_null(_part(name, rows[name]), "") for name in names]
    joined = pc.binary_join_element_wise(*parts, "")
    objects = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 2), "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), objects)


def _part(name: str, cells: pa.ChunkedArray) -> pa.ChunkedArray:
    key = json.dumps(name, ensure_ascii=False)
    return pc.binary_join_element_wise(f", {key}: ", _quoted(cells), "")


def _quoted(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    escaped = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '\\"')
    return pc.binary_join_element_wise('"', escaped, '"', "")


def _notes_one_by_one(rows: pa.Table, own: str | None) -> pa.Array:
    written: list[str | None] = []
    for row in rows.to_pylist():
        notes = {name: value for name, value in row.items() if value is not None and name != own}
        merged = _object(row[own]) if own and row[own] else {}
        notes = {**merged, **notes}
        written.append(json.dumps(notes, ensure_ascii=False) if notes else None)
    return pa.array(written, pa.string())


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text) if text.startswith("{") else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {NOTES: text}
