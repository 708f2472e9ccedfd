"""The journal on disk: entries appended behind each other, read back and verified.

In:   entries from the ledger; a connection inside a transaction; a brand.
Out:  entries, their headers, the head of the chain, the first number that does not verify.

The database itself refuses what is wrong (`journal_tables`); the hash chain finds what was changed
behind its back. Balances are in `journal_balances`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from truelift.base.errors import JournalRefused, PeriodClosed, Unbalanced
from truelift.base.time import Instant, Period
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.chart import Book
from truelift.ledger.journal import (
    ENTRY_FIELDS,
    POSTING_FIELDS,
    Content,
    Entry,
    Posting,
    chain_hash,
    genesis,
    link_hash,
)
from truelift.ledger.period import Calendar, PeriodStatus
from truelift.ledger.posting_plan import Posted
from truelift.store.accounting_periods import accounting_calendar
from truelift.store.journal_tables import journal_entry, journal_posting, period_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, RowMapping

BATCH = 1000
VERIFY_BATCH = 5000

_HEADER = [journal_entry.c[name] for name in ENTRY_FIELDS]
_SEALED = [
    *_HEADER,
    journal_entry.c.period,
    journal_entry.c.recorded_at,
    journal_entry.c.previous_hash,
    journal_entry.c.hash,
]
_LINE = [journal_posting.c[name] for name in POSTING_FIELDS]


class Appended(NamedTuple):
    """How many entries were written, and how many were there already."""

    inserted: int
    skipped: int


class Head(NamedTuple):
    """The end of a brand's chain: the number of its last entry and its hash."""

    seq: int
    hash: str


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


def append(
    connection: Connection, brand: str, entries: Iterable[Entry], recorded_at: Instant
) -> Appended:
    """Write entries behind the chain's head, in their order; those already there are skipped.

    All within the caller's transaction. Raises PeriodClosed, Unbalanced or JournalRefused when the
    database refuses an entry; then the transaction must be rolled back.
    """
    distinct = {entry.entry_id: entry for entry in entries}
    given = list(distinct.values())
    inserted = 0
    end = head(connection, brand)
    calendar = accounting_calendar(connection, brand)
    for start in range(0, len(given), BATCH):
        batch = given[start : start + BATCH]
        known = _known(connection, brand, [entry.entry_id for entry in batch])
        fresh = [entry for entry in batch if entry.entry_id not in known]
        sealed = [(entry, str(calendar.period_of(entry.effective_date))) for entry in fresh]
        end = _write(connection, brand, sealed, instant_text(recorded_at), end)
        inserted += len(fresh)
    return Appended(inserted, len(given) - inserted)


def _known(connection: Connection, brand: str, ids: Sequence[str]) -> set[str]:
    query = select(journal_entry.c.entry_id).where(
        journal_entry.c.brand == brand, journal_entry.c.entry_id.in_(ids)
    )
    return set(connection.execute(query).scalars())


def _write(
    connection: Connection,
    brand: str,
    entries: Sequence[tuple[Entry, str]],
    recorded_at: str,
    end: Head,
) -> Head:
    if not entries:
        return end
    headers: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for entry, period in entries:
        sealed = chain_hash(end.hash, entry, recorded_at)
        header = {name: getattr(entry, name) for name in ENTRY_FIELDS}
        header |= {
            "brand": brand,
            "seq": end.seq + 1,
            "book": entry.book.value,
            "effective_date": entry.effective_date.isoformat(),
            "period": period,
            "recorded_at": recorded_at,
            "previous_hash": end.hash,
            "hash": sealed,
        }
        headers.append(header)
        end = Head(end.seq + 1, sealed)
        for line_no, posting in enumerate(entry.postings, 1):
            line = {name: getattr(posting, name) for name in POSTING_FIELDS}
            lines.append(line | {"brand": brand, "seq": end.seq, "line_no": line_no})
    try:
        connection.execute(insert(journal_posting), lines)
        connection.execute(insert(journal_entry), headers)
    except IntegrityError as error:
        raise _refusal(str(error.orig)) from error
    return end


def _refusal(message: str) -> JournalRefused:
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
    """Recompute the whole chain; give the first number that does not verify, None when all do.

    Finds any change of a byte in a header or posting, a missing number, and postings without a
    header. Entries cut off at the very end are found by comparing `head` with a kept one.
    """
    last = max(
        connection.execute(select(func.max(table.c.seq)).where(table.c.brand == brand)).scalar_one()
        or 0
        for table in (journal_entry, journal_posting)
    )
    previous = genesis(brand)
    calendar = accounting_calendar(connection, brand)
    for start in range(1, last + 1, VERIFY_BATCH):
        bad, previous = _verify_range(
            connection, brand, (start, min(last, start + VERIFY_BATCH - 1)), previous, calendar
        )
        if bad is not None:
            return bad
    return None


def _verify_range(
    connection: Connection,
    brand: str,
    numbers: tuple[int, int],
    previous: str,
    calendar: AccountingCalendar,
) -> tuple[int | None, str]:
    first, last = numbers
    try:
        linked = _links(connection, brand, first, last)
    except DBAPIError:
        # A byte that is no text any more cannot even be read: look for it in either half.
        if first == last:
            return first, previous
        middle = (first + last) // 2
        bad, previous = _verify_range(connection, brand, (first, middle), previous, calendar)
        if bad is not None:
            return bad, previous
        return _verify_range(connection, brand, (middle + 1, last), previous, calendar)
    for seq in range(first, last + 1):
        row, lines = linked.get(seq, (None, []))
        if row is None or not _holds(row, lines, previous, calendar):
            return seq, previous
        previous = row[-1]
    return None, previous


def _links(
    connection: Connection, brand: str, first: int, last: int
) -> dict[int, tuple[Sequence[Any], list[list[Any]]]]:
    """Read headers, as _SEALED, with their postings; a gap in the line numbers spoils them."""
    lines = defaultdict[int, list[list[Any]]](list)
    columns = journal_posting.c
    query = select(columns.seq, columns.line_no, *_LINE).where(
        columns.brand == brand, columns.seq.between(first, last)
    )
    for seq, line_no, *fields in connection.execute(query.order_by(columns.seq, columns.line_no)):
        found = lines[seq]
        found.append(fields if line_no == len(found) + 1 else [])
    rows = connection.execute(
        select(journal_entry.c.seq, *_SEALED).where(
            journal_entry.c.brand == brand, journal_entry.c.seq.between(first, last)
        )
    )
    return {seq: (fields, lines[seq]) for seq, *fields in rows}


def _holds(
    row: Sequence[Any], lines: list[list[Any]], previous: str, calendar: AccountingCalendar
) -> bool:
    *header, period, recorded_at, behind, sealed = row
    content: Content = dict(zip(ENTRY_FIELDS, header, strict=True))
    content["postings"] = lines
    found = link_hash(previous, content, recorded_at)
    return bool(
        behind == previous
        and sealed == found
        and period == _period_of(str(content["effective_date"]), calendar)
    )


def _period_of(day: str, calendar: AccountingCalendar) -> str:
    """Give the period of a day; a text that is no day any more has none."""
    if not calendar.weeks:
        return day[:7]
    try:
        return str(calendar.period_of(dt.date.fromisoformat(day)))
    except ValueError:
        return ""
