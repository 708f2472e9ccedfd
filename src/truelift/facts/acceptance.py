"""Acceptance: events become facts, or are dropped with a reason.

In:   an EventBatch (text as it was read) and the brand's AcceptanceContext.
Out:  Accepted: typed rows of the kind, and one Fault for every row that was dropped.

Acceptance is the list STEPS, in order. Each step takes a Batch and gives a Batch; it works on whole
columns and marks the rows it drops. A row is dropped once, by the first step that finds something,
and by the first column of that step; later steps do not count it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Column, ColumnType, Kind
from truelift.catalog.campaign import METRIC_BREAK
from truelift.facts import amounts, bank_details, identity, moments, words
from truelift.facts.cells import Miss, Reading, as_mask, present, quoted, trimmed
from truelift.facts.event import NOTES, DropReason, EventBatch, Fault, place_of
from truelift.facts.kinds import kind_named

DAY = "day"
ROW_HASH = "row_hash"
SOURCE_LINE = "source_line"

DEFAULTS = {("rates", "kind"): "spot"}
"""(kind, column): what an empty cell means, where it means something."""

RANGES = (
    ("starts", "ends"),
    ("from", "to"),
    ("valid_from", "valid_to"),
    ("service_from", "service_to"),
    ("usage_from", "usage_to"),
)
"""Columns that begin and end something: the second is not before the first."""

HASHED = ("orders", "customer")
"""The column in which people stand; it is hashed before anything is kept, faults included."""


@dataclass(frozen=True, slots=True)
class AcceptanceContext:
    """What a brand adds to the meaning of its files.

    timezone: its reporting zone (IANA name), for times without offset. currency: ISO 4217, for
    amounts in rows that name none. customer_salt: key of the customers' hash, at most 64 bytes.
    max_minor: the largest amount, in minor units.
    """

    timezone: str
    currency: str
    customer_salt: bytes
    max_minor: int = 10**13


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a batch: every row is in `rows`, in `faults`, repeated or superseded.

    rows: every column of the kind in order, then notes, source_line, day (in the brand's zone; null
    when the kind did not happen at a time) and row_hash. faults: dropped rows by line. counts: per
    step, how many rows were dropped for which reason. repeated: rows that stand twice, word for
    word. superseded: rows of which the same batch has a newer update.
    """

    kind: str
    rows: pa.Table
    faults: list[Fault]
    counts: dict[str, dict[DropReason, int]]
    repeated: int
    superseded: int


class Drop(NamedTuple):
    """A dropped row of a batch: its row (0-based), the column at fault, why, and a sentence."""

    row: int
    column: str
    reason: DropReason
    sentence: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch on its way through the steps.

    columns: the kind's columns and notes, text at first and typed once their step has read them.
    alive: which rows are still in. drops: rows dropped, in the order in which they were found.
    """

    kind: Kind
    event: EventBatch
    context: AcceptanceContext
    columns: dict[str, pa.Array]
    alive: npt.NDArray[np.bool_]
    drops: tuple[Drop, ...] = ()
    repeated: int = 0
    superseded: int = 0
    derived: dict[str, pa.Array] = field(default_factory=dict)

    def of(self, *types: ColumnType) -> Iterator[Column]:
        """Give the kind's columns of some types, in order."""
        return (column for column in self.kind.columns if column.type in types)

    def having(self, **columns: pa.Array) -> Batch:
        """Give the batch with some columns replaced."""
        return replace(self, columns={**self.columns, **columns})

    def dropping(self, column: str, misses: Iterable[Miss]) -> Batch:
        """Give the batch without the rows missed; rows that are out already stay as they are."""
        alive = self.alive.copy()
        drops = list(self.drops)
        for miss in misses:
            if alive[miss.row]:
                alive[miss.row] = False
                drops.append(Drop(miss.row, column, miss.reason, miss.sentence))
        return replace(self, alive=alive, drops=tuple(drops))

    def reading(self, column: Column, reading: Reading) -> Batch:
        """Give the batch with a column as it was read, and without the rows it missed."""
        batch = self.having(**{column.name: reading.values})
        return batch.dropping(column.name, reading.misses) if reading.misses else batch


def accept(event: EventBatch, context: AcceptanceContext) -> Accepted:
    """Make facts of a batch of events; what cannot be one is a Fault, never an exception.

    Raises UsageError for a kind that does not exist and ValueError for columns that the kind does
    not have: readers keep those as notes.
    """
    batch = _opened(event, context)
    counts: dict[str, dict[DropReason, int]] = {}
    for step in STEPS:
        before = len(batch.drops)
        batch = step(batch)
        counts[step.__name__] = dict(Counter(drop.reason for drop in batch.drops[before:]))
    return Accepted(
        kind=batch.kind.name,
        rows=_rows(batch),
        faults=_faults(batch),
        counts=counts,
        repeated=batch.repeated,
        superseded=batch.superseded,
    )


def _opened(event: EventBatch, context: AcceptanceContext) -> Batch:
    """Lay out every column of the kind as text; a column that the file lacks is empty."""
    kind = kind_named(event.kind)
    strange = set(event.rows.column_names) - {*kind.names, NOTES}
    if strange:
        msg = f"{kind.name} has no column {', '.join(sorted(strange))}; keep it as a note."
        raise ValueError(msg)
    columns = {}
    for name in (*kind.names, NOTES):
        if name in event.rows.column_names:
            cells = pc.cast(event.rows[name], pa.string()).combine_chunks()
        else:
            cells = pa.nulls(event.rows.num_rows, pa.string())
        columns[name] = cells
    return Batch(kind, event, context, columns, np.ones(event.rows.num_rows, bool))


def _rows(batch: Batch) -> pa.Table:
    columns = {**batch.columns, SOURCE_LINE: batch.event.lines, **batch.derived}
    order = (*batch.kind.names, NOTES, SOURCE_LINE, DAY, ROW_HASH)
    table = pa.table({name: columns[name] for name in order})
    return table if batch.alive.all() else table.filter(pa.array(batch.alive))


def _faults(batch: Batch) -> list[Fault]:
    """Write a Fault for each dropped row, in the order of the file."""
    drops = sorted(batch.drops)
    where = pa.array([drop.row for drop in drops], pa.int64())
    lines = batch.event.lines.take(where).to_pylist()
    found = batch.event.rows.take(where).to_pylist()
    file = batch.event.source_file
    return [
        Fault(
            source_file=file,
            line=line,
            column=drop.column,
            reason=drop.reason,
            message=f"{place_of(file, line)}, column {drop.column}: {drop.sentence}",
            raw=_raw(row, batch),
        )
        for drop, line, row in zip(drops, lines, found, strict=True)
    ]


def _raw(row: dict[str, str | None], batch: Batch) -> str:
    """Write a row as it was read, as JSON; people stay hashed there too, accounts are left out."""
    kind, column = HASHED
    person = row.get(column) if batch.kind.name == kind else None
    if person is not None:
        row[column] = words.hashed_person(person, batch.context.customer_salt)
    accounts = {column.name for column in batch.of(ColumnType.ACCOUNT)}
    cells = {name: text for name, text in row.items() if text is not None and name not in accounts}
    raw = msgspec.json.encode(cells).decode()
    return bank_details.without_details(raw) if accounts else raw


def cells_trimmed(batch: Batch) -> Batch:
    """Take white space off every cell; a cell of nothing else is missing, never zero."""
    return batch.having(**{name: trimmed(batch.columns[name]) for name in batch.kind.names})


def required_present(batch: Batch) -> Batch:
    """Drop rows that lack a required value."""
    for column in batch.kind.columns:
        if column.required:
            empty = np.flatnonzero(~present(batch.columns[column.name])).tolist()
            sentence = f"the value is missing; every row of {batch.kind.name} needs one."
            batch = batch.dropping(
                column.name, (Miss(row, DropReason.MISSING, sentence) for row in empty)
            )
    return batch


def names_clean(batch: Batch) -> Batch:
    """Read names, codes, handles and texts; drop rows with undecodable or control characters.

    Tags and aliases are written in the form of what they are matched with.
    """
    readers = {
        ColumnType.NAME: words.read_names,
        ColumnType.CODE: words.read_codes,
        ColumnType.HANDLE: words.read_handles,
        ColumnType.TEXT: words.read_texts,
    }
    for column in batch.of(*readers):
        reader = words.read_tags if column.name == "tag" else readers[column.type]
        batch = batch.reading(column, reader(batch.columns[column.name]))
    if batch.kind.name == "aliases":
        meant = pc.utf8_lower(batch.columns["kind"])
        for name in ("code", "handle"):
            alias = batch.columns["alias"]
            written = readers[ColumnType(name)](alias).values
            batch = batch.having(alias=pc.if_else(pc.equal(meant, name), written, alias))
    return batch


def platforms_known(batch: Batch) -> Batch:
    """Read platforms; drop rows of one that the contract does not list."""
    for column in batch.of(ColumnType.PLATFORM):
        batch = batch.reading(column, words.read_platforms(batch.columns[column.name]))
    return batch


def currencies_known(batch: Batch) -> Batch:
    """Read currencies; drop rows with a code that ISO 4217 does not list."""
    for column in batch.of(ColumnType.CURRENCY):
        batch = batch.reading(column, words.read_currencies(batch.columns[column.name]))
    return batch


def choices_read(batch: Batch) -> Batch:
    """Read words out of a fixed set, and yes or no."""
    for column in batch.of(ColumnType.CHOICE, ColumnType.BOOLEAN):
        cells = batch.columns[column.name]
        if column.type is ColumnType.CHOICE:
            reading = words.read_choices(cells, column.choices)
        else:
            reading = words.read_booleans(cells)
        batch = batch.reading(column, reading)
    return batch


def numbers_read(batch: Batch) -> Batch:
    """Read counts, whole numbers, rates, values per unit and decimals."""
    readers: dict[ColumnType, Callable[..., Reading]] = {
        ColumnType.COUNT: amounts.read_whole,
        ColumnType.INTEGER: amounts.read_whole,
        ColumnType.RATE: amounts.read_rates,
        ColumnType.UNIT_MONEY: amounts.read_unit_money,
        ColumnType.DECIMAL: amounts.read_decimals,
    }
    for column in batch.of(*readers):
        signed = column.signed or column.type is ColumnType.INTEGER
        cells = batch.columns[column.name]
        batch = batch.reading(column, readers[column.type](cells, signed=signed))
    return batch


def money_read(batch: Batch) -> Batch:
    """Read amounts in minor units of the row's currency; the brand's where the row names none."""
    context = batch.context
    named = batch.columns.get("currency", pa.nulls(len(batch.alive), pa.string()))
    currencies = pc.fill_null(named, context.currency)
    priced = np.zeros(len(batch.alive), bool)
    for column in batch.of(ColumnType.MONEY):
        reading = amounts.read_money(
            batch.columns[column.name], currencies, limit=context.max_minor, signed=column.signed
        )
        batch = batch.reading(column, reading)
        priced |= present(reading.values)
    if "currency" in batch.columns:
        # an amount is minor units of something: the currency it was read in stays with it
        batch = batch.having(currency=pc.if_else(pa.array(priced), currencies, named))
    return batch


def times_read(batch: Batch) -> Batch:
    """Read instants as UTC and days as calendar days."""
    zone = batch.context.timezone
    for column in batch.of(ColumnType.INSTANT, ColumnType.DATE):
        cells = batch.columns[column.name]
        if column.type is ColumnType.DATE:
            reading = moments.read_days(cells, zone)
        else:
            reading = moments.read_instants(cells, zone, closes=column.closes)
        batch = batch.reading(column, reading)
    return batch


def lists_read(batch: Batch) -> Batch:
    """Read lists: codes in upper case, hashtags bare, estimated counters by their names."""
    forms: dict[str, Callable[[str], str]] = {"codes": str.upper, "hashtags": words.bare_tag}
    counters = [column.name for column in batch.of(ColumnType.COUNT)]
    for column in batch.of(ColumnType.LIST):
        cells = batch.columns[column.name]
        if column.name == "estimated":
            reading = words.read_estimated(cells, counters)
        else:
            reading = words.read_lists(cells, forms.get(column.name, str))
        batch = batch.reading(column, reading)
    return batch


def shares_read(batch: Batch) -> Batch:
    """Read shares of a whole; drop rows in which they do not sum to exactly one."""
    for column in batch.of(ColumnType.SHARES):
        batch = batch.reading(column, words.read_shares(batch.columns[column.name]))
    return batch


def customer_hashed(batch: Batch) -> Batch:
    """Replace people by a keyed hash."""
    kind, name = HASHED
    if batch.kind.name != kind:
        return batch
    reading = words.read_people(batch.columns[name], batch.context.customer_salt)
    return batch.reading(batch.kind.column(name), reading)


def accounts_hashed(batch: Batch) -> Batch:
    """Replace bank accounts by keyed hashes, and take them out of the texts beside them."""
    for column in batch.of(ColumnType.ACCOUNT):
        cells = batch.columns[column.name]
        batch = batch.reading(
            column, bank_details.read_accounts(cells, batch.context.customer_salt)
        )
        names = (*(each.name for each in batch.of(ColumnType.TEXT)), NOTES)
        batch = batch.having(
            **{name: bank_details.read_hidden(batch.columns[name]) for name in names}
        )
    return batch


def posts_have_an_owner(batch: Batch) -> Batch:
    """Drop posts that name neither a handle nor a creator."""
    if batch.kind.name != "posts":
        return batch
    owned = present(batch.columns["handle"]) | present(batch.columns["creator"])
    sentence = "a post needs a handle or a creator; fill one of the two columns."
    misses = (Miss(row, DropReason.NO_CREATOR, sentence) for row in np.flatnonzero(~owned).tolist())
    return batch.dropping("handle", misses)


def discounts_within_goods(batch: Batch) -> Batch:
    """Drop orders of which the discount is more than the goods."""
    if batch.kind.name != "orders":
        return batch
    above = as_mask(pc.greater(batch.columns["discount"], batch.columns["subtotal"]))
    sentence = "the discount is more than the goods; check both, and leave shipping out of it."
    misses = (Miss(row, DropReason.NEGATIVE, sentence) for row in np.flatnonzero(above).tolist())
    return batch.dropping("discount", misses)


def breaks_scoped(batch: Batch) -> Batch:
    """Read what a metric break touches, platform:metric; drop one that touches nothing known."""
    if batch.kind.name != "events":
        return batch
    breaks = pc.equal(batch.columns["kind"], METRIC_BREAK)
    scopes = pc.if_else(
        breaks, pc.fill_null(batch.columns["scope"], ""), pa.scalar(None, pa.string())
    )
    reading = words.read_breaks(scopes)
    scope = pc.coalesce(reading.values, batch.columns["scope"])
    return batch.having(scope=scope).dropping("scope", reading.misses)


def ends_after_starts(batch: Batch) -> Batch:
    """Drop rows of which the end lies before the beginning."""
    for first, last in RANGES:
        if first in batch.columns and last in batch.columns:
            # a day that closes something has become the midnight after it: that is beyond its end
            closes = batch.kind.column(last).closes and batch.columns[last].type != pa.date32()
            compare = pc.less_equal if closes else pc.less
            backwards = compare(batch.columns[last], batch.columns[first])
            rows = np.flatnonzero(as_mask(backwards)).tolist()
            misses = [_backwards(batch.event.rows, row, first, last) for row in rows]
            batch = batch.dropping(last, misses)
    return batch


def _backwards(rows: pa.Table, row: int, first: str, last: str) -> Miss:
    start, end = (quoted(rows[name][row].as_py()) for name in (first, last))
    sentence = f"{end} leaves nothing after {first}, which is {start}; check both."
    return Miss(row, DropReason.ENDS_BEFORE_START, sentence)


def defaults(batch: Batch) -> Batch:
    """Fill in what an empty cell stands for; a key's empty text is '', so that keys compare."""
    filled = {}
    for column in batch.kind.columns:
        cells = batch.columns[column.name]
        default = DEFAULTS.get((batch.kind.name, column.name))
        if default is None and column.key and pa.types.is_string(cells.type):
            default = ""
        if default is not None:
            filled[column.name] = pc.fill_null(cells, default)
    return batch.having(**filled)


def identified(batch: Batch) -> Batch:
    """Give each row its calendar day in the brand's zone and the hash of all its values."""
    occurred = batch.columns[batch.kind.occurred] if batch.kind.occurred else None
    if occurred is None:
        days = pa.nulls(len(batch.alive), pa.date32())
    elif pa.types.is_date32(occurred.type):
        days = occurred
    else:
        days = moments.days_of(occurred, batch.context.timezone)
    hashes = identity.row_hashes([batch.columns[name] for name in (*batch.kind.names, NOTES)])
    return replace(batch, derived={DAY: days, ROW_HASH: hashes})


def keys_distinct(batch: Batch) -> Batch:
    """Keep one row per natural key: the first of equal rows, the newest of dated updates.

    Where neither helps, the later row is dropped: nothing says which of the two is right.
    """
    keys = [batch.columns[name] for name in batch.kind.key]
    found = identity.repeats(
        keys, batch.derived[ROW_HASH], batch.columns.get("updated_at"), batch.alive
    )
    alive = batch.alive.copy()
    alive[found.repeated + found.superseded] = False
    lines = batch.event.lines
    misses = []
    for row, other in found.clashes:
        key = ", ".join(str(value) for cells in keys if (value := cells[row].as_py()))
        sentence = (
            f"{key} stands already in line {lines[other]} with other values; keep one of the two."
        )
        misses.append(Miss(row, DropReason.SAME_KEY_IN_FILE, sentence))
    batch = batch.dropping(next(name for name in batch.kind.key if name != "source"), misses)
    return replace(
        batch,
        alive=batch.alive & alive,
        repeated=len(found.repeated),
        superseded=len(found.superseded),
    )


STEPS: tuple[Callable[[Batch], Batch], ...] = (
    cells_trimmed,
    required_present,
    names_clean,
    platforms_known,
    currencies_known,
    choices_read,
    numbers_read,
    money_read,
    times_read,
    lists_read,
    shares_read,
    customer_hashed,
    accounts_hashed,
    posts_have_an_owner,
    discounts_within_goods,
    breaks_scoped,
    ends_after_starts,
    defaults,
    identified,
    keys_distinct,
)
"""What a row goes through, in order; every step is described in docs/quarantine.md."""
