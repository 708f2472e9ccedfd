"""The journal on disk: entries appended behind each other, read back and verified.

In:   entries from the ledger; a connection inside a transaction; a brand.
Out:  entries, their headers, the head of the chain, the first number that does not verify.

The database itself refuses what is wrong (`journal_tables`); the hash chain finds what was changed
behind its back. Balances are in `journal_balances`. All of it is the same in SQLite and PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ARRAY, Connection, Text, any_, func, insert, literal, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from truelift.base.errors import JournalRefused, PeriodClosed, Unbalanced
from truelift.base.time import Instant, Period
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.chart import Book
from truelift.ledger.journal import (
    DIGEST_SPACE,
    ENTRY_FIELDS,
    POSTING_FIELDS,
    Content,
    Entry,
    Posting,
    canonical,
    content,
    genesis,
    link_hash,
)
from truelift.ledger.period import Calendar, PeriodStatus
from truelift.ledger.posting_plan import Posted
from truelift.store.accounting_periods import accounting_calendar
from truelift.store.bulk_rows import write_rows
from truelift.store.journal_movements import add_movements
from truelift.store.journal_tables import journal_entry, journal_posting, period_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row, RowMapping

BATCH = 1000
VERIFY_BATCH = 500

_HEADER = [journal_entry.c[name] for name in ENTRY_FIELDS]
_SEALED = [
    *_HEADER,
    journal_entry.c.period,
    journal_entry.c.recorded_at,
    journal_entry.c.previous_hash,
    journal_entry.c.hash,
]
_EFFECTIVE_DATE = ENTRY_FIELDS.index("effective_date")
_LINE = [journal_posting.c[name] for name in POSTING_FIELDS]
_HEADER_COLUMNS = (
    *ENTRY_FIELDS, "period", "recorded_at", "previous_hash", "hash", "brand", "seq",
)  # fmt: skip
_LINE_COLUMNS = (*POSTING_FIELDS, "brand", "seq", "line_no")
_KEYS = {
    "journal_entry_id_once": "journal: this entry id is already there",
    "journal_entry_reversed_once": "journal: the entry is already reversed",
    "journal_entry_pkey": "journal: this number of the chain is already taken",
}
"""What PostgreSQL calls the unique keys, and what SQLite's guards say for them."""


class Appended(NamedTuple):
    """How many entries were written, and how many were there already."""

    inserted: int
    skipped: int


class Head(NamedTuple):
    """The end of a brand's chain: the number of its last entry and its hash."""

    seq: int
    hash: str


class Audit(NamedTuple):
    """What recomputing a chain found.

    bad: the first number that does not verify, None when all do. end: the last link that holds.
    digest: of the set of entries, whatever their order (`ledger.journal.set_digest`); None when
    the chain does not verify.
    """

    bad: int | None
    end: Head
    digest: str | None


def instant_text(instant: Instant) -> str:
    """Write an instant as the journal keeps it: naive UTC, ISO 8601, microseconds."""
    return instant.isoformat(timespec="microseconds")


def head(connection: Connection, brand: str) -> Head:
    """Give the end of the chain; number 0 and the brand's own start hash for an empty journal."""
    query = (
        select(journal_entry.c.seq, journal_entry.c.hash)
        .where(journal_entry.c.brand == brand)
        .order_by(journal_entry.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, genesis(brand))


def hash_at(connection: Connection, brand: str, seq: int) -> str | None:
    """Give the hash of the entry with this number; the start hash for 0, None for no entry."""
    if seq == 0:
        return genesis(brand)
    columns = journal_entry.c
    query = select(columns.hash).where(columns.brand == brand, columns.seq == seq)
    found: str | None = connection.execute(query).scalar()
    return found


def append(
    connection: Connection, brand: str, entries: Iterable[Entry], recorded_at: Instant
) -> Appended:
    """Write entries behind the chain's head, in their order; those already there are skipped.

    All within the caller's transaction. Raises PeriodClosed, Unbalanced or JournalRefused when the
    database refuses an entry; then the transaction must be rolled back.
    """
    distinct = {entry.entry_id: entry for entry in entries}
    given = list(distinct.values())
    written: list[tuple[Entry, str]] = []
    take_turn(connection, brand)
    end = head(connection, brand)
    calendar = accounting_calendar(connection, brand)
    for start in range(0, len(given), BATCH):
        batch = given[start : start + BATCH]
        known = _known(connection, brand, [entry.entry_id for entry in batch])
        fresh = [entry for entry in batch if entry.entry_id not in known]
        sealed = [(entry, str(calendar.period_of(entry.effective_date))) for entry in fresh]
        end = _write(connection, brand, sealed, instant_text(recorded_at), end)
        written += sealed
    add_movements(connection, brand, written)
    inserted = len(written)
    return Appended(inserted, len(given) - inserted)


def take_turn(connection: Connection, brand: str) -> None:
    """Wait until no other transaction writes this brand's journal; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.journal_take_turn(brand)))


def _known(connection: Connection, brand: str, ids: Sequence[str]) -> set[str]:
    columns = journal_entry.c
    among: ColumnElement[bool] = columns.entry_id.in_(ids)
    if connection.dialect.name == "postgresql":  # one array is read faster than many parameters
        among = columns.entry_id == any_(literal(list(ids), ARRAY(Text)))
    query = select(columns.entry_id).where(columns.brand == brand, among)
    return set(connection.execute(query).scalars())


def _write(
    connection: Connection,
    brand: str,
    entries: Sequence[tuple[Entry, str]],
    recorded_at: str,
    end: Head,
) -> Head:
    """Write one batch: postings first, then the headers that seal them."""
    if not entries:
        return end
    headers: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for entry, period in entries:
        told = content(entry)
        sealed = link_hash(end.hash, canonical(told), recorded_at)
        postings: Any = told.pop("postings")
        seq = end.seq + 1
        headers.append((*told.values(), period, recorded_at, end.hash, sealed, brand, seq))
        for line_no, posting in enumerate(postings, 1):
            lines.append((*posting, brand, seq, line_no))
        end = Head(seq, sealed)
    try:
        write_rows(connection, journal_posting, _LINE_COLUMNS, lines)
        write_rows(connection, journal_entry, _HEADER_COLUMNS, headers)
    except IntegrityError as error:
        raise _refusal(error) from error
    return end


def _refusal(error: IntegrityError) -> JournalRefused:
    message = str(error.orig).splitlines()[0]
    for key, sentence in _KEYS.items():
        if key in message:
            message = sentence
    if "period closed" in message:
        return PeriodClosed(f"{message}. Post to the first open period.")
    if "unbalanced" in message:
        return Unbalanced(f"{message}.")
    return JournalRefused(f"{message}.")


def scope(
    brand: str, period: Period | None, as_of: dt.date | None, known_at: Instant | None
) -> list[ColumnElement[bool]]:
    """Give the conditions on headers: brand, period, effective up to a day, recorded up to then."""
    columns = journal_entry.c
    conditions: list[ColumnElement[bool]] = [columns.brand == brand]
    if period is not None:
        conditions.append(columns.period == str(period))
    if as_of is not None:
        conditions.append(columns.effective_date <= as_of.isoformat())
    if known_at is not None:
        conditions.append(columns.recorded_at <= instant_text(known_at))
    return conditions


def entries(
    connection: Connection,
    brand: str,
    period: Period | None = None,
    as_of: dt.date | None = None,
    known_at: Instant | None = None,
) -> list[Entry]:
    """Read entries in the order of the chain.

    period: of that accounting month. as_of: effective up to and on that day. known_at: recorded up
    to and at that instant.
    """
    return _read(connection, scope(brand, period, as_of, known_at))


def entries_by_id(connection: Connection, brand: str, ids: Sequence[str]) -> list[Entry]:
    """Read the entries with these ids, in the order of the chain."""
    found: list[Entry] = []
    for start in range(0, len(ids), BATCH):
        chosen = journal_entry.c.entry_id.in_(ids[start : start + BATCH])
        found.extend(_read(connection, [journal_entry.c.brand == brand, chosen]))
    return found


def _read(connection: Connection, conditions: list[ColumnElement[bool]]) -> list[Entry]:
    same = (journal_posting.c.brand == journal_entry.c.brand) & (
        journal_posting.c.seq == journal_entry.c.seq
    )
    lines = defaultdict[int, list[Posting]](list)
    query = select(journal_posting.c.seq, *_LINE).join(journal_entry, same).where(*conditions)
    for seq, *fields in connection.execute(
        query.order_by(journal_posting.c.seq, journal_posting.c.line_no)
    ):
        lines[seq].append(Posting(*fields))
    headers = select(journal_entry.c.seq, *_HEADER).where(*conditions)
    rows = connection.execute(headers.order_by(journal_entry.c.seq)).mappings()
    return [_entry(row, tuple(lines[row["seq"]])) for row in rows]


def _entry(row: RowMapping, postings: tuple[Posting, ...]) -> Entry:
    return Entry(
        entry_id=row["entry_id"],
        book=Book(row["book"]),
        effective_date=dt.date.fromisoformat(row["effective_date"]),
        kind=row["kind"],
        source_event=row["source_event"],
        rule=row["rule"],
        rule_version=row["rule_version"],
        postings=postings,
        reverses=row["reverses"],
        late_for_period=row["late_for_period"],
        memo=row["memo"],
    )


def headers(connection: Connection, brand: str) -> list[Posted]:
    """Read what the posting plan must know of every entry, in the order of the chain."""
    columns = [journal_entry.c[name] for name in Posted._fields]
    query = select(*columns).where(journal_entry.c.brand == brand).order_by(journal_entry.c.seq)
    return [Posted(*row) for row in connection.execute(query)]


def newest_day(connection: Connection, brand: str, rules: Sequence[str]) -> dt.date | None:
    """Give the newest effective date of an entry by one of these rules; None without any."""
    columns = journal_entry.c
    where = (columns.brand == brand, columns.rule.in_(rules))
    found = connection.execute(select(func.max(columns.effective_date)).where(*where)).scalar()
    return None if found is None else dt.date.fromisoformat(found)


def effective_days(connection: Connection, brand: str) -> list[dt.date]:
    """Give every day on which an entry takes effect."""
    columns = journal_entry.c
    query = select(columns.effective_date).where(columns.brand == brand).distinct()
    query = query.order_by(columns.effective_date)
    return [dt.date.fromisoformat(day) for day in connection.execute(query).scalars()]


def first_uses(connection: Connection, brand: str) -> list[tuple[str, int]]:
    """Give every account that is posted to, with the first entry that does."""
    columns = journal_posting.c
    query = select(columns.account, func.min(columns.seq)).where(columns.brand == brand)
    rows = connection.execute(query.group_by(columns.account).order_by(columns.account))
    return [(row[0], row[1]) for row in rows]


def entered_after(connection: Connection, brand: str, period: Period, seq: int) -> list[int]:
    """Give the numbers of a period's entries that stand behind a number of the chain."""
    columns = journal_entry.c
    where = (columns.brand == brand, columns.period == str(period), columns.seq > seq)
    query = select(columns.seq).where(*where).order_by(columns.seq)
    return list(connection.execute(query).scalars())


def calendar(connection: Connection, brand: str) -> Calendar:
    """Read which periods are open and closed, and which days each has."""
    columns = period_status.c
    rows = connection.execute(select(columns.period, columns.status).where(columns.brand == brand))
    statuses = frozenset((Period.parse(row.period), PeriodStatus(row.status)) for row in rows)
    return Calendar(statuses, accounting_calendar(connection, brand))


def set_period_status(
    connection: Connection,
    brand: str,
    period: Period,
    status: PeriodStatus,
    *,
    changed_by: str,
    changed_at: Instant,
) -> None:
    """Open or close a period; who may do so is decided by the operation that calls."""
    columns = period_status.c
    chosen = (columns.brand == brand, columns.period == str(period))
    connection.execute(period_status.delete().where(*chosen))
    connection.execute(
        insert(period_status).values(
            brand=brand,
            period=str(period),
            status=status.value,
            changed_by=changed_by,
            changed_at=instant_text(changed_at),
        )
    )


def verify(connection: Connection, brand: str) -> int | None:
    """Recompute the whole chain; give the first number that does not verify, None when all do."""
    return audit(connection, brand).bad


def audit(connection: Connection, brand: str) -> Audit:
    """Recompute the whole chain and the digest of its entries in one pass.

    Finds any change of a byte in a header or posting, a missing number, and postings without a
    header. Entries cut off at the very end are found by comparing the end with a kept one.
    """
    last = max(
        connection.execute(select(func.max(table.c.seq)).where(table.c.brand == brand)).scalar_one()
        or 0
        for table in (journal_entry, journal_posting)
    )
    end, digest = Head(0, genesis(brand)), 0
    calendar = accounting_calendar(connection, brand)
    for start in range(1, last + 1, VERIFY_BATCH):
        through = min(last, start + VERIFY_BATCH - 1)
        end, added = _verify_range(connection, brand, (start, through), end, calendar)
        digest += added
        if end.seq != through:
            return Audit(end.seq + 1, end, None)
    return Audit(None, end, f"{digest % DIGEST_SPACE:064x}")


def _verify_range(
    connection: Connection,
    brand: str,
    numbers: tuple[int, int],
    end: Head,
    calendar: AccountingCalendar,
) -> tuple[Head, int]:
    """Give the last link that holds, and the sum of the hashes of the entries up to it."""
    first, last = numbers
    try:
        headers, lines = _rows(connection, brand, first, last)
    except DBAPIError:
        # A byte that is no text any more cannot even be read: look for it in either half.
        if first == last:
            return end, 0
        middle = (first + last) // 2
        end, digest = _verify_range(connection, brand, (first, middle), end, calendar)
        if end.seq != middle:
            return end, digest
        end, added = _verify_range(connection, brand, (middle + 1, last), end, calendar)
        return end, digest + added
    digest = 0
    previous, expected = end.hash, first
    for seq, *header, period, recorded_at, behind, sealed in map(tuple, headers):
        told: Content = dict(zip(ENTRY_FIELDS, header, strict=True))
        told["postings"] = lines.pop(seq, ())
        written = canonical(told)
        holds = (
            seq == expected
            and behind == previous
            and period == _period_of(header[_EFFECTIVE_DATE], calendar)
            and sealed == link_hash(previous, written, recorded_at)
        )
        if not holds:
            break
        digest += int.from_bytes(sha256(written).digest())
        previous, expected = sealed, expected + 1
    return Head(expected - 1, previous), digest


def _rows(
    connection: Connection, brand: str, first: int, last: int
) -> tuple[Sequence[Row[Any]], dict[int, list[tuple[Any, ...]]]]:
    """Read headers, and their postings by number; a gap in the line numbers spoils them."""
    lines: dict[int, list[tuple[Any, ...]]] = {}
    columns = journal_posting.c
    query = select(columns.seq, columns.line_no, *_LINE).where(
        columns.brand == brand, columns.seq.between(first, last)
    )
    latest, found = 0, list[tuple[Any, ...]]()
    for row in map(tuple, connection.execute(query.order_by(columns.seq, columns.line_no)).all()):
        if row[0] != latest:
            latest, found = row[0], []
            lines[latest] = found
        found.append(row[2:] if row[1] == len(found) + 1 else ())
    header = select(journal_entry.c.seq, *_SEALED).where(
        journal_entry.c.brand == brand, journal_entry.c.seq.between(first, last)
    )
    return connection.execute(header.order_by(journal_entry.c.seq)).all(), lines


def _period_of(day: str, calendar: AccountingCalendar) -> str:
    """Give the period of a day; a text that is no day any more has none."""
    if not calendar.weeks:
        return day[:7]
    try:
        return str(calendar.period_of(dt.date.fromisoformat(day)))
    except ValueError:
        return ""
