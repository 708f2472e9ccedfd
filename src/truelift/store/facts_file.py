"""The file of facts: opened with what a session may take of the machine, and closed at any time.

In:   the path of a DuckDB file.
Out:  a connection; an end that waits for no query of another thread.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from truelift.base.errors import TrueliftError, WorkspaceHeld
from truelift.store import queries

CLOSE_SECONDS, PAUSE_SECONDS = 2.0, 0.02
"""How long a query that was interrupted may take to end, and how often that is looked at."""

_log = logging.getLogger("truelift.store")


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may take of the machine: of its memory, and of the disk when it is too small."""

    memory: str = "4GB"
    spill: str = "16GB"


PLAIN = Limits()


class QuestionTooLarge(TrueliftError):
    """A question that spilled more onto the disk than it may; nothing was changed by it."""


class FactsDamaged(TrueliftError):
    """The facts file cannot be used; its segments can, and it is made again from them."""


def open_facts(path: Path | str, limits: Limits = PLAIN) -> duckdb.DuckDBPyConnection:
    """Open or make a facts file, with what a session may take; WorkspaceHeld, FactsDamaged."""
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        if "lock" in str(error):
            msg = f"The facts file {path} is open in another process; stop that one first."
            raise WorkspaceHeld(msg) from error
        msg = f"The facts file {path} is damaged; run `truelift rebuild` to make it again."
        raise FactsDamaged(msg) from error
    for statement in queries.text("facts.session").split(";"):
        asked = asdict(limits)
        names = queries.parameters(statement)
        connection.execute(statement, {name: asked[name] for name in names})
    return connection


def ask(connection: Any, sql: str, parameters: Mapping[str, object]) -> pa.Table:  # noqa: ANN401 - or a lent one
    """Ask a query; QuestionTooLarge where it needs more than a session may take of the machine."""
    try:
        found: pa.Table = connection.sql(sql, params=parameters).to_arrow_table()
    except duckdb.OutOfMemoryException as error:
        msg = (
            "This question needs more than it may take of the machine; ask for a part of it, allow "
            "more in workspace.toml (memory, spill), or name an engine there."
        )
        raise QuestionTooLarge(msg) from error
    return found


def close_connection(connection: duckdb.DuckDBPyConnection) -> None:
    """Close a connection; a query that another thread still asks on it is cut off."""
    ends, closed = time.monotonic() + CLOSE_SECONDS, threading.Event()
    cutting = threading.Thread(target=_cut_off, args=(connection, closed), daemon=True)
    cutting.start()
    try:
        while not _closed(connection):
            if time.monotonic() >= ends:
                _log.warning("a query did not end; it ends with the process")
                return
            time.sleep(PAUSE_SECONDS)
    finally:
        closed.set()
        cutting.join()


def _closed(connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.close()
    except duckdb.ResourceInUseException:  # as a rule DuckDB refuses, but it may also wait
        return False
    return True


def _cut_off(connection: duckdb.DuckDBPyConnection, closed: threading.Event) -> None:
    while not closed.wait(PAUSE_SECONDS):
        with contextlib.suppress(duckdb.Error):
            connection.interrupt()
