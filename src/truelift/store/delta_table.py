"""A table of the lake: Delta, appended exactly once per node and number, in a folder or a store.

In:   rows with the columns of the table, from nodes that number what they append.
Out:  files of a version, and up to which number they hold each node's rows.

Delta keeps a node's last number in the commit that holds its rows (`txn`). The library refuses two
commits of one node that were made on the same version, and nothing else: an old number is refused
here. On a local disk it flushes nothing, so files, log and folders are flushed here before a caller
may let go of its own copy. What a plain reader of Parquet would misread (deletion vectors, mapped
columns) is refused.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.dataset as ds

from truelift.base.errors import TrueliftError, UsageError

if TYPE_CHECKING:
    from deltalake import DeltaTable

PARTITION = "partition_day"
"""The column that files are parted by; it stands in no file, where a kind's own day does."""

LAYOUT = 1
"""Grows when tables are laid out in another way; it stands in a table's name."""

PATIENCE = {"retry_timeout": "10s", "connect_timeout": "5s"}
"""How long an object store that fails is asked again. The library's own three minutes are longer
than anybody waits for an answer; who seals tries again by itself."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m|↳")
_NAME = "truelift-lake-"
_FEATURES = frozenset({"timestampNtz", "appendOnly", "invariants", "v2Checkpoint"})
KEEP_HOURS = 7 * 24
"""Files that no version from so long ago on needs are removed."""


class LakeRefused(TrueliftError):
    """A table that cannot be used as it is; the sentence says why."""


class LakeAway(TrueliftError):
    """The lake does not answer now; what is to be sealed stays where it is."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a table: its files, and up to which number it holds each node's rows."""

    version: int
    files: tuple[str, ...]
    held: Mapping[str, int]


class LakeTable:
    """One Delta table."""

    def __init__(self, uri: str, schema: pa.Schema, owner: str = "") -> None:
        """Name a table; schema: its columns without the one it is parted by.

        owner: the workspace whose rows it holds; a table of another one is refused. A column that
        an older version's table lacks is null there, and added with the next rows.
        """
        self.uri, self.schema, self._owner = uri, schema, owner
        self._opened: DeltaTable | None = None
        self._ways = PATIENCE if local_folder(uri) is None else None

    def make(self) -> None:
        """Make the table where there is none; LakeRefused, LakeAway."""
        _needed()
        from deltalake import DeltaTable  # noqa: PLC0415 - the extra, loaded when a lake is used
        from deltalake.exceptions import TableNotFoundError  # noqa: PLC0415 - as above

        schema = self.schema.append(pa.field(PARTITION, pa.string()))
        with _answering(self.uri):
            try:  # is_deltatable() would stop every thread of the process until a store answers
                DeltaTable(self.uri, storage_options=self._ways)
            except TableNotFoundError:
                DeltaTable.create(
                    self.uri, schema, mode="ignore", partition_by=[PARTITION],
                    name=f"{_NAME}{LAYOUT}", description=self._owner or None,
                    storage_options=self._ways,
                )  # fmt: skip
        self.table()

    def table(self) -> DeltaTable:
        """Give the table at its newest version; LakeRefused, LakeAway."""
        _needed()
        from deltalake import DeltaTable  # noqa: PLC0415 - as above

        with _answering(self.uri):
            if self._opened is None:
                opened = DeltaTable(self.uri, storage_options=self._ways)
                self._check(opened)
                self._opened = opened
            else:
                self._opened.update_incremental()
                self._check(self._opened)  # somebody may have changed it since
        return self._opened

    def _check(self, opened: DeltaTable) -> None:
        _check(self.uri, opened, self._owner)
        _check_columns(self.uri, opened, self.schema)

    def held(self, node: str) -> int:
        """Give the last number of a node whose rows the table holds; 0 for none."""
        with _answering(self.uri):
            return self.table().transaction_version(node) or 0

    def append(self, node: str, number: int, rows: pa.Table) -> bool:
        """Append a node's rows up to a number; False when the table holds that number already.

        On return they are durable. LakeRefused when another process appends under the same name.
        """
        from deltalake import CommitProperties, Transaction, WriterProperties, write_deltalake  # noqa: PLC0415 - as above

        table = self.table()
        if number <= (table.transaction_version(node) or 0):
            return False
        said = CommitProperties(app_transactions=[Transaction(node, number)])
        with _answering(self.uri):
            packed = WriterProperties(compression="ZSTD")
            grows: Literal["merge"] | None = "merge" if self._lacks(table) else None
            write_deltalake(
                table, rows, mode="append", schema_mode=grows,
                commit_properties=said, writer_properties=packed,
            )  # fmt: skip
            version = table.version()
        folder = local_folder(self.uri)
        if folder is not None:
            _flush(folder, version)
        return True

    def snapshot(self, nodes: Sequence[str] = ()) -> Snapshot:
        """Give the newest version: files, and up to which number it holds rows of some nodes."""
        table = self.table()
        with _answering(self.uri):
            held = {node: table.transaction_version(node) or 0 for node in nodes}
            files = table.file_uris()
            if local_folder(self.uri) is not None:
                files = [unquote(file.removeprefix("file:" + "//")) for file in files]
            return Snapshot(table.version(), tuple(files), held)

    def of(self, column: str, value: int, wanted: str) -> pa.ChunkedArray:
        """Read one column of the rows that have a value in another."""
        with _answering(self.uri):
            found = self.table().to_pyarrow_dataset()
            return found.to_table(columns=[wanted], filter=ds.field(column) == value)[wanted]

    def lacking(self) -> bool:
        """Say whether the table has fewer columns than this version keeps: an older one's."""
        with _answering(self.uri):
            return self._lacks(self.table())

    def _lacks(self, table: DeltaTable) -> bool:
        return not set(self.schema.names) <= _columns(table).keys()

    def exists(self) -> bool:
        """Say whether somebody made the table; LakeAway."""
        _needed()
        from deltalake import DeltaTable  # noqa: PLC0415 - as above
        from deltalake.exceptions import TableNotFoundError  # noqa: PLC0415 - as above

        with _answering(self.uri):
            try:
                DeltaTable(self.uri, storage_options=self._ways)
            except TableNotFoundError:
                return False
        return True

    def dataset(self) -> ds.Dataset:
        """Give the newest version to read bit by bit, inside `answering`."""
        with _answering(self.uri):
            found: ds.Dataset = self.table().to_pyarrow_dataset()
        return found

    def answering(self) -> contextlib.AbstractContextManager[None]:
        """Turn what a reader of the data raises into what we say."""
        return _answering(self.uri)

    def rows(self) -> int:
        """Count the rows of the newest version, without reading them."""
        with _answering(self.uri):
            return self.table().count()

    def rows_of(self, column: str, value: str) -> int:
        """Count the rows of the newest version that have a value in a column."""
        with _answering(self.uri):
            found: ds.Dataset = self.table().to_pyarrow_dataset()
            return int(found.count_rows(filter=ds.field(column) == value))

    def compact(self) -> Mapping[str, Any]:
        """Make few large files of many small ones; give what was done, as the library says."""
        with _answering(self.uri):
            done: Mapping[str, Any] = self.table().optimize.compact()
        return done

    def vacuum(self, hours: int = KEEP_HOURS) -> int:
        """Remove files that no version needs any more; give how many."""
        with _answering(self.uri):
            gone = self.table().vacuum(hours, dry_run=False, enforce_retention_duration=False)
        return len(gone)


def local_folder(uri: str) -> Path | None:
    """Give the folder that an address names; None for an object store."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return Path(uri) if "://" not in uri else None


class _answering:  # noqa: N801 - a context manager, as contextlib's own
    """Turns what the library raises into what we say."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, TrueliftError):
            return
        from deltalake.exceptions import CommitFailedError, DeltaError  # noqa: PLC0415 - as above

        if isinstance(error, CommitFailedError):
            msg = (
                f"The lake table {self._uri} refused a commit ({error}); if another node has this "
                "one's name, give each a name of its own (node in workspace.toml)."
            )
            raise LakeRefused(msg) from error
        if isinstance(error, (DeltaError, OSError)):
            msg = f"The lake table {self._uri} does not answer: {plainly(error)}."
            raise LakeAway(msg) from error


def plainly(error: BaseException) -> str:
    """Write what the library says of an error in one line: what failed, and what was behind it."""
    lines = [" ".join(line.split()) for line in _COLOURS.sub("", str(error)).splitlines()]
    lines = [line for line in lines if line]
    told = lines if len(lines) <= 1 else [lines[0], lines[-1]]
    return ": ".join(told).rstrip(".") or type(error).__name__


def _needed() -> None:
    if importlib.util.find_spec("deltalake") is None:
        msg = "A lake takes an extra: pip install 'truelift[lake]'."
        raise UsageError(msg)


def _check(uri: str, table: DeltaTable, owner: str) -> None:
    protocol, told = table.protocol(), table.metadata()
    features = {*(protocol.reader_features or ()), *(protocol.writer_features or ())}
    unknown = sorted(features - _FEATURES)
    settings = told.configuration
    if settings.get("delta.enableDeletionVectors", "false") == "true":
        unknown.append("deletion vectors")
    if settings.get("delta.columnMapping.mode", "none") != "none":
        unknown.append("mapped columns")
    if unknown:
        msg = (
            f"The lake table {uri} uses {', '.join(unknown)}, with which its files cannot be read "
            "as they stand; write it anew without."
        )
        raise LakeRefused(msg)
    layout = (told.name or "").removeprefix(_NAME)
    if not layout.isdecimal() or int(layout) > LAYOUT:
        msg = (
            f"The lake table {uri} was written by a newer Truelift, or by another program (it is "
            f"named {told.name!r}); install that version, or name another lake."
        )
        raise LakeRefused(msg)
    if owner and told.description != owner:
        of = told.description or "it does not say which"
        msg = (
            f"The lake table {uri} holds what is another workspace's ({of}); name "
            "a lake of its own for this one (lake in workspace.toml)."
        )
        raise LakeRefused(msg)


def _columns(table: DeltaTable) -> dict[str, str]:
    """Give the types of a table's columns by their names."""
    return {each.name: str(each.type) for each in table.schema().fields}


def _check_columns(uri: str, table: DeltaTable, schema: pa.Schema) -> None:
    """See that a table has no column more, and none of another type; fewer are an older one's."""
    from deltalake import Schema  # noqa: PLC0415 - as above

    known = schema.append(pa.field(PARTITION, pa.string()))
    wanted = {each.name: str(each.type) for each in Schema.from_arrow(known).fields}
    found = _columns(table)
    if more := sorted(found.keys() - wanted.keys()):
        msg = (
            f"The lake table {uri} was written by a newer Truelift: it has {', '.join(more)}, "
            "which this version does not know; install that version, or name another lake."
        )
        raise LakeRefused(msg)
    other = sorted(name for name, kind in found.items() if kind != wanted[name])
    if other or PARTITION not in found:
        msg = (
            f"The lake table {uri} is laid out in another way ({', '.join(other) or PARTITION}); "
            "name another lake."
        )
        raise LakeRefused(msg)


def _flush(folder: Path, version: int) -> None:
    """Bring a commit and its files to the disk."""
    log = folder / "_delta_log" / f"{version:020d}.json"
    changed = {log.parent, folder}
    for line in log.read_text(encoding="utf-8").splitlines():
        added = json.loads(line).get("add")
        if added is not None:
            path = folder / unquote(added["path"])
            _synchronise(path)
            changed.add(path.parent)
    _synchronise(log)
    for each in changed:
        _synchronise(each)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
