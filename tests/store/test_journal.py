"""The journal on disk keeps what it was given, and refuses every attempt to change it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from truelift.base.errors import JournalRefused, PeriodClosed, Unbalanced
from truelift.base.time import Period
from truelift.ledger import trial_balance as reference
from truelift.ledger.chart import Book
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.journal import Posting, reverse, set_digest, write_entry
from truelift.ledger.period import PeriodStatus
from truelift.ledger.posting_plan import Difference, compare, header
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    Policy,
)
from truelift.store import journal, journal_balances
from truelift.store.journal_tables import create_all
from truelift.store.sqlite import configure_sqlite

NOW = dt.datetime(2026, 7, 1, 12, 30, 0, 250)
LATER = NOW + dt.timedelta(days=1)
MAY, JUNE = dt.date(2026, 5, 10), dt.date(2026, 6, 10)
RATES = RateSet(
    RateRow(f"2026-0{month}-0{day}", "EUR", "USD", f"1.{month}{day}", "ecb")
    for month in (5, 6)
    for day in range(1, 9)
)


def programme(count=12):
    """Make agreements in two currencies with work, commission, refunds, invoices and payments."""
    rows = Facts((), (), (), (), ())
    for index in range(count):
        name, currency = f"A{index}", ("EUR", "USD")[index % 2]
        work = (AgreedDeliverable(f"{name}a"), AgreedDeliverable(f"{name}b"))
        fee = AgreementSigned(
            name, f"c{index % 3}", currency, MAY, ("spring", None)[index % 4 > 2], 10_001, work
        )
        rows = Facts(
            (*rows.agreements, fee),
            (*rows.live, DeliverableLive(f"{name}a", name, MAY)),
            (*rows.commissions, CommissionEarned(f"o{index}", name, 999, currency, 99_999, MAY)),
            (*rows.refunds, CommissionReversed(f"r{index}", f"o{index}", 500, JUNE)),
            (
                *rows.documents,
                document(f"I{index}", "invoiced", 8_000, currency, agreement=name, tax_minor=70),
                document(f"P{index}", "paid", 6_000, currency, settles=f"I{index}"),
            ),
        )
    entries, faults = entries_for(rows, Policy("USD"), RATES)
    assert not faults
    return entries


def document(name, state, amount, currency, **more):
    return CostDocument(name, CostState(state), JUNE, "fee", amount, currency, **more)


ENTRIES = programme()


def opened(path):
    made = create_engine(f"sqlite:///{path}")
    event.listen(made, "connect", lambda connection, _: configure_sqlite(connection))
    return made


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Make an empty and a filled database once; tests take copies."""
    folder = tmp_path_factory.mktemp("journal")
    for name in ("empty", "filled"):
        made = opened(folder / name)
        create_all(made)
        if name == "filled":
            with made.begin() as connection:
                assert journal.append(connection, "brand", ENTRIES, NOW) == (len(ENTRIES), 0)
        made.dispose()
    return folder


@pytest.fixture
def engine(templates, tmp_path):
    made = opened(shutil.copy(templates / "empty", tmp_path / "workspace.db"))
    yield made
    made.dispose()


@pytest.fixture
def filled(templates, tmp_path):
    made = opened(shutil.copy(templates / "filled", tmp_path / "workspace.db"))
    yield made
    made.dispose()


def one(amounts=(500, -500), *, on=MAY, name="deliverable:reel"):
    postings = tuple(
        Posting(account, "USD", amount, amount)
        for account, amount in zip(("6100", "2100", "1400"), amounts, strict=False)
    )
    return write_entry(
        book=Book.FIN,
        effective_date=on,
        kind="accrual",
        event=name,
        rule="R03",
        rule_version=1,
        memo="",
        postings=postings,
    )


def test_what_is_read_is_what_was_written(filled):
    with filled.connect() as connection:
        assert tuple(journal.entries(connection, "brand")) == ENTRIES
        assert journal.headers(connection, "brand") == [header(each) for each in ENTRIES]
        chosen = [each.entry_id for each in ENTRIES[3:5]]
        assert journal.entries_by_id(connection, "brand", chosen) == list(ENTRIES[3:5])
        assert journal.entries(connection, "other") == []
        assert compare(ENTRIES, journal.headers(connection, "brand")) == Difference((), ())
        assert journal.verify(connection, "brand") is None
        assert journal.head(connection, "brand").seq == len(ENTRIES)


def test_appending_again_writes_nothing_and_another_order_gives_the_same_set(engine):
    with engine.begin() as connection:
        journal.append(connection, "brand", reversed(ENTRIES), NOW)
        before = journal.head(connection, "brand")
        again = journal.append(connection, "brand", [*ENTRIES, *ENTRIES], LATER)
        assert again == (0, len(ENTRIES))
        assert journal.append(connection, "brand", [], LATER) == (0, 0)
        assert journal.head(connection, "brand") == before
        assert set_digest(journal.entries(connection, "brand")) == set_digest(ENTRIES)
        assert journal.verify(connection, "brand") is None


def test_brands_have_chains_of_their_own(filled):
    with filled.begin() as connection:
        journal.append(connection, "other", ENTRIES[:2], NOW)
        assert journal.head(connection, "other").seq == 2
        assert journal.verify(connection, "other") is None
        assert len(journal.entries(connection, "brand")) == len(ENTRIES)
        heads = {journal.head(connection, brand).hash for brand in ("brand", "other", "third")}
        assert len(heads) == 3


def test_as_of_and_known_at_and_period_select(filled):
    with filled.begin() as connection:
        journal.append(connection, "brand", [one(on=JUNE)], LATER)
        may = [each for each in ENTRIES if each.effective_date == MAY]
        assert journal.entries(connection, "brand", as_of=MAY) == may
        assert journal.entries(connection, "brand", Period(2026, 5)) == may
        assert tuple(journal.entries(connection, "brand", known_at=NOW)) == ENTRIES
        assert journal.entries(connection, "brand", known_at=NOW - dt.timedelta(seconds=1)) == []
        balance = journal_balances.trial_balance
        assert balance(connection, "brand", known_at=NOW) == reference.trial_balance(ENTRIES)
        assert balance(connection, "brand", period=Period(2026, 5)) == reference.trial_balance(may)


@pytest.mark.parametrize("as_of", [None, MAY, JUNE])
@pytest.mark.parametrize("book", [None, Book.FIN, Book.COMMIT, Book.STAT])
def test_balances_by_sql_equal_the_reference(filled, as_of, book):
    with filled.connect() as connection:
        by_sql = journal_balances.trial_balance(connection, "brand", book, as_of=as_of)
        assert by_sql == reference.trial_balance(ENTRIES, book, as_of)
        assert reference.total(by_sql) == 0
        cost = journal_balances.cost_by_campaign_creator(connection, "brand", as_of=as_of)
        assert cost == reference.cost_by_campaign_creator(ENTRIES, as_of)


def test_states_of_cost_are_cumulative_and_tie_to_the_books(filled):
    with filled.connect() as connection:
        states = journal_balances.states_by_campaign_creator(connection, "brand")
        cost = journal_balances.cost_by_campaign_creator(connection, "brand")
        assert sum(each.accrued for each in states) == sum(each.base_minor for each in cost)
        for each in states:
            assert each.committed >= each.accrued - each.accrued_commission > 0
            assert each.invoiced >= each.paid > 0
        assert {each.campaign for each in states} == {"spring", None}


def test_states_of_one_agreement_in_words(engine):
    fee = AgreementSigned(
        "A1", "ana", "USD", MAY, "spring", 1_000, (AgreedDeliverable("a"), AgreedDeliverable("b"))
    )
    documents = (
        document("INV", "invoiced", 400, "USD", agreement="A1", tax_minor=80),
        document("PAY", "paid", 240, "USD", settles="INV"),
    )
    commission = CommissionEarned("o", "A1", 700, "USD", 100_000, MAY)
    facts = Facts((fee,), (DeliverableLive("a", "A1", MAY),), (commission,), (), documents)
    entries, _ = entries_for(facts, Policy("USD"), RATES)
    with engine.begin() as connection:
        journal.append(connection, "brand", entries, NOW)
        (states,) = journal_balances.states_by_campaign_creator(connection, "brand")
    assert states == ("spring", "ana", 500, 570, 70, 400, 200)
    assert states.committed == 1_000


def test_a_closed_period_takes_nothing_and_neither_does_one_before_it(filled):
    with filled.begin() as connection:
        for month, status in ((6, PeriodStatus.CLOSED), (7, PeriodStatus.OPEN)):
            journal.set_period_status(
                connection, "brand", Period(2026, month), status, changed_by="cfo", changed_at=NOW
            )
        assert journal.calendar(connection, "brand").closed_through == Period(2026, 6)
    for day in (MAY, JUNE):
        with filled.connect() as connection, pytest.raises(PeriodClosed):
            journal.append(connection, "brand", [one(on=day)], NOW)
    with filled.begin() as connection:
        journal.append(connection, "brand", [one(on=dt.date(2026, 7, 1))], NOW)
        journal.append(connection, "other", [one(on=MAY)], NOW)
        reopened = PeriodStatus.OPEN
        journal.set_period_status(
            connection, "brand", Period(2026, 6), reopened, changed_by="cfo", changed_at=NOW
        )
        assert journal.append(connection, "brand", [one(on=JUNE)], NOW) == (1, 0)


def test_only_one_reversal_of_an_entry_and_never_in_place_of_another(filled):
    first = reverse(ENTRIES[0], MAY)
    twice = replace(
        first,
        rule_version=2,
        entry_id=replace_id(first, 2),
    )
    with filled.begin() as connection:
        journal.append(connection, "brand", [first], NOW)
    with filled.connect() as connection, pytest.raises(JournalRefused, match="already reversed"):
        journal.append(connection, "brand", [twice], NOW)


def replace_id(entry, version):
    from truelift.ledger.journal import identify  # noqa: PLC0415 - used once

    return identify(entry.source_event, entry.rule, version, entry.kind)


LINE = (
    "INSERT INTO journal_posting (brand, seq, line_no, account, currency, amount_minor, base_minor)"
    " VALUES ('brand', {seq}, {line}, '6100', 'USD', {amount}, {base})"
)
HEADER = (
    "INTO journal_entry (brand, seq, entry_id, book, effective_date, period, kind, source_event,"
    " rule, rule_version, memo, recorded_at, previous_hash, hash) VALUES ('brand', {seq}, '{id}',"
    " 'fin', '{day}', '{period}', '{kind}', 'e', 'R03', 1, '', '', '', '')"
)


def line(number, amount, base=None, seq=900):
    return LINE.format(seq=seq, line=number, amount=amount, base=amount if base is None else base)


def heading(**changed):
    named = {"seq": 900, "id": "new", "day": "2026-05-10", "period": "2026-05", "kind": "accrual"}
    return f"INSERT {HEADER.format(**(named | changed))}"


BALANCED = [line(1, 5), line(2, -5)]
REPLACED = (
    "INSERT OR REPLACE INTO journal_entry SELECT brand, {seq}, entry_id, book, effective_date,"
    " period, kind, source_event, rule, rule_version, reverses, late_for_period, 'x',"
    " recorded_at, previous_hash, hash FROM journal_entry WHERE seq = 1"
)
ATTACKS = {
    "update a posting": ["UPDATE journal_posting SET base_minor = base_minor + 1"],
    "update an entry": ["UPDATE journal_entry SET memo = 'x'"],
    "update or replace": ["UPDATE OR REPLACE journal_entry SET seq = 2 WHERE seq = 1"],
    "delete a posting": ["DELETE FROM journal_posting WHERE seq = 1"],
    "delete an entry": ["DELETE FROM journal_entry WHERE seq = 1"],
    "replace an entry by its number": [REPLACED.format(seq=1)],
    "replace an entry by its id": [*BALANCED, REPLACED.format(seq=900)],
    "replace a posting": [line(1, 1, seq=1).replace("INSERT", "INSERT OR REPLACE")],
    "add to a sealed entry": [line(9, 0, seq=1)],
    "ignore what refuses": [line(9, 0, seq=1).replace("INSERT", "INSERT OR IGNORE")],
    "unbalanced by one": [line(1, 5), line(2, -4), heading()],
    "unbalanced in its currency": [line(1, 5), line(2, -4, base=-5), heading()],
    "unbalanced in base": [line(1, 5), line(2, -5, base=-4), heading()],
    "one posting": [line(1, 0), heading()],
    "no posting": [heading()],
    "another month": [*BALANCED, heading(period="2026-06")],
    "no day": [*BALANCED, heading(day="2026-05-32")],
    "a taken id": [*BALANCED, heading(id=ENTRIES[0].entry_id)],
    "half a cent": [line(1, 0.5), line(2, -0.5), heading()],
    "postings without an entry": BALANCED,
}


@pytest.mark.parametrize("statements", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("careless", [False, True], ids=["configured", "bare"])
def test_every_attack_by_hand_is_refused(filled, statements, careless):
    before = everything(filled)
    with filled.connect() as connection:
        if careless:
            connection.exec_driver_sql("PRAGMA recursive_triggers = off")
        with pytest.raises(IntegrityError):
            attack(connection, statements)
        connection.invalidate()
    assert everything(filled) == before


def everything(engine):
    with engine.connect() as connection:
        tables = ("journal_entry", "journal_posting")
        return [connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables]


def attack(connection, statements):
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.commit()


def test_a_declared_exchange_may_differ_by_currency(filled):
    with filled.begin() as connection:
        attack(
            connection,
            [line(1, 5), line(2, -4, base=-5), heading(kind="payment_exchange~2")],
        )


@pytest.mark.parametrize("step", [-1, 1])
def test_a_mutation_by_one_minor_unit_is_refused_by_the_database(engine, step):
    lines = [Posting("6100", "USD", 500, 500), Posting("2100", "USD", -500 + step, -500)]
    fine = one()
    wrong = [dict(zip(("amount", "base"), (each.amount_minor, each.base_minor), strict=True))
             for each in lines]  # fmt: skip
    with engine.connect() as connection, pytest.raises(IntegrityError, match="unbalanced"):
        attack(connection, [line(i + 1, **each) for i, each in enumerate(wrong)] + [heading()])
    object.__setattr__(fine, "postings", tuple(lines))
    with engine.connect() as connection, pytest.raises(Unbalanced):
        journal.append(connection, "brand", [fine], NOW)


TEXTS = [
    "entry_id", "book", "effective_date", "period", "kind", "source_event", "rule", "memo",
    "recorded_at", "previous_hash", "hash",
]  # fmt: skip
FLIPS = [
    *(f"journal_entry SET {name} = '~' || substr({name}, 2)" for name in TEXTS),
    "journal_entry SET rule_version = rule_version + 1",
    "journal_entry SET reverses = ''",
    "journal_entry SET late_for_period = '2026-05'",
    "journal_entry SET memo = CAST(x'ff' AS TEXT)",
    "journal_posting SET account = '6110'",
    "journal_posting SET currency = 'USd'",
    "journal_posting SET amount_minor = amount_minor + 1",
    "journal_posting SET base_minor = -base_minor",
    "journal_posting SET line_no = line_no + 7",
    *(f"journal_posting SET {name} = 'x'" for name in (
        "campaign", "creator", "deliverable", "agreement", "cost_centre", "counterparty",
        "tax_code", "rate_set")),
    "journal_posting SET campaign = CAST(x'c3' AS TEXT)",
]  # fmt: skip


@pytest.mark.parametrize("flip", FLIPS)
def test_one_changed_byte_is_found_at_its_number(filled, flip):
    with filled.begin() as connection:
        guards = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in guards.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(f"UPDATE {flip} WHERE seq = 7")
        assert journal.verify(connection, "brand") == 7


@pytest.mark.parametrize("number", [1, 7, len(ENTRIES)])
def test_a_missing_entry_or_posting_is_found_at_its_number(filled, number):
    with filled.begin() as connection:
        for name in ("journal_entry_no_delete", "journal_posting_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = on")
        connection.exec_driver_sql(
            f"DELETE FROM journal_posting WHERE seq = {number} AND line_no = 1"
        )
        assert journal.verify(connection, "brand") == number
        connection.exec_driver_sql(f"DELETE FROM journal_entry WHERE seq = {number}")
        assert journal.verify(connection, "brand") == number
        connection.rollback()


def test_a_chain_longer_than_one_batch_verifies(engine, monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 5)
    monkeypatch.setattr(journal, "VERIFY_BATCH", 7)
    with engine.begin() as connection:
        journal.append(connection, "brand", ENTRIES, NOW)
        assert journal.verify(connection, "brand") is None
        assert tuple(journal.entries(connection, "brand")) == ENTRIES
        ids = [each.entry_id for each in ENTRIES]
        assert len(journal.entries_by_id(connection, "brand", ids)) == len(ENTRIES)
        assert journal.verify(connection, "nobody") is None
