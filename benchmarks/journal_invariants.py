"""The invariants of the books, asked of a journal beside a naive list of what was appended to it.

In:   a connection to a journal, the oracle that was kept beside it, the world it was drawn from.
Out:  a sentence for each invariant that does not hold, with its number in the reference.

I13 (other programs re-read the exports) and the bridge's own steps of I14 need more than a journal:
they stand in the tests of exports and of `reports.bridge`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from benchmarks.journal_world import BASE, RATES, START, World
from truelift.base.errors import JournalRefused
from truelift.ledger import trial_balance as reference
from truelift.ledger.chart import COST_ACCOUNTS, Book
from truelift.ledger.journal import Entry, declares_exchange, reverse, set_digest
from truelift.ledger.posting_plan import Difference, compare
from truelift.ledger.recognition import entries_for, fee_shares, fixed_price
from truelift.ledger.source import CostState, Facts, Policy
from truelift.store import journal, journal_balances, journal_movements
from truelift.store.journal_tables import journal_entry, journal_posting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truelift.base.time import Period

BRAND = "brand"


@dataclass(slots=True)
class Closed:
    """A period as it was closed: when, behind which entry, and the report of that moment."""

    period: Period
    at: dt.datetime
    seq: int
    report: bytes


@dataclass(slots=True)
class Oracle:
    """The naive model: everything that was appended, in order, and what was closed."""

    rows: list[tuple[Entry, dt.datetime]] = field(default_factory=list)
    closes: list[Closed] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        """Give the entries in the order of the chain."""
        return [entry for entry, _ in self.rows]


def report(connection: sa.Connection, period: Period, known_at: dt.datetime) -> bytes:
    """Write what a close pack says of a period, as known at a time."""
    balances = [
        journal_balances.trial_balance(
            connection, BRAND, book, as_of=period.last_day, known_at=known_at
        )
        for book in Book
    ]
    entries = journal.entries(connection, BRAND, period, known_at=known_at)
    return repr((balances, entries)).encode()


def after_a_step(connection: sa.Connection, oracle: Oracle, world: World) -> list[str]:
    """Ask what must hold after every step and every crash."""
    draw = random.Random(f"{world.seed}?{world.step}")  # noqa: S311 - a simulation
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _whole_entries(connection, oracle),
        lambda: _balances(connection, oracle, draw),
        lambda: _closed(connection, oracle),
        lambda: _chain(connection, oracle),
    )
    return [broken for check in checks for broken in check()]


def at_the_end(connection: sa.Connection, oracle: Oracle, world: World) -> list[str]:
    """Ask everything else once the last step is booked; nothing is left changed."""
    draw = random.Random(f"{world.seed}!")  # noqa: S311 - a simulation
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _any_order(connection, world, draw),
        lambda: _reversal(connection, oracle, draw),
        lambda: _identities(oracle, world),
        lambda: _deliverables(oracle, world),
        lambda: _commissions(oracle, world),
        lambda: _costs(connection, oracle),
        lambda: _metamorphic(oracle, world),
        lambda: _changed_byte(connection, oracle, draw),
    )
    return [broken for check in checks for broken in check()]


def _whole_entries(connection: sa.Connection, oracle: Oracle) -> Iterator[str]:
    """I1 and I4: what is there balances, and is exactly what was appended as a whole."""
    line, sums = journal_posting.c, defaultdict[int, list[tuple[str, int, int]]](list)
    query = sa.select(line.seq, line.currency, line.amount_minor, line.base_minor)
    for seq, *rest in connection.execute(query.where(line.brand == BRAND)):
        sums[seq].append((rest[0], rest[1], rest[2]))
    headers = sa.select(journal_entry.c.seq, journal_entry.c.kind)
    kinds = {row.seq: row.kind for row in connection.execute(headers)}
    if kinds.keys() != sums.keys():
        yield f"I4: postings and headers differ at {kinds.keys() ^ sums.keys()}"
    for seq, lines in sums.items():
        by_currency = defaultdict[str, int](int)
        for currency, amount, _ in lines:
            by_currency[currency] += amount
        uneven = any(by_currency.values()) and not declares_exchange(kinds.get(seq, ""))
        if sum(base for *_, base in lines) or uneven or len(lines) < 2:  # noqa: PLR2004 - two sides
            yield f"I1: entry {seq} does not balance"
    try:
        read = journal.entries(connection, BRAND)
    except JournalRefused:
        read = None  # an entry that is wrong cannot be made of it
    if read != oracle.entries:
        yield "I4: the journal is not what was appended to it"


def _balances(connection: sa.Connection, oracle: Oracle, draw: random.Random) -> Iterator[str]:
    """I2: every trial balance sums to zero and is the naive one."""
    times = [recorded for _, recorded in oracle.rows] or [dt.datetime.combine(START, dt.time())]
    for _ in range(3):
        as_of = draw.choice((None, START + dt.timedelta(draw.randint(0, 120))))
        known_at, book = draw.choice((None, draw.choice(times))), draw.choice((None, *Book))
        known = [entry for entry, at in oracle.rows if known_at is None or at <= known_at]
        found = journal_balances.trial_balance(
            connection, BRAND, book, as_of=as_of, known_at=known_at
        )
        if found != reference.trial_balance(known, book, as_of) or reference.total(found):
            yield f"I2: the trial balance of {book} as of {as_of}, known at {known_at}"
    if journal_movements.wrong_movements(connection, BRAND):
        yield "I2: the sums kept beside the postings are wrong"


def _closed(connection: sa.Connection, oracle: Oracle) -> Iterator[str]:
    """I6, I7 and I17: nothing enters a closed period, and what was reported of it stays."""
    for close in oracle.closes:
        later = oracle.entries[close.seq :]
        if any(entry.period <= close.period for entry in later):
            yield f"I6: something was recorded in {close.period} after its close"
        if report(connection, close.period, close.at) != close.report:
            yield f"I7, I17: the report of {close.period} changed after its close"


def _chain(connection: sa.Connection, oracle: Oracle) -> Iterator[str]:
    """I15, first half: the chain verifies, and its digest is the set's."""
    found = journal.audit(connection, BRAND)
    if found.bad is not None or found.end.seq != len(oracle.rows):
        yield f"I15: the chain does not verify at {found.bad}"
    elif found.digest != set_digest(oracle.entries):
        yield "I15: the digest is not that of the entries"


def _any_order(connection: sa.Connection, world: World, draw: random.Random) -> Iterator[str]:
    """I3: the facts in another order, some twice, imply the same and post nothing."""

    def mixed(facts: tuple) -> tuple:  # type: ignore[type-arg] # any of the five kinds
        again = [*facts, *draw.sample(facts, len(facts) // 2)]
        draw.shuffle(again)
        return tuple(again)

    known = world.facts()
    shuffled = Facts(*(mixed(getattr(known, name)) for name in Facts.__slots__))
    entries, _ = entries_for(shuffled, Policy(BASE), RATES)
    if set_digest(entries) != set_digest(world.target()):
        yield "I3: another order of the facts implies other entries"
    if compare(entries, journal.headers(connection, BRAND)) != Difference((), ()):
        yield "I3: facts that are booked would be booked again"


def _reversal(connection: sa.Connection, oracle: Oracle, draw: random.Random) -> Iterator[str]:
    """I5: an entry and its reversal leave every balance as it was."""
    taken = {entry.reverses for entry in oracle.entries}
    free = [entry for entry in oracle.entries if entry.entry_id not in taken]
    if not free:
        return
    entry = draw.choice(free)
    day = journal.calendar(connection, BRAND).posting_day(entry.effective_date)[0]
    undone = reverse(entry, day)
    journal.append(connection, BRAND, [undone], dt.datetime(2027, 1, 1))  # noqa: DTZ001 - naive UTC
    without = [each for each in oracle.entries if each is not entry]
    found = journal_balances.trial_balance(connection, BRAND, None)
    connection.rollback()
    if _nonzero(found) != _nonzero(reference.trial_balance(without, None)):
        yield f"I5: the reversal of {entry.entry_id} leaves a balance"


def _nonzero(balances: tuple[reference.Balance, ...]) -> list[reference.Balance]:
    return [each for each in balances if each.amount_minor or each.base_minor]


def _sums(oracle: Oracle, name: str) -> dict[tuple[str | None, str], tuple[int, int]]:
    """Sum amount and base by a dimension and account."""
    sums: dict[tuple[str | None, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for entry in oracle.entries:
        for each in entry.postings:
            key = getattr(each, name), each.account
            amount, base = sums[key]
            sums[key] = amount + each.amount_minor, base + each.base_minor
    return sums


def _identities(oracle: Oracle, world: World) -> Iterator[str]:
    """I8, I9 and I12: what is committed, accrued, invoiced and paid tie per agreement."""
    sums = _sums(oracle, "agreement")
    for name, agreement in world.agreements.items():
        accrued = world.accrued(agreement)
        invoiced, paid = (world.billed(name, state) for state in
                          (CostState.INVOICED, CostState.PAID))  # fmt: skip
        still_open = 0 if agreement.cancelled_on else fixed_price(agreement) - accrued
        if sums[name, "9500"][0] != still_open:
            yield f"I8: committed of {name} is not open, accrued and released"
        waiting = sums[name, "2100"][0] + sums[name, "1400"][0]
        if sums[name, "6100"][0] != accrued or waiting != invoiced - accrued:
            yield f"I8: accrued of {name} is not what waits and what is invoiced"
        payable = sums[name, "2000"]
        if payable[0] != paid - invoiced or payable[0] > 0:
            yield f"I8, I9: invoiced of {name} is not payable and paid"
        if invoiced == paid and payable[1]:
            yield f"I12: {payable[1]} of base is left of {name}, which is settled"


def _deliverables(oracle: Oracle, world: World) -> Iterator[str]:
    """I9 and I11: work accrues between nothing and its share; shares add up to the price."""
    sums = _sums(oracle, "deliverable")
    for name, agreement in world.agreements.items():
        shares = fee_shares(agreement)
        price = fixed_price(agreement)
        if sum(shares.values()) != price:
            yield f"I11: the shares of {name} do not add up"
        weights = [each.price_minor or 0 for each in agreement.deliverables]
        if not any(weights) and any(
            abs(share * len(shares) - price) >= len(shares) for share in shares.values()
        ):
            yield f"I11: a share of {name} is off by a minor unit or more"
        for work, share in shares.items():
            if not 0 <= sums[work, "6100"][0] <= share:
                yield f"I9: {work} accrued {sums[work, '6100'][0]} of {share}"


def _commissions(oracle: Oracle, world: World) -> Iterator[str]:
    """I10: a commission is its rate of what was not refunded, and nothing after a full refund."""
    booked: dict[str, int] = defaultdict(int)
    for entry in oracle.entries:
        event = entry.source_event.rpartition("@")[0]
        if event.startswith(("order:", "refund:")):
            order = event.removeprefix("order:").rpartition(">")[2]
            booked[order] += sum(
                each.amount_minor for each in entry.postings if each.account == "6110"
            )
    refunded: dict[str, int] = defaultdict(int)
    for refund in world.refunds.values():
        refunded[refund.order] += refund.refunded_minor
    for name, order in world.orders.items():
        left = max(0, order.base_minor - refunded[name])
        if booked[name] < 0 or (not left and booked[name]):
            yield f"I10: order {name} has {booked[name]} of commission on {left}"
        same = order.currency == world.agreements[order.agreement].currency
        if same and abs(booked[name] * 1_000_000 - left * order.rate_ppm) > 1_000_000:  # noqa: PLR2004 - one minor unit
            yield f"I10: order {name} has {booked[name]} of commission on {left}"


def _costs(connection: sa.Connection, oracle: Oracle) -> Iterator[str]:
    """I14, the ledger's side: costs by campaign and creator are the cost accounts."""
    cost = journal_balances.cost_by_campaign_creator(connection, BRAND)
    balances = reference.trial_balance(oracle.entries)
    accounts = sum(each.base_minor for each in balances if each.account in COST_ACCOUNTS)
    if sum(each.base_minor for each in cost) != accounts:
        yield "I14: costs by campaign and creator are not the cost accounts"


def _metamorphic(oracle: Oracle, world: World) -> Iterator[str]:
    """I16: amounts times k give balances times k; another name gives the same under that name."""
    times = 7
    scaled = [
        replace(entry, postings=tuple(
            replace(each, amount_minor=times * each.amount_minor,
                    base_minor=times * each.base_minor) for each in entry.postings))
        for entry in oracle.entries
    ]  # fmt: skip
    balances = reference.trial_balance(oracle.entries, None)
    expected = [each._replace(amount_minor=times * each.amount_minor,
                              base_minor=times * each.base_minor) for each in balances]  # fmt: skip
    if list(reference.trial_balance(scaled, None)) != expected:
        yield "I16: scaled amounts do not scale the balances"
    facts = world.facts()
    renamed = replace(
        facts, agreements=tuple(replace(a, creator=f"z{a.creator}") for a in facts.agreements)
    )
    entries, _ = entries_for(renamed, Policy(BASE), RATES)
    before = reference.cost_by_campaign_creator(world.target())
    after = reference.cost_by_campaign_creator(entries)
    if {each._replace(creator=f"z{each.creator}") for each in before} != set(after):
        yield "I16: another name of a creator changes more than the name"


def _changed_byte(connection: sa.Connection, oracle: Oracle, draw: random.Random) -> Iterator[str]:
    """I15, second half: a byte that is changed behind the guards is found at its number."""
    if not oracle.rows:
        return
    seq = draw.randint(1, len(oracle.rows))
    table, columns = draw.choice((
        (journal_entry, ("memo", "kind", "recorded_at", "hash", "source_event", "rule")),
        (journal_posting, ("account", "currency", "counterparty")),
    ))  # fmt: skip
    column = table.c[draw.choice(columns)]
    switch_guards_off(connection)
    changed = sa.func.coalesce(column, "") + "x"
    connection.execute(sa.update(table).where(table.c.seq == seq).values({column: changed}))
    found = journal.verify(connection, BRAND)
    connection.rollback()
    if found != seq:
        yield f"I15: {column} of entry {seq} was changed, and {found} was found"


def switch_guards_off(connection: sa.Connection) -> None:
    """Do what only the file's or the tables' owner can, until the transaction is rolled back."""
    if connection.dialect.name == "postgresql":
        for table in (journal_entry, journal_posting):
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        return
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in connection.exec_driver_sql(named).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
