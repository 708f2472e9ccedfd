"""Lent facts: queries and the turn of the process that owns a workspace, for a process beside it.

In:   a pipe between the two.
Out:  on the one side a connection whose queries run over there, and a turn that is taken over
      there; on the other side the answers, until the pipe is closed.

DuckDB lets one process own the file, and one process of Python thinks on one core at a time: what
thinks for long does so in a process of its own, and only its queries run in the owner's. A process
that ends in the middle gives back the turn that it held, and its transaction is rolled back.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from truelift.store.turn import Instant, Turn

Told = Callable[[Any], None]

TURN_WORDS = frozenset({"take", "give", "changed", "decided", "unbooked", "pass_on"})
"""What may be asked of the turn."""


class OwnerGone(Exception):
    """The process that owns the workspace answers no more."""


@dataclass(slots=True)
class _Asking:
    """One pipe, on the side that asks: a question at a time, each with its answer."""

    pipe: Connection
    cursors: int = 0
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def ask(self, word: str, *given: object) -> Any:  # noqa: ANN401 - whatever the owner gives
        """Ask the owner; what fails over there is raised here."""
        with self._lock:
            try:
                self.pipe.send((word, given))
                failed, found = self.pipe.recv()
            except (EOFError, OSError) as error:
                msg = "The process that owns the workspace is gone."
                raise OwnerGone(msg) from error
        if failed:
            raise found
        return found

    def next_cursor(self) -> int:
        """Give a new cursor its number."""
        with self._lock:
            self.cursors += 1
            return self.cursors


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query found: as a table, or as rows."""

    table: pa.Table | None

    def to_arrow_table(self) -> pa.Table:
        """Give it as a table."""
        return self.table

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give it as rows."""
        if self.table is None:
            return []
        columns = [column.to_pylist() for column in self.table.columns]
        return list(zip(*columns, strict=True))


class LentConnection:
    """A connection of the facts file in another process, as far as the engine uses one."""

    def __init__(self, asking: _Asking, number: int = 0) -> None:
        """Use a cursor over there, by its number."""
        self._asking, self._number = asking, number
        self._given: dict[str, pa.Table] = {}

    def register(self, name: str, table: pa.Table) -> None:
        """Hand a table in with the next queries."""
        self._given[name] = table

    def unregister(self, name: str) -> None:
        """Hand it in no more."""
        self._given.pop(name, None)

    def sql(self, sql: str, parameters: object = None, **named: object) -> _Found:
        """Run a query; DuckDB gives its parameters a name of its own."""
        asked = (sql, next(iter(named.values()), parameters), self._given)
        return _Found(self._asking.ask("run", self._number, *asked))

    execute = sql

    def begin(self) -> None:
        """Begin a transaction."""
        self._asking.ask("begin", self._number)

    def commit(self) -> None:
        """Commit it."""
        self._asking.ask("commit", self._number)

    def rollback(self) -> None:
        """Roll it back."""
        self._asking.ask("rollback", self._number)

    def cursor(self) -> LentConnection:
        """Give another cursor over there."""
        number = self._asking.next_cursor()
        self._asking.ask("cursor", number)
        return LentConnection(self._asking, number)

    def close(self) -> None:
        """Close the cursor."""
        with contextlib.suppress(OwnerGone):  # it closes them all itself
            self._asking.ask("close", self._number)


class LentTurn(Turn):
    """The turn of the owner, taken over there by who answers this pipe."""

    def __init__(self, asking: _Asking) -> None:
        """Ask over a pipe."""
        super().__init__()
        self._asking = asking
        self.begun = asking.ask("stands")[2]

    @property
    def version(self) -> int:
        """Give the version of the data."""
        return int(self._asking.ask("stands")[0])

    @version.setter
    def version(self, _number: int) -> None:
        """Leave it: it grows over there."""

    @property
    def decisions(self) -> int:
        """Give how often something else than facts changed."""
        return int(self._asking.ask("stands")[1])

    @decisions.setter
    def decisions(self, _number: int) -> None:
        """Leave it, as above."""

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long."""
        return bool(self._asking.ask("turn", "take", seconds))

    def give(self) -> None:
        """Hand the turn on."""
        self._asking.ask("turn", "give")

    def __enter__(self) -> None:
        """Wait for the turn."""
        self._asking.ask("turn", "take", -1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hand the turn on."""
        self.give()

    def pass_on(self) -> None:
        """Let somebody else have a turn."""
        self._asking.ask("turn", "pass_on")

    def changed(self, kinds: Iterable[str] = (), at: Iterable[Instant] | None = None) -> None:
        """Say that something was changed."""
        self._asking.ask("turn", "changed", list(kinds), None if at is None else list(at))

    def decided(self) -> None:
        """Say that something else than facts may have changed."""
        self._asking.ask("turn", "decided")

    def unbooked(self) -> frozenset[str]:
        """Give the kinds that changed since this was asked last."""
        found: frozenset[str] = self._asking.ask("turn", "unbooked")
        return found


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a process beside the owner has of it over one pipe."""

    connection: LentConnection
    turn: LentTurn
    tell: Told


def borrowed(pipe: Connection) -> Borrowed:
    """Take one side of a pipe whose other side is answered by `lend`."""
    asking = _Asking(pipe)
    return Borrowed(LentConnection(asking), LentTurn(asking), lambda told: asking.ask("tell", told))


def lend(pipe: Connection, connection: duckdb.DuckDBPyConnection, turn: Turn, told: Told) -> None:
    """Answer a pipe until its other end is closed, on the thread that this is called on."""
    lending = _Lending({0: connection}, turn, told)
    try:
        while True:
            word, given = pipe.recv()
            try:
                pipe.send((False, lending.answer(word, given)))
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - raised where it was asked
                pipe.send((True, error))
    except (EOFError, OSError):
        return
    finally:
        lending.end()
        pipe.close()


@dataclass(slots=True)
class _Lending:
    """What is lent over one pipe: cursors by number, and the turn."""

    cursors: dict[int, duckdb.DuckDBPyConnection]
    turn: Turn
    told: Told
    begun: set[int] = field(default_factory=set)
    turns: int = 0

    def answer(self, word: str, given: tuple[Any, ...]) -> Any:  # noqa: ANN401 - as asked
        """Do what was asked."""
        match word:
            case "run":
                return self._run(*given)
            case "begin" | "commit" | "rollback":
                return self._transaction(word, *given)
            case "cursor":
                self.cursors[given[0]] = self.cursors[0].cursor()
            case "close":
                self._close(*given)
            case "stands":
                return self.turn.version, self.turn.decisions, self.turn.begun
            case "tell":
                self.told(*given)
            case _:
                return self._of_turn(*given)
        return None

    def _run(self, number: int, sql: str, parameters: Any, given: dict[str, pa.Table]) -> Any:  # noqa: ANN401 - a table or nothing
        connection = self.cursors[number]
        for name, table in given.items():
            connection.register(name, table)
        try:
            found = connection.sql(sql, params=parameters)
            return None if found is None else found.to_arrow_table()
        finally:
            for name in given:
                connection.unregister(name)

    def _transaction(self, word: str, number: int) -> None:
        getattr(self.cursors[number], word)()
        (self.begun.add if word == "begin" else self.begun.discard)(number)

    def _close(self, number: int) -> None:
        if number:
            self.cursors.pop(number).close()
        self.begun.discard(number)

    def _of_turn(self, word: str, *given: Any) -> Any:  # noqa: ANN401 - as the turn takes
        if word not in TURN_WORDS:
            msg = f"The turn has no {word}."
            raise ValueError(msg)
        found = getattr(self.turn, word)(*given)
        self.turns += {"take": bool(found), "give": -1}.get(word, 0)
        return found

    def end(self) -> None:
        """Give back what the other side still held."""
        for number in self.begun:
            with contextlib.suppress(duckdb.Error):
                self.cursors[number].rollback()
        for _ in range(self.turns):
            self.turn.give()
        for cursor in self.cursors.values():
            cursor.close()
