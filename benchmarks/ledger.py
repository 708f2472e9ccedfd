"""The journal's speed in both databases: appending, replaying, balances, verifying.

In:   generated entries of two to four postings, as rules write them; a folder for the files.
Out:  the `ledger` part of RESULTS.md. Rates are of the wall clock, on the machine as loaded as it
      was, and of a processor second of ours and the database's process together. A bare write of
      the same rows, without guards and hashes, is measured in the same run.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import os
import random
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from benchmarks.postgresql import Absent, cluster
from benchmarks.results import circumstances, paragraph, table
from truelift.ledger.chart import Book
from truelift.ledger.journal import Entry, Posting, write_entry
from truelift.ledger.posting_plan import compare
from truelift.store import journal, journal_balances, journal_movements
from truelift.store.journal_tables import create_all, journal_posting
from truelift.store.sqlite import configure_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BRAND = "brand"
NOW = dt.datetime(2026, 7, 1, 12)  # noqa: DTZ001 - instants are naive UTC inside
FIRST = dt.date(2025, 1, 1)
ENTRIES = 10_000
LONG = 360_000
"""As many entries have a million postings."""
ROUNDS = 3
INSIDE = dt.date(2025, 10, 17)
"""A day inside a period."""
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "KWD")
SHAPES = (("6100", "2100"), ("6110", "2110"), ("9500", "9590"), ("2100", "6100", "1150", "2000"))
LIMITS = {
    "sqlite": {"append": 5_000, "replay": 50_000, "verify": 40_000},
    "postgresql": {"append": 8_000, "replay": 50_000, "verify": 40_000},
}
BALANCE_LIMIT = 0.050


class Measured(NamedTuple):
    """One database's figures: entries a second (append, replay, verify), seconds of balances."""

    name: str
    append: float
    append_core: float
    bare: float
    replay: float
    compare: float
    verify: float
    verify_core: float
    postings: int
    kept: float
    added_up: float
    as_of: float


def generated(count: int, seed: int = 1) -> list[Entry]:
    """Make entries over eighteen months, in five currencies, of 200 creators."""
    draw = random.Random(seed)  # noqa: S311 - figures for a benchmark
    return [_entry(number, draw) for number in range(count)]


def _entry(number: int, draw: random.Random) -> Entry:
    accounts = SHAPES[min(number % 5, 3)]
    currency = draw.choice(CURRENCIES)
    creator = f"creator-{draw.randrange(200)}"
    parts = [draw.randrange(1, 500_000) for _ in accounts[1:]]
    amounts = [sum(parts), *(-part for part in parts)]
    postings = tuple(
        Posting(
            account, currency, amount, amount, campaign="spring", creator=creator,
            deliverable=f"d{number}", agreement=f"a{number % 900}", counterparty=creator,
            rate_set="ecb-2026",
        )
        for account, amount in zip(accounts, amounts, strict=True)
    )  # fmt: skip
    return write_entry(
        book=Book.COMMIT if accounts[0] == "9500" else Book.FIN,
        effective_date=FIRST + dt.timedelta(days=draw.randrange(540)),
        kind="accrual",
        event=f"deliverable:d{number}",
        rule="R03",
        rule_version=1,
        memo=f"Fee accrued: deliverable d{number}",
        postings=postings,
    )


class Taken(NamedTuple):
    """How long work took: on the wall, and in processor seconds of ours and the database's."""

    wall: float
    core: float


def taken(work: Callable[[], object], server: int | None = None) -> Taken:
    """Time the work; `server` is the database's process, when it is not our own."""
    wall, core = time.perf_counter(), time.process_time() + _spent(server)
    work()
    return Taken(time.perf_counter() - wall, time.process_time() + _spent(server) - core)


def _spent(process: int | None) -> float:
    """Give the processor seconds that another process has used."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server_of(engine: sa.Engine) -> int | None:
    """Give the process that serves an engine's one connection, None for SQLite."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()


def best(work: Callable[[], object], rounds: int = ROUNDS, server: int | None = None) -> Taken:
    """Give the fastest of a few rounds, each clock for itself: noise only ever adds."""
    found = [taken(work, server) for _ in range(rounds)]
    return Taken(min(each.wall for each in found), min(each.core for each in found))


def append(engine: sa.Engine, entries: Sequence[Entry]) -> None:
    """Append entries in transactions of one batch."""
    for start in range(0, len(entries), journal.BATCH):
        with engine.begin() as connection:
            journal.append(connection, BRAND, entries[start : start + journal.BATCH], NOW)


def bare(engine: sa.Engine, entries: Sequence[Entry]) -> None:
    """Write the postings alone into a table without guards, keys or hashes, by plain inserts."""
    plain = sa.Table(
        "plain",
        sa.MetaData(),
        *(sa.Column(each.name, each.type) for each in journal_posting.columns),
    )
    with engine.begin() as connection:
        plain.drop(connection, checkfirst=True)
        plain.create(connection)
    names = list(Posting.__slots__)
    for start in range(0, len(entries), journal.BATCH):
        rows = [
            {name: getattr(posting, name) for name in names}
            | {"brand": BRAND, "seq": seq, "line_no": line_no}
            for seq, entry in enumerate(entries[start : start + journal.BATCH], start)
            for line_no, posting in enumerate(entry.postings, 1)
        ]
        with engine.begin() as connection:
            connection.execute(sa.insert(plain), rows)


def measure(new: Callable[[], sa.Engine], entries: Sequence[Entry], count: int) -> Measured:
    """Measure one database; `new` gives an engine on a database with the tables."""
    appended = []
    for _ in range(ROUNDS):
        engine = new()
        work = partial(append, engine, entries[:count])
        appended.append(taken(work, server_of(engine)))
    plain = best(lambda: bare(engine, entries[:count])).wall
    replay = best(lambda: append(engine, entries[:count])).wall
    server = server_of(engine)
    with engine.connect() as connection:
        compared = best(lambda: compare(entries[:count], journal.headers(connection, BRAND))).wall
        verify = best(lambda: journal.verify(connection, BRAND), ROUNDS, server)
    append(engine, entries[count:])
    balance = journal_balances.trial_balance
    with engine.connect() as connection:
        postings = sa.select(sa.func.count()).select_from(journal_posting)
        return Measured(
            name=engine.dialect.name,
            append=count / min(each.wall for each in appended),
            append_core=count / min(each.core for each in appended),
            bare=count / plain,
            replay=count / replay,
            compare=count / compared,
            verify=count / verify.wall,
            verify_core=count / verify.core,
            postings=connection.execute(postings).scalar_one(),
            kept=best(lambda: balance(connection, BRAND), 9).wall,
            added_up=best(lambda: journal_movements.added_up(connection, BRAND), 1).wall,
            as_of=best(lambda: balance(connection, BRAND, as_of=INSIDE), 1).wall,
        )


@contextlib.contextmanager
def databases() -> Iterator[tuple[list[Callable[[], sa.Engine]], str]]:
    """Give what makes new databases of each kind, and what could not run here."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="truelift-ledger-")))

        def sqlite() -> sa.Engine:
            path = folder / f"{len(list(folder.iterdir()))}.db"
            made = sa.create_engine(f"sqlite:///{path}")
            sa.event.listen(made, "connect", lambda link, _: configure_sqlite(link))
            create_all(made)
            return made

        makers = [sqlite]
        missing = ""
        try:
            running = stack.enter_context(cluster())
        except Absent as absent:
            missing = f" PostgreSQL was not measured: {absent}."
        else:

            def postgresql() -> sa.Engine:
                made = running.engine(running.new_database())
                create_all(made)
                return made

            makers.append(postgresql)
        yield makers, missing


def ledger_lines(count: int = ENTRIES, long: int = LONG) -> list[str]:
    """Measure both databases; give the part of RESULTS.md."""
    entries = generated(long)
    gc.freeze()  # or every collection would look at a million postings that are not measured
    with databases() as (makers, missing):
        found = [measure(new, entries, count) for new in makers]
    gc.unfreeze()
    load = os.getloadavg()[0]
    lines = [
        "## The journal",
        "",
        *paragraph(
            f"{circumstances()} The machine was shared (load {load:.1f}). {count:,} entries of two "
            f"to four postings in transactions of {journal.BATCH:,}, durable (SQLite WAL with "
            f"synchronous=FULL, PostgreSQL as it comes with fsync), the guards on, hashed and "
            f"chained; the best of {ROUNDS} runs. `bare` is the postings alone into a table "
            f"without guards, keys or hashes, by plain inserts. `replay` hands in entries that are "
            f"there already (at least 50,000/s); verifying is to reach 40,000/s. `compare` reads "
            f"the headers and finds nothing to post. `a core` is for one processor second, ours "
            f"and the database's together, whatever else ran.{missing}"
        ),
        *table(
            (
                "", "append/s", "a core", "at least", "bare/s", "replay/s", "compare/s",
                "verify/s", "a core",
            ),
            [
                (
                    each.name, f"{each.append:,.0f}", f"{each.append_core:,.0f}",
                    f"{LIMITS[each.name]['append']:,}", f"{each.bare:,.0f}",
                    f"{each.replay:,.0f}", f"{each.compare:,.0f}", f"{each.verify:,.0f}",
                    f"{each.verify_core:,.0f}",
                )
                for each in found
            ],
        ),
        "",
        *paragraph(
            "Trial balance of the whole journal: from the sums kept beside the postings, as of a "
            "day inside a period from the postings, and all sums added up again as "
            "`truelift ledger verify` does."
        ),
        *table(
            ("", "postings", "kept sums, ms", "at most", "inside a period, ms", "added up, ms"),
            [
                (
                    each.name, f"{each.postings:,}", f"{each.kept * 1e3:.1f}",
                    f"{BALANCE_LIMIT * 1e3:.0f}", f"{each.as_of * 1e3:,.0f}",
                    f"{each.added_up * 1e3:,.0f}",
                )
                for each in found
            ],
        ),
    ]  # fmt: skip
    return [*lines, "", *paragraph(_verdict(found))]


def _verdict(found: Sequence[Measured]) -> str:
    missed = [
        f"{each.name} {what} {getattr(each, what):,.0f}/s (at least {least:,})"
        for each in found
        for what, least in LIMITS[each.name].items()
        if getattr(each, what) < least
    ] + [
        f"{each.name} trial balance {each.kept * 1e3:.0f} ms (at most {BALANCE_LIMIT * 1e3:.0f})"
        for each in found
        if each.kept > BALANCE_LIMIT
    ]
    if not missed:
        return "Every limit was reached on the wall clock."
    return f"Missed on the wall clock of this run: {'; '.join(missed)}."
