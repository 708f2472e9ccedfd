"""Files a user has in hand: the one place where a path becomes event batches.

In:   paths and what the person said about them.
Out:  Source: event batches and faults, in bounded memory; reading twice gives the same.
Must not: raise for what stands in a file; a fault says it in one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from truelift.base.columns import Kind
from truelift.base.errors import NotFound, UsageError
from truelift.connectors import camt053
from truelift.connectors.assembly import Assembly
from truelift.connectors.canonical import (
    canonical_rows,
    check_kind,
    columns_of,
    find_kind,
    known_columns,
)
from truelift.connectors.delimited import read_delimited
from truelift.connectors.encoding import head_of, sha256_of
from truelift.connectors.formats import find_format, find_later_table
from truelift.connectors.lines_of_json import read_lines_of_json
from truelift.connectors.mapping import profile_format
from truelift.connectors.options import MappingProfile, ReadOptions
from truelift.connectors.parquet import MAGIC as PARQUET
from truelift.connectors.parquet import read_parquet, table_of
from truelift.connectors.table import Chunk, TextTable, Unreadable
from truelift.connectors.vendor import Format
from truelift.connectors.workbook import MAGIC as ZIP
from truelift.connectors.workbook import read_workbook, sheet_name
from truelift.facts.event import DropReason, EventBatch, Fault
from truelift.facts.kinds import KINDS, kind_named

__all__ = [
    "MappingProfile",
    "ReadOptions",
    "Shape",
    "Source",
    "find_sources",
    "frame_source",
    "open_source",
]

_JSON_LINES = {".jsonl", ".ndjson"}
_MAGIC_LENGTH = 8
_XML = (b"<?xml", b"<Document")
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table of a file was recognised as, before its rows are read.

    title: of the export that it is, empty for a file of one kind. kinds: that it makes. columns:
    the kind's columns that the header holds, with the header's names. sentence: why it is nothing.
    """

    name: str
    header: tuple[str, ...] = ()
    title: str = ""
    kinds: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""


@dataclass(slots=True)
class Source:
    """A file that can be read.

    path: as given. name: the path as messages call it. origin: who says so, for canonical files the
    file's name. skipped: after reading, how many rows carry nothing by design (totals,
    descriptions) and so are neither accepted nor faulty.
    """

    path: Path
    name: str
    origin: str
    options: ReadOptions
    frame: pa.Table | None = None
    skipped: int = field(default=0, init=False)

    def batches(self) -> Iterator[EventBatch | Fault]:
        """Read the file from its beginning, batch by batch."""
        self.skipped = 0
        try:
            tables, sha256 = self._tables()
        except Unreadable as error:
            yield error.fault(self.name)
            return
        except OSError as error:
            yield Unreadable(f"the file cannot be read ({error.strerror})").fault(self.name)
            return
        for table in tables:
            try:
                yield from self._read(table, sha256)
            except Unreadable as error:
                yield error.fault(table.name)

    def shapes(self) -> list[Shape]:
        """Say what the tables of the file are recognised as."""
        try:
            tables, _ = self._tables()
        except Unreadable as error:
            return [Shape(self.name, sentence=error.fault(self.name).message)]
        return [self._shape(table) for table in tables]

    def _shape(self, table: TextTable) -> Shape:
        try:
            format_ = self._format_of(table)
            if format_ is not None:
                return Shape(table.name, table.header, format_.title, format_.kinds)
            kind = self._kind_of(table)
        except Unreadable as error:
            return Shape(table.name, table.header, sentence=error.fault(table.name).message)
        columns = columns_of(kind, table.header)
        return Shape(table.name, table.header, kinds=(kind.name,), columns=columns)

    def _tables(self) -> tuple[list[TextTable], str]:
        if self.frame is not None:
            return [table_of(self.frame, self.name)], ""
        return _tables_of(self.path, self.name, self.options)

    def _read(self, table: TextTable, sha256: str) -> Iterator[EventBatch | Fault]:
        format_ = self._format_of(table)
        if format_ is None:
            yield from self._read_kind(table, sha256)
            return
        assembly = Assembly(format_, table, sha256, self.options)
        try:
            yield from assembly.batches()
        finally:
            self.skipped += assembly.skipped

    def _format_of(self, table: TextTable) -> Format | None:
        """Find the export: the one that knows most columns, unless a kind knows more of them."""
        if self.options.profile is not None:
            return profile_format(self.options.profile, table.header)
        if self.options.kind is not None:
            return None
        known = known_columns(table.header, self.options.set)
        format_ = find_format(table.header, known)
        if format_ is None and not known and table.records is not None:
            return find_later_table(table.records())
        return format_

    def _read_kind(self, table: TextTable, sha256: str) -> Iterator[EventBatch | Fault]:
        kind = self._kind_of(table)
        told = rows = 0
        for chunk in table.chunks():
            if isinstance(chunk, Fault):
                told += 1
                yield chunk
            else:
                rows += chunk.rows.num_rows
                yield from self._batch(kind, chunk, table.name, sha256)
        if not told and not rows:
            msg = "there is a header and no row below it"
            raise Unreadable(msg, table.header_line, DropReason.MISSING)

    def _kind_of(self, table: TextTable) -> Kind:
        given = self.options.set
        if self.options.kind is not None:
            kind = kind_named(self.options.kind)
            check_kind(kind, table.header, given)
            return kind
        sheet = sheet_name(table)
        return find_kind(table.header, given, sheet or _stem(self.path))

    def _batch(
        self, kind: Kind, chunk: Chunk, name: str, sha256: str
    ) -> Iterator[EventBatch | Fault]:
        if chunk.rows.num_rows:
            rows = canonical_rows(kind, chunk, self.options.set)
            yield EventBatch(kind.name, self.origin, name, sha256, rows, chunk.lines)


def open_source(path: Path, options: ReadOptions) -> Source:
    """Make a file readable; nothing is read yet.

    UsageError for a kind that does not exist or a --set column that no kind has; NotFound when
    there is no such file.
    """
    _check(options)
    if not path.is_file():
        msg = f"There is no file {path}."
        raise NotFound(msg)
    return Source(path, path.as_posix(), _without_gz(path), options)


def frame_source(kind: str, frame: pa.Table, name: str) -> Source:
    """Make an Arrow table handed in by a program readable as a kind, under a name of its own."""
    kind_named(kind)
    return Source(Path(name), name, name, ReadOptions(kind=kind), frame)


def find_sources(paths: Iterable[Path]) -> list[Path]:
    """Find the files of paths: folders are gone through in sorted order, hidden files left out.

    NotFound when a path does not exist; UsageError when a folder holds no file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [item for item in sorted(path.rglob("*")) if _is_visible(item, path)]
            if not inside:
                msg = f"The folder {path} holds no file."
                raise UsageError(msg)
            found.extend(inside)
        elif path.exists():
            found.append(path)
        else:
            msg = f"There is no file or folder {path}."
            raise NotFound(msg)
    return list(dict.fromkeys(found))


def _is_visible(item: Path, folder: Path) -> bool:
    return item.is_file() and not any(
        part.startswith((".", "~$")) for part in item.relative_to(folder).parts
    )


def _check(options: ReadOptions) -> None:
    if options.kind is not None:
        kind_named(options.kind)
    known = {name for kind in KINDS.values() for name in kind.names}
    for name in options.set:
        if name not in known:
            msg = f"--set {name}: no kind has a column {name!r}; the columns are in docs/kinds.md."
            raise UsageError(msg)


def _without_gz(path: Path) -> str:
    return path.name.removesuffix(".gz")


def _stem(path: Path) -> str:
    return Path(_without_gz(path)).stem.lower()


def _tables_of(path: Path, name: str, options: ReadOptions) -> tuple[list[TextTable], str]:
    """Open the container: by its first bytes, and where they say nothing by its extension."""
    with path.open("rb") as stream:
        magic = stream.read(_MAGIC_LENGTH)
    extension = Path(_without_gz(path)).suffix.lower()
    if magic.startswith(PARQUET):
        return [read_parquet(path, name)], sha256_of(path)
    if magic.startswith(ZIP):
        wanted = {options.kind} if options.kind else KINDS.keys()
        return read_workbook(path, name, wanted), sha256_of(path)
    if extension in {".parquet", ".xlsx"}:
        head_of(path)  # an empty file is called empty
        msg = f"this is no {extension} file; its content is something else"
        raise Unreadable(msg)
    if head_of(path).lstrip(_BEFORE_XML).startswith(_XML):
        return [_statement(path, name)], sha256_of(path)
    if extension in _JSON_LINES:
        table, sha256 = read_lines_of_json(path, name)
    else:
        profile = options.profile
        table, sha256 = read_delimited(
            path,
            name,
            delimiter=profile.delimiter if profile else None,
            skip_rows=profile.skip_rows if profile else 0,
        )
    return [table], sha256


def _statement(path: Path, name: str) -> TextTable:
    if not camt053.is_statement(head_of(path)):
        msg = "this XML is no CAMT.053 bank statement; expected .csv, .jsonl, .parquet or .xlsx"
        raise Unreadable(msg)

    def records() -> Iterator[tuple[int, list[str]]]:
        return camt053.records(path)

    return TextTable(name, camt053.COLUMNS, 1, lambda: iter(()), records)
