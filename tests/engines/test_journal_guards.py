"""Both databases refuse the same attacks on the books, by themselves."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, IntegrityError

from truelift.base.errors import JournalRefused, PeriodClosed, Unbalanced
from truelift.base.time import Period
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, declares_exchange, reverse, write_entry
from truelift.ledger.period import PeriodStatus
from truelift.store import control_records, journal, journal_movements
from truelift.store.journal_tables import journal_entry, journal_posting, period_status

NOW = dt.datetime(2026, 7, 1, 12, 30, 0, 250)
MAY = dt.date(2026, 5, 10)
OF_FINANCE = {"changed_by": "cfo", "changed_at": NOW}


def entry(name, amount=500, on=MAY, kind="accrual", memo=""):
    return write_entry(
        book=Book.FIN,
        effective_date=on,
        kind=kind,
        event=name,
        rule="R03",
        rule_version=1,
        memo=memo,
        postings=(
            Posting("6100", "USD", amount, amount, creator="ana"),
            Posting("2100", "USD", -amount, -amount),
        ),
    )


ENTRIES = [entry(f"deliverable:{number}", 100 + number) for number in range(12)]


def fill(engine):
    with engine.begin() as connection:
        journal.append(connection, "brand", ENTRIES, NOW)
        journal.set_period_status(
            connection, "brand", Period(2026, 4), PeriodStatus.CLOSED, **OF_FINANCE
        )
    return engine


@pytest.fixture
def filled(engine):
    """Give an engine on a journal of twelve entries of May 2026, with April closed."""
    return fill(engine)


@pytest.fixture(scope="module")
def attacked(shared):
    """Give the same as `filled`, once: an attack that is refused leaves it as it was."""
    return fill(shared)


def posting(line_no, amount, base=None, seq=900, **more):
    values = {
        "brand": "brand", "seq": seq, "line_no": line_no, "account": "6100", "currency": "USD",
        "amount_minor": amount, "base_minor": amount if base is None else base,
    }  # fmt: skip
    return sa.insert(journal_posting).values(values | more)


def header(**changed):
    values = {
        "brand": "brand", "seq": 900, "entry_id": "new", "book": "fin",
        "effective_date": "2026-05-10", "period": "2026-05", "kind": "accrual",
        "source_event": "e", "rule": "R03", "rule_version": 1, "memo": "", "recorded_at": "",
        "previous_hash": "", "hash": "",
    }  # fmt: skip
    return sa.insert(journal_entry).values(values | changed)


BALANCED = [posting(1, 5), posting(2, -5)]
EUROS = {"currency": "EUR"}
ATTACKS = {
    "update of postings": ["UPDATE journal_posting SET base_minor = base_minor + 1"],
    "update of one posting": [
        "UPDATE journal_posting SET campaign = 'x' WHERE seq = 1 AND line_no = 1"
    ],
    "update of entries": ["UPDATE journal_entry SET memo = 'x'"],
    "delete of postings": ["DELETE FROM journal_posting WHERE seq = 1"],
    "delete of entries": ["DELETE FROM journal_entry"],
    "delete of a whole entry": [
        "DELETE FROM journal_posting WHERE seq = 12", "DELETE FROM journal_entry WHERE seq = 12",
    ],
    "a posting to a sealed entry": [posting(9, 0, seq=1)],
    "two postings to a sealed entry": [posting(8, 5, seq=1), posting(9, -5, seq=1)],
    "unbalanced by one": [posting(1, 5), posting(2, -4), header()],
    "unbalanced in base": [posting(1, 5), posting(2, -5, base=-4), header()],
    "unbalanced in its currency": [posting(1, 5), posting(2, -4, base=-5), header()],
    "two currencies that hide each other": [
        posting(1, 5, **EUROS), posting(2, -5, **EUROS), posting(3, 4), posting(4, -4, base=-4),
        posting(5, 1, base=0), posting(6, -1, base=0, **EUROS), header(),
    ],
    "an exchange that is not declared": [posting(1, 5), posting(2, -4, base=-5, **EUROS), header()],
    "an exchange declared in capitals": [
        posting(1, 5), posting(2, -4, base=-5, **EUROS), header(kind="payment_EXCHANGE"),
    ],
    "an exchange declared in the generation": [
        posting(1, 5), posting(2, -4, base=-5, **EUROS), header(kind="payment~2_exchange"),
    ],
    "a declared exchange, unbalanced in base": [
        posting(1, 5), posting(2, -4, **EUROS), header(kind="payment_exchange"),
    ],
    "one posting": [posting(1, 0), header()],
    "no posting": [header()],
    "postings without an entry": BALANCED,
    "postings of another brand": [*BALANCED, header(brand="other")],
    "another month": [*BALANCED, header(period="2026-06")],
    "no such day": [*BALANCED, header(effective_date="2026-05-32")],
    "no such day of February": [
        *BALANCED, header(effective_date="2026-02-29", period="2026-02"),
    ],
    "no such month": [*BALANCED, header(effective_date="2026-13-01", period="2026-13")],
    "no day at all": [*BALANCED, header(effective_date="2026-05", period="2026-05")],
    "a closed period": [*BALANCED, header(effective_date="2026-04-30", period="2026-04")],
    "before a closed period": [*BALANCED, header(effective_date="2025-12-31", period="2025-12")],
    "a taken id": [*BALANCED, header(entry_id=ENTRIES[0].entry_id)],
    "a taken number": [header(seq=1)],
    "a second reversal": [
        *BALANCED, header(reverses=ENTRIES[0].entry_id),
        posting(1, 5, seq=901), posting(2, -5, seq=901),
        header(reverses=ENTRIES[0].entry_id, seq=901, entry_id="newer"),
    ],
}  # fmt: skip
OF_ONE_DATABASE = {
    "sqlite": {
        "replace of an entry": [
            ("INSERT OR REPLACE INTO journal_entry SELECT brand, seq, entry_id, book,"
            " effective_date, period, kind, source_event, rule, rule_version, reverses,"
            " late_for_period, 'x', recorded_at, previous_hash, hash FROM journal_entry"
            " WHERE seq = 1")
        ],
        "replace of a posting": [
            ("INSERT OR REPLACE INTO journal_posting (brand, seq, line_no, account, currency,"
            " amount_minor, base_minor) VALUES ('brand', 1, 1, '6100', 'USD', 1, 1)")
        ],
        "a temporary table in place of the postings": [
            "CREATE TEMP TABLE journal_posting AS SELECT * FROM main.journal_posting WHERE false",
            ("INSERT INTO temp.journal_posting (brand, seq, base_minor, amount_minor, currency)"
            " VALUES ('brand', 900, 0, 0, 'USD'), ('brand', 900, 0, 0, 'USD')"),
            header(),
        ],
    },
    "postgresql": {
        "truncate of postings": ["TRUNCATE journal_posting"],
        "truncate of everything": ["TRUNCATE journal_entry CASCADE"],
        "an upsert of an entry": [
            ("INSERT INTO journal_entry SELECT * FROM journal_entry WHERE seq = 1"
            " ON CONFLICT (brand, seq) DO UPDATE SET memo = 'x'")
        ],
        "an upsert of a posting": [
            ("INSERT INTO journal_posting SELECT * FROM journal_posting WHERE seq = 1"
            " ON CONFLICT (brand, seq, line_no) DO UPDATE SET base_minor = 0")
        ],
        "a temporary table in place of the postings": [
            "CREATE TEMP TABLE journal_posting (LIKE public.journal_posting)",
            ("INSERT INTO pg_temp.journal_posting (brand, seq, line_no, account, base_minor,"
            " amount_minor, currency) VALUES ('brand', 900, 1, '', 0, 0, 'USD'),"
            " ('brand', 900, 2, '', 0, 0, 'USD')"),
            header(),
        ],
        "a temporary table in place of the closed periods": [
            "CREATE TEMP TABLE period_status (LIKE public.period_status)",
            *BALANCED,
            header(effective_date="2026-04-30", period="2026-04"),
        ],
        "a snapshot from before a close": [
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", *BALANCED, header(),
        ],
    },
}  # fmt: skip


def run(connection, statements):
    for each in statements:
        if isinstance(each, str):
            connection.exec_driver_sql(each)
        else:
            connection.execute(each)
    connection.commit()


def everything(engine):
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in (journal_entry, journal_posting)
        ]


def refused(engine, statements):
    """Run the attack; say why it was refused, after making sure that nothing changed."""
    before = everything(engine)
    with engine.connect() as connection:
        with pytest.raises(IntegrityError) as told:
            run(connection, statements)
        connection.invalidate()
    assert everything(engine) == before
    return str(told.value.orig)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_books_is_refused(attacked, attack):
    refused(attacked, ATTACKS[attack])


@pytest.mark.parametrize(
    ("server", "attack"),
    [(dialect, attack) for dialect, named in OF_ONE_DATABASE.items() for attack in named],
    indirect=["server"],
)
def test_an_attack_that_only_one_database_knows_is_refused(server, attacked, attack):
    refused(attacked, OF_ONE_DATABASE[server.name][attack])


def test_the_refusals_say_the_same_in_both(attacked):
    told = {name: refused(attacked, ATTACKS[name]) for name in ("one posting", "a closed period")}
    assert "an entry needs two postings" in told["one posting"]
    assert "nothing is posted in or before a closed period" in told["a closed period"]


def test_what_is_fine_is_taken(filled):
    with filled.connect() as connection:
        run(connection, [*BALANCED, header(effective_date="2028-02-29", period="2028-02")])
        exchange = [
            posting(1, 5, seq=901), posting(2, -4, base=-5, seq=901, **EUROS),
            header(seq=901, entry_id="x", kind="reversal:payment_exchange~2"),
        ]  # fmt: skip
        run(connection, exchange)


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize("column", ["amount_minor", "base_minor"])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_every_mutation_by_one_minor_unit_is_refused(attacked, step, column, which):
    lines = [[700, 770], [-300, -330], [-400, -440]]
    lines[which][column == "base_minor"] += step
    written = [posting(number, *line) for number, line in enumerate(lines, 1)]
    assert "unbalanced" in refused(attacked, [*written, header()])


@pytest.mark.parametrize("dialect_bulk", [True, False])
def test_mutations_are_refused_on_the_way_in_too(attacked, dialect_bulk):
    wrong = entry("deliverable:wrong")
    off = Posting("2100", "USD", -500, -500 + (1 if dialect_bulk else -1))
    object.__setattr__(wrong, "postings", (wrong.postings[0], off))
    with attacked.connect() as connection, pytest.raises(Unbalanced, match="in base"):
        journal.append(connection, "brand", [wrong], NOW)


def test_append_says_why_in_words(filled):
    taken_back = reverse(ENTRIES[0], MAY)
    again = entry("deliverable:0", 1)
    object.__setattr__(again, "reverses", ENTRIES[0].entry_id)
    with filled.begin() as connection:
        journal.append(connection, "brand", [taken_back], NOW)
    with filled.connect() as connection, pytest.raises(JournalRefused, match="already reversed"):
        journal.append(connection, "brand", [again], NOW)
    early = entry("deliverable:early", on=dt.date(2026, 4, 30))
    with filled.connect() as connection, pytest.raises(PeriodClosed, match="first open period"):
        journal.append(connection, "brand", [early], NOW)


WORDS_OF_KINDS = st.sampled_from(["_exchange", "~", "reversal:", "payment", "_", "_EXCHANGE"])


@given(kind=st.lists(WORDS_OF_KINDS, max_size=5).map("".join))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_reads_a_declared_exchange_as_the_ledger_does(attacked, kind):
    lines = [posting(1, 5), posting(2, -4, base=-5, **EUROS), header(kind=kind)]
    with attacked.connect() as connection:
        try:
            for each in lines:
                connection.execute(each)
        except IntegrityError:
            taken = False
        else:
            taken = True
        connection.rollback()
    assert taken == declares_exchange(kind)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(memo=WORDS, event=WORDS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was(attacked, memo, event):
    written = entry(f"x:{event}", memo=memo)
    with attacked.connect() as connection:
        journal.append(connection, "brand", [written], NOW)
        assert journal.entries_by_id(connection, "brand", [written.entry_id]) == [written]
        assert journal.verify(connection, "brand") is None
        connection.rollback()


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_two_writers_take_turns_and_neither_adds_to_the_others_entry(server, database, engine):
    with engine.begin() as connection:
        journal.append(connection, "brand", ENTRIES, NOW)
    first = server.open(database)
    told = []

    def add_a_posting():
        with engine.connect() as connection:
            try:
                run(connection, [posting(9, 0, seq=13)])
            except DBAPIError as error:
                told.append(str(error.orig))

    with first.connect() as connection:
        journal.append(connection, "brand", [entry("deliverable:13")], NOW)
        other = threading.Thread(target=add_a_posting)
        other.start()
        other.join(0.3)
        assert other.is_alive(), "it waits for the other's commit"
        connection.commit()
    other.join(10)
    first.dispose()
    assert "sealed" in told[0]


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_close_waits_for_who_is_posting_and_then_refuses_the_rest(server, database, engine):
    closer = server.open(database)
    done = []

    def close():
        with closer.begin() as connection:
            journal.set_period_status(
                connection, "brand", Period(2026, 5), PeriodStatus.CLOSED, **OF_FINANCE
            )
        done.append("closed")

    with engine.connect() as connection:
        journal.append(connection, "brand", ENTRIES[:1], NOW)
        other = threading.Thread(target=close)
        other.start()
        other.join(0.3)
        assert not done
        connection.commit()
    other.join(10)
    assert done
    with engine.connect() as connection, pytest.raises(PeriodClosed):
        journal.append(connection, "brand", ENTRIES[1:2], NOW)
    closer.dispose()


@pytest.fixture(scope="module")
def application(server, attacked):
    """Give an engine as the application's own login; SQLite has no users."""
    with attacked.begin() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop') THEN"
            " CREATE ROLE shop LOGIN; END IF; END $$"
        )
        connection.exec_driver_sql("GRANT truelift_application TO shop")
    made = server.open(attacked.url.database, "shop")
    yield made
    made.dispose()


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_the_application_can_book_close_and_verify(application):
    with application.connect() as connection:
        assert journal.append(connection, "brand", [entry("deliverable:99")], NOW) == (1, 0)
        assert journal.verify(connection, "brand") is None
        assert journal_movements.wrong_movements(connection, "brand") == []
        journal.set_period_status(
            connection, "brand", Period(2026, 5), PeriodStatus.CLOSED, **OF_FINANCE
        )
        control_records.keep(connection, "brand", "policy", "p", {"a": 1}, at=NOW, by="cfo")
        connection.rollback()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE journal_entry SET memo = 'x'",
        "DELETE FROM journal_posting",
        "TRUNCATE journal_posting",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_entry_seal ON journal_entry",
        "SET session_replication_role = replica",
        "UPDATE control_record SET record = '{}'",
        "DELETE FROM period_movement",
        (
            "CREATE OR REPLACE FUNCTION journal_entry_seal() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'"
        ),
        "DROP TABLE journal_posting CASCADE",
    ],
)
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_the_application_may_only_read_and_add(application, attack):
    with (
        application.connect() as connection,
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
    ):
        run(connection, [attack])


RECORD = (
    "INSERT INTO control_record (brand, kind, name, version, sha256, recorded_at, recorded_by,"
    " record) VALUES ('b', 'policy', 'x', 'v1', 'h', '2026-01-01', 'p', '{}')"
)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE control_record SET record = '{\"a\": 1}'",
        "DELETE FROM control_record",
        RECORD,
        RECORD.replace("'x'", "'y'"),
    ],
)
def test_a_control_record_is_never_changed(engine, attack):
    with engine.connect() as connection:
        run(connection, [RECORD])
    with engine.connect() as connection, pytest.raises(IntegrityError, match="control_record: "):
        run(connection, [attack])


def test_control_records_are_read_as_they_were_kept(server, engine):
    with engine.begin() as connection:
        kept = control_records.keep(
            connection, "brand", control_records.POLICY, "fx", {"rate": "1.10"}, at=NOW, by="cfo"
        )
        assert control_records.newest(connection, "brand", "policy") == {"fx": kept}
    if server.name == "postgresql":
        with (
            engine.connect() as connection,
            pytest.raises(IntegrityError, match="control_record: "),
        ):
            run(connection, ["TRUNCATE control_record"])


def test_closed_is_closed_for_its_own_brand_only(filled):
    with filled.begin() as connection:
        early = entry("deliverable:early", on=dt.date(2026, 4, 30))
        assert journal.append(connection, "other", [early], NOW) == (1, 0)
        rows = connection.execute(sa.select(period_status)).all()
        assert [row.brand for row in rows] == ["brand"]
