"""What was paid without an invoice: the same as going through the entries one by one."""

from __future__ import annotations

import contextlib
import datetime as dt
import runpy
from pathlib import Path

from hypothesis import given, settings
from sqlalchemy import StaticPool, create_engine, event

from truelift.ledger.obligation import NO_INVOICE
from truelift.store import journal
from truelift.store.journal_exceptions import uninvoiced
from truelift.store.journal_reports import Scope
from truelift.store.journal_tables import create_all
from truelift.store.sqlite import configure_sqlite

GENERATED = runpy.run_path(
    str(Path(__file__).parents[1] / "ledger" / "test_recognition_properties.py")
)
facts_of, book = GENERATED["facts_of"], GENERATED["book"]
NOW = dt.datetime(2026, 7, 1, 12)


@contextlib.contextmanager
def kept(entries):
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda link, _: configure_sqlite(link))
    create_all(engine)
    with engine.begin() as connection:
        journal.append(connection, "brand", entries, NOW)
        yield connection
    engine.dispose()


@settings(max_examples=40)
@given(facts_of)
def test_each_payment_without_an_invoice_that_still_stands_is_given(facts):
    entries, _ = book(facts)
    taken_back = {entry.reverses for entry in entries}
    expected = [
        (entry.effective_date, entry.source_event, -sum(
            line.base_minor for line in entry.postings if line.account == "2000"
        ))
        for entry in entries
        if entry.memo.startswith(NO_INVOICE) and entry.entry_id not in taken_back
    ]  # fmt: skip
    with kept(entries) as connection:
        found = uninvoiced(connection, Scope("brand", NOW), None)
        assert uninvoiced(connection, Scope("other", NOW), None) == []
    assert sorted((item.day, item.source_event, item.owed_minor) for item in found) == sorted(
        expected
    )
