"""The lake read by the embedded engine: the same Delta tables, from their lists of files.

In:   a lake.
Out:  a facts engine in memory that answers every question and takes nothing in.

What is read is one version of every table, the one that was newest when it was opened.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from truelift.base.columns import Kind
from truelift.base.errors import NotOwner
from truelift.base.time import Instant
from truelift.store import queries
from truelift.store.ddl import FACT_KINDS
from truelift.store.delta_table import LakeAway, local_folder
from truelift.store.facts_engine import FactsEngine
from truelift.store.facts_file import PLAIN, Limits, ask, open_facts
from truelift.store.lake import Lake, lake_schema, superseding, versions
from truelift.store.queries import Heavy
from truelift.store.stamp import Stamp
from truelift.store.verdicts import Verdict

_REFUSED = "This workspace is read over its lake; import into it where its folder is."


Asked = ParamSpec("Asked")
Found = TypeVar("Found")
Engine = TypeVar("Engine", bound=FactsEngine)
Question = Callable[Concatenate[Engine, Asked], Found]


def _reached(question: Question[Engine, Asked, Found]) -> Question[Engine, Asked, Found]:
    """Say in a sentence that the lake's files went away since it was opened; LakeAway."""

    @functools.wraps(question)
    def asked(self: Engine, /, *given: Asked.args, **more: Asked.kwargs) -> Found:
        try:
            return question(self, *given, **more)
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            if isinstance(error, duckdb.InvalidInputException) and "IOError" not in str(error):
                raise  # the question is off, not the way to the lake
            why = str(error).strip().splitlines()[0].rstrip(".")
            msg = (
                f"The lake that this workspace is read over does not answer any more ({why}); "
                "open the workspace again when it does."
            )
            raise LakeAway(msg) from error

    return asked


class LakeReader(FactsEngine):
    """Answers questions, and takes nothing in."""

    read = _reached(FactsEngine.read)
    listing = _reached(FactsEngine.listing)
    newest_by_source = _reached(FactsEngine.newest_by_source)
    recording_days = _reached(FactsEngine.recording_days)
    occurred = _reached(FactsEngine.occurred)
    recordings = _reached(FactsEngine.recordings)

    def append(self, kind: Kind, rows: pa.Table, stamp: Stamp, *, keep: bool = True) -> Verdict:  # noqa: ARG002 - as where facts are taken in
        """Refuse."""
        raise NotOwner(_REFUSED)

    def revise(self, kind: Kind, rows: pa.Table, at: Instant) -> None:  # noqa: ARG002 - as above
        """Refuse."""
        raise NotOwner(_REFUSED)

    @_reached
    def newest_recording(self, brand: str) -> Instant | None:
        """Give when the newest row of a brand that the lake holds was recorded."""
        asked, found = {"brand": brand}, []
        for kind in FACT_KINDS:
            sql = queries.text("lake.newest").format(kind=kind.name)
            found += ask(self._connection, sql, asked)["recorded_at"].to_pylist()
        return max((each for each in found if each is not None), default=None)


def facts_of(lake: Lake, heavy: Heavy | None = None, limits: Limits = PLAIN) -> FactsEngine:
    """Open a lake for reading; LakeAway, LakeRefused.

    heavy: answers heavy questions in place of the embedded engine.
    """
    connection = open_facts(":memory:", limits)
    try:
        for kind in FACT_KINDS:
            _show(connection, lake, kind)
        for name in ("facts.schema", "live.schema", "kept.schema"):
            connection.execute(queries.text(name))
    except BaseException:
        connection.close()
        raise
    return LakeReader.over(connection, None, heavy)


def _show(connection: duckdb.DuckDBPyConnection, lake: Lake, kind: Kind) -> None:
    """Name the rows of a kind: files on a disk are read by DuckDB, others by the lake's library."""
    snapshot, schema = lake.snapshot(kind), lake_schema(kind)
    lacking = bool(snapshot.files) and lake.table(kind).lacking()
    name = f"given_{kind.name}" if lacking else f"lake_{kind.name}"
    if not snapshot.files:
        connection.register(name, schema.empty_table())
    elif local_folder(lake.uri) is None:
        found: ds.Dataset = lake.table(kind).table().to_pyarrow_dataset()
        connection.register(name, found)
    else:
        files = ", ".join("'" + file.replace("'", "''") + "'" for file in snapshot.files)
        connection.execute(queries.text("lake.files").format(name=name, files=files))
    if lacking:
        connection.register(f"every_column_of_{kind.name}", schema.empty_table())
        connection.execute(queries.text("lake.filled").format(kind=kind.name))
    several = connection.execute(superseding(kind)).fetchall()[0][0]
    shown = versions(kind, '"', several)
    connection.execute(queries.text("lake.named").format(kind=kind.name, versions=shown))
