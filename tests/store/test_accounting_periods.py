"""Where an entity counts weeks, the journal names the period of those weeks and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from truelift.base.errors import PeriodClosed
from truelift.base.time import Period
from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, write_entry
from truelift.ledger.period import PeriodStatus
from truelift.store import journal
from truelift.store.accounting_periods import accounting_calendar
from truelift.store.workspace_database import BrandRecord, WorkspaceDatabase, add_brand

NOW = dt.datetime(2026, 6, 1)
REFUSED = "not the one of the effective date"
DAY = dt.date(2026, 5, 25)  # calendar month 05, period 06 of a 4-4-5 year


@pytest.fixture
def database():
    found = WorkspaceDatabase()
    with found.transaction() as connection:
        for brand, calendar in (("weeks", "4-4-5"), ("months", "months")):
            add_brand(connection, BrandRecord(brand, brand, "USD", "UTC", brand, calendar), NOW)
    yield found
    found.close()


def entry(day, event="e"):
    postings = (Posting("6100", "USD", 1, 1), Posting("2100", "USD", -1, -1))
    return write_entry(
        book=Book.FIN, effective_date=day, kind="accrual", event=event, rule="R03", rule_version=1,
        memo="m", postings=postings,
    )  # fmt: skip


def smuggle(database, names):
    """Copy an entry of the brand of months to the brand of weeks, past the program."""
    copy = "insert into journal_{0} select 'weeks', {1} from journal_{0} where brand = 'months'"
    with database.transaction() as connection:
        for table, listed in names.items():
            connection.exec_driver_sql(copy.format(table, listed))


def test_an_entry_is_in_the_period_of_its_entitys_calendar(database):
    with database.transaction() as connection:
        for brand, period in (("weeks", "2026-06"), ("months", "2026-05"), ("nobody", "2026-05")):
            journal.append(connection, brand, [entry(DAY)], NOW)
            assert len(journal.entries(connection, brand, Period.parse(period))) == 1
            assert journal.verify(connection, brand) is None


def test_the_database_refuses_a_period_of_another_calendar(database):
    with database.transaction() as connection:
        journal.append(connection, "months", [entry(DAY)], NOW)
        names = {}
        for table in ("posting", "entry"):
            columns = sa.inspect(connection).get_columns(f"journal_{table}")
            names[table] = ", ".join(f'"{column["name"]}"' for column in columns[1:])
    with pytest.raises(IntegrityError, match=REFUSED):
        smuggle(database, names)


def test_a_late_fact_goes_to_the_first_day_of_the_first_open_weeks(database):
    with database.transaction() as connection:
        journal.set_period_status(
            connection, "weeks", Period(2026, 6), PeriodStatus.CLOSED, changed_by="c",
            changed_at=NOW,
        )  # fmt: skip
        calendar = journal.calendar(connection, "weeks")
        assert calendar.posting_day(DAY) == (dt.date(2026, 6, 29), "2026-06")
    with pytest.raises(PeriodClosed), database.transaction() as connection:
        journal.append(connection, "weeks", [entry(DAY)], NOW)


def test_a_changed_day_or_period_is_found_by_the_chain(database, unguarded):
    with database.transaction() as connection:
        journal.append(connection, "weeks", [entry(DAY)], NOW)
        unguarded(connection)
        connection.exec_driver_sql("update journal_entry set effective_date = 'never'")
        assert journal.verify(connection, "weeks") == 1
        assert accounting_calendar(connection, "weeks").weeks == (4, 4, 5)
