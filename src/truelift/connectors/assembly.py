"""What converters make, put together as event batches.

In:   a Format and the TextTable that it recognised.
Out:  event batches in the order of the format's kinds, faults, and the count of skipped rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pyarrow as pa

from truelift.connectors.options import ReadOptions
from truelift.connectors.table import Chunk, TextTable, Unreadable, normalised
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row, Skipped
from truelift.facts.event import NOTES, DropReason, EventBatch, Fault
from truelift.facts.kinds import KINDS

_ROWS_A_FLUSH = 50_000


def recognised(format_: Format, header: tuple[str, ...]) -> int:
    """Give how many columns of a header a format knows; 0 when no fingerprint is there."""
    names = set(names_of(format_, header))
    if not any(fingerprint <= names for fingerprint in format_.fingerprints):
        return 0
    return len(names & format_.columns)


def names_of(format_: Format, header: tuple[str, ...]) -> list[str]:
    """Give a format's names of the columns of a header; of two with one name the first has it."""
    names: list[str] = []
    for title in header:
        folded = normalised(title)
        name = format_.translate(folded)
        names.append(folded if name in names else name)
    return names


class Assembly:
    """Runs a converter over a table and gathers what it makes."""

    def __init__(
        self, format_: Format, table: TextTable, sha256: str, options: ReadOptions
    ) -> None:
        """Prepare; nothing is read yet."""
        self._format = format_
        self._table = table
        self._sha256 = sha256
        self._options = options
        self._names = names_of(format_, table.header)
        self._titles = dict(zip(self._names, table.header, strict=True))
        self._pending: dict[str, list[Made]] = {}
        self._faults: list[Fault] = []
        self.skipped = 0

    def batches(self) -> Iterator[EventBatch | Fault]:
        """Convert the whole table."""
        seen = waiting = 0
        for item in self._converted():
            seen += 1
            if isinstance(item, Skipped):
                self.skipped += 1
            elif isinstance(item, Refused):
                yield self._fault(item)
            elif (lack := self._lacking(item := self._filled(item))) is not None:
                yield self._fault(_refusal(item, lack))
            else:
                self._pending.setdefault(item.kind, []).append(item)
                waiting += 1
            if waiting >= _ROWS_A_FLUSH:
                yield from self._flush()
                waiting = 0
            yield from self._take_faults()
        yield from self._take_faults()
        yield from self._flush()
        if not seen:
            msg = "there is a header and no row below it"
            raise Unreadable(msg, self._table.header_line, DropReason.MISSING)

    def _converted(self) -> Iterator[Converted]:
        context = Context(self._options, self._titles)
        if self._format.convert is not None:
            return self._format.convert(self._rows(), context)
        assert self._format.convert_records is not None
        if self._table.records is None:
            msg = f"the {self._format.title} export is read from .csv or .xlsx only"
            raise Unreadable(msg)
        return self._format.convert_records(self._table.records(), context)

    def _rows(self) -> Iterator[Row]:
        for chunk in self._table.chunks():
            if isinstance(chunk, Fault):
                # Rows and faults come from one reader; the faults wait until the converter is left.
                self._faults.append(chunk)
            else:
                yield from _rows_of(chunk, self._names)

    def _take_faults(self) -> Iterator[Fault]:
        yield from self._faults
        self._faults = []

    def _filled(self, item: Made) -> Made:
        """Fill empty columns from --set, where the kind has them."""
        if not self._options.set:
            return item
        names = KINDS[item.kind].names
        said = {
            name: value
            for name, value in self._options.set.items()
            if name in names and not item.values.get(name)
        }
        return Made(item.kind, item.line, {**item.values, **said}, item.notes) if said else item

    def _lacking(self, item: Made) -> Need | None:
        for need in self._format.needs:
            if need.kind == item.kind and not any(item.values.get(name) for name in need.columns):
                return need
        return None

    def _fault(self, item: Refused) -> Fault:
        message = f"{self._table.name} line {item.line}: {item.message}"
        return Fault(self._table.name, item.line, item.column, item.reason, message, item.raw[:500])

    def _flush(self) -> Iterator[EventBatch]:
        for kind in self._format.kinds:
            if made := self._pending.pop(kind, []):
                yield EventBatch(
                    kind,
                    self._format.name,
                    self._table.name,
                    self._sha256,
                    rows_of(kind, made, self._titles, self._format.private),
                    pa.array([item.line for item in made], pa.int64()),
                )


def rows_of(
    kind: str, made: list[Made], titles: Mapping[str, str], private: frozenset[str]
) -> pa.Table:
    """Make the table of rows of a kind: its columns in order, those that are never given left out.

    Notes are written under the headers as they stand in the file.
    """
    columns = {
        name: [item.values.get(name) or None for item in made]
        for name in KINDS[kind].names
        if any(item.values.get(name) for item in made)
    }
    if any(item.notes for item in made):
        columns[NOTES] = [_notes(item.notes, titles, private) for item in made]
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _notes(
    notes: Mapping[str, str], titles: Mapping[str, str], private: frozenset[str]
) -> str | None:
    kept = {titles.get(name, name): cell for name, cell in notes.items() if name not in private}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _refusal(item: Made, need: Need) -> Refused:
    raw = json.dumps({name: cell for name, cell in item.values.items() if cell}, ensure_ascii=False)
    return Refused(item.line, need.columns[0], DropReason.MISSING, need.sentence, raw)


def _rows_of(chunk: Chunk, names: list[str]) -> Iterator[Row]:
    columns = [column.to_pylist() for column in chunk.rows.columns]
    for line, cells in zip(chunk.lines.to_pylist(), zip(*columns, strict=True), strict=True):
        found = {
            name: text
            for name, cell in zip(names, cells, strict=True)
            if cell and (text := cell.strip())
        }
        if found:
            yield Row(line, found)
