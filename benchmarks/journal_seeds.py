"""The journal's invariants over many seeds, with crashes between its statements and real kills.

In:   how many seeds.
Out:  what did not hold; the `invariants` part of RESULTS.md. Exit code 3 when anything did not.

    .venv/bin/python -m benchmarks.journal_seeds 1000

Each seed is a world of facts that is booked step by step into SQLite, every twentieth into
PostgreSQL too where there is one. Two of three bookings crash first: between two statements, inside
one, just before COMMIT or just after it; then they are done again. Every twentieth seed is also
played by a program of its own that is killed (SIGKILL) at a statement, and continued by another.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from benchmarks.journal_invariants import (
    BRAND,
    Closed,
    Oracle,
    after_a_step,
    at_the_end,
    report,
)
from benchmarks.journal_world import STEPS, World
from benchmarks.postgresql import Absent, cluster
from benchmarks.results import circumstances, paragraph, write_part
from truelift.ledger import posting_plan
from truelift.ledger.period import PeriodStatus
from truelift.store import journal
from truelift.store.journal_tables import create_all
from truelift.store.sqlite import configure_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from truelift.ledger.journal import Entry

CRASHES = ("statement", "inside", "before commit", "after commit")
ODD_ONE = 20
"""Every so manieth seed is played in PostgreSQL too, and by a program that is killed."""


class Crash(Exception):
    """The program is gone."""


def sqlite_at(path: Path) -> sa.Engine:
    """Open a file as a journal, making the tables when it is new."""
    new = not path.exists()
    made = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(made, "connect", lambda link, _: configure_sqlite(link))
    if new:
        create_all(made)
    return made


def missing_entries(connection: sa.Connection, world: World) -> tuple[Entry, ...]:
    """Give what the operation `book` would append."""
    difference = posting_plan.compare(world.target(), journal.headers(connection, BRAND))
    outdated = journal.entries_by_id(connection, BRAND, list(difference.outdated))
    calendar = journal.calendar(connection, BRAND)
    return posting_plan.dated(difference.missing, outdated, calendar)


def book(connection: sa.Connection, world: World) -> tuple[Entry, ...]:
    """Append what is missing; give it."""
    entries = missing_entries(connection, world)
    journal.append(connection, BRAND, entries, world.now)
    return entries


def close(engine: sa.Engine, world: World, oracle: Oracle) -> None:
    """Close the step's period, if it has one, and keep the report of it."""
    if world.closing is None:
        return
    with engine.begin() as connection:
        journal.set_period_status(
            connection, BRAND, world.closing, PeriodStatus.CLOSED,
            changed_by="cfo", changed_at=world.now,
        )  # fmt: skip
        told = report(connection, world.closing, world.now)
    oracle.closes.append(Closed(world.closing, world.now, len(oracle.rows), told))


@contextlib.contextmanager
def at_statement(engine: sa.Engine, number: int, then: Callable[[], None]) -> Iterator[None]:
    """Do something before the statement with this number, counted from 1."""
    seen = iter(range(1, 10**9))

    def count(*_: Any) -> None:  # noqa: ANN401 - what SQLAlchemy hands over is not needed
        if next(seen) == number:
            then()

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)


def _gone() -> None:
    raise Crash


def crash(engine: sa.Engine, world: World, draw: random.Random) -> tuple[str, tuple[Entry, ...]]:
    """Book and crash on the way; give how, and what is in the journal all the same."""
    how = draw.choice(CRASHES)
    if how == "inside" and engine.dialect.name != "sqlite":
        how = "statement"
    connection = engine.connect()
    try:
        if how == "statement":
            with at_statement(engine, draw.randint(1, 9), _gone):
                book(connection, world)
        else:
            if how == "inside":
                steps = draw.randint(1, 4_000)
                driver: Any = connection.connection.driver_connection
                driver.set_progress_handler(lambda: 1, steps)
            entries = book(connection, world)
            if how == "after commit":
                connection.commit()
                return how, entries
    except (Crash, DBAPIError):
        pass
    finally:
        connection.invalidate()  # the connection is closed as it stands: nobody says ROLLBACK
        connection.close()
    return how, ()


def play(seed: int, engine: sa.Engine, happened: Counter[str]) -> list[str]:
    """Play one seed; give what did not hold."""
    world, oracle = World(seed), Oracle()
    draw = random.Random(f"{seed}#")  # noqa: S311 - a simulation
    broken: list[str] = []
    for _ in range(STEPS):
        world.advance()
        if draw.random() < 2 / 3:
            how, kept = crash(engine, world, draw)
            happened[how] += 1
            oracle.rows += [(entry, world.now) for entry in kept]
            with engine.connect() as connection:
                broken += after_a_step(connection, oracle, world)
        with engine.begin() as connection:
            entries = book(connection, world)
        oracle.rows += [(entry, world.now) for entry in entries]
        happened["late"] += sum(entry.late_for_period is not None for entry in entries)
        happened["reversals"] += sum(entry.reverses is not None for entry in entries)
        close(engine, world, oracle)
        happened["closes"] += world.closing is not None
        with engine.connect() as connection:
            broken += after_a_step(connection, oracle, world)
    happened["entries"] += len(oracle.rows)
    with engine.connect() as connection:
        broken += at_the_end(connection, oracle, world)
    return [f"seed {seed}, {engine.dialect.name}: {each}" for each in broken]


def continued(seed: int, path: Path, die_at: int | None = None) -> int:
    """Play a seed plainly from the step that a file beside the journal names; give its entries.

    die_at: kill this very program, as the machine would, before the statement with this number.
    """
    engine, progress = sqlite_at(path), path.with_suffix(".step")
    done = int(progress.read_text(encoding="ascii")) if progress.exists() else 0
    world, oracle = World(seed), Oracle()
    with at_statement(engine, die_at or -1, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        for step in range(1, STEPS + 1):
            world.advance()
            if step <= done:
                continue
            with engine.begin() as connection:
                book(connection, world)
            close(engine, world, oracle)
            progress.write_text(str(step), encoding="ascii")
    with engine.connect() as connection:
        entries = journal.entries(connection, BRAND)
        broken = journal.verify(connection, BRAND)
        left = missing_entries(connection, world)
    engine.dispose()
    return -1 if broken is not None or left else len(entries)


def killed(seed: int, folder: Path, happened: Counter[str]) -> list[str]:
    """Play a seed by a program that is killed; check what it left, continue, compare with a whole.

    The result is the same set of entries as of a program that nobody killed.
    """
    path = folder / f"killed-{seed}.db"
    draw = random.Random(f"{seed}+")  # noqa: S311 - a simulation
    sqlite_at(path).dispose()
    program = [sys.executable, "-m", "benchmarks.journal_seeds", "--die"]
    words = [str(seed), str(path), str(draw.randint(5, 160))]
    done = subprocess.run([*program, *words], check=False, capture_output=True)  # noqa: S603 - our own program
    happened["killed"] += done.returncode == -signal.SIGKILL
    broken = []
    if done.returncode not in (0, -signal.SIGKILL):
        broken.append(f"the program ended with {done.returncode}: {done.stderr.decode()[-300:]}")
    engine = sqlite_at(path)
    with engine.connect() as connection:
        if journal.verify(connection, BRAND) is not None:
            broken.append("I4: the chain does not verify after the kill")
    engine.dispose()
    whole = folder / f"whole-{seed}.db"
    if continued(seed, path) != continued(seed, whole):
        broken.append("I4: a killed program, continued, has other entries")
    found = []
    for each in (path, whole):
        engine = sqlite_at(each)
        with engine.connect() as connection:
            found.append(journal.audit(connection, BRAND))
        engine.dispose()
    if found[0] != found[1]:
        broken.append("I4: a killed program, continued, has another chain")
    return [f"seed {seed}, killed: {each}" for each in broken]


def soak(seeds: Iterable[int], *, kills: bool = True) -> tuple[list[str], Counter[str]]:
    """Play seeds; give what did not hold, and how often what happened."""
    broken: list[str] = []
    happened: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truelift-seeds-")))
        try:
            running = stack.enter_context(cluster()) if kills else None
        except Absent:
            running = None
        for seed in seeds:
            path = folder / f"{seed}.db"
            engine = sqlite_at(path)
            broken += play(seed, engine, happened)
            engine.dispose()
            happened["seeds"] += 1
            if seed % ODD_ONE == 0 and kills:
                broken += killed(seed, folder, happened)
            if seed % ODD_ONE == 0 and running is not None:
                engine = running.engine(running.new_database())
                create_all(engine)
                broken += play(seed, engine, happened)
                engine.dispose()
                happened["seeds in PostgreSQL"] += 1
            for each in folder.glob(f"*{seed}.*"):
                each.unlink(missing_ok=True)
    return broken, happened


def soak_lines(broken: list[str], happened: Counter[str], seconds: float) -> list[str]:
    """Give the part of RESULTS.md."""
    crashes = ", ".join(f"{happened[how]:,} {how}" for how in CRASHES)
    text = (
        f"{circumstances()} {happened['seeds']:,} seeds in SQLite and "
        f"{happened['seeds in PostgreSQL']:,} in PostgreSQL, {STEPS} steps each, in "
        f"{seconds / 60:.0f} minutes: {happened['entries']:,} entries, {happened['closes']:,} "
        f"closes, {happened['late']:,} late entries, {happened['reversals']:,} reversals; crashes: "
        f"{crashes}; {happened['killed']:,} programs killed with SIGKILL and continued. After each "
        f"crash and step the invariants of the books were asked: {len(broken)} did not hold."
    )
    lines = ["## The journal's invariants", "", *paragraph(text)]
    return [*lines, *(f"- {each}" for each in broken[:20])]


def main() -> int:
    """Play seeds and write down what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("--die", nargs=3, metavar=("SEED", "PATH", "STATEMENT"))
    asked = parser.parse_args()
    if asked.die:
        seed, path, statement = asked.die
        continued(int(seed), Path(path), int(statement))
        return 0
    start = time.perf_counter()
    broken, happened = soak(range(asked.count))
    lines = soak_lines(broken, happened, time.perf_counter() - start)
    write_part("invariants", lines)
    print("\n".join(lines))
    return 3 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
