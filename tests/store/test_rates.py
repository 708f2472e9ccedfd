"""Rates on disk: the central bank's history as published, and a brand's own over it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from truelift.ledger.fx import RateRow
from truelift.store import rates
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 11, 1)
SINCE = dt.date(2026, 10, 1)
FRIDAY = dt.date(2026, 10, 30)


@pytest.fixture
def connection():
    database = WorkspaceDatabase()
    with database.transaction() as opened:
        yield opened
    database.close()


def rate(rate_set, day, source, target):
    found = rate_set.find(day, source, target)
    return found and found.rate


def test_the_history_is_kept_once_for_each_currency(connection):
    assert rates.seed(connection, NOW, ["USD", "GBP", "EUR"], SINCE) == 44
    assert rates.seed(connection, NOW, ["USD", "EUR"], SINCE) == 0
    assert rates.seed(connection, NOW, ["USD", "JPY"], SINCE) == 22


def test_rates_are_the_published_ones_to_the_last_digit(connection):
    rates.seed(connection, NOW, ["USD", "GBP"], SINCE)
    loaded = rates.load(connection, "brand")
    assert rate(loaded, FRIDAY, "EUR", "USD") == Decimal("1.1172")
    assert rate(loaded, FRIDAY + dt.timedelta(days=1), "EUR", "USD") == Decimal("1.1172")
    assert rate(loaded, FRIDAY + dt.timedelta(days=11), "EUR", "USD") is None
    cross = rate(loaded, FRIDAY, "GBP", "USD")
    assert cross.quantize(Decimal("0.000001")) == Decimal("1.339890")
    assert loaded.find(FRIDAY, "EUR", "USD").rate_set == rates.ecb_rate_set()


def test_the_whole_history_has_the_currencies_that_ceased(connection):
    rates.seed(connection, NOW, ["RUB", "HRK"])
    loaded = rates.load(connection, "brand", currencies=["RUB"])
    assert rate(loaded, dt.date(2022, 3, 5), "EUR", "RUB") == Decimal("117.201")
    assert rate(loaded, dt.date(2022, 4, 1), "EUR", "RUB") is None
    assert rate(loaded, dt.date(2022, 12, 1), "EUR", "HRK") is None


def test_a_brand_s_own_rate_counts_for_it_alone_and_a_later_one_over_an_earlier(connection):
    rates.seed(connection, NOW, ["USD"], SINCE)
    for number, (text, hour) in enumerate([("1.5", 1), ("1.6", 2)]):
        own = [RateRow("2026-10-30", "EUR", "USD", text, f"own-{number}")]
        written = rates.append_rates(
            connection, "brand", own, source="treasury", recorded_at=NOW.replace(hour=hour)
        )
        assert written == 1
    assert rate(rates.load(connection, "brand"), FRIDAY, "EUR", "USD") == Decimal("1.6")
    assert rate(rates.load(connection, "other"), FRIDAY, "EUR", "USD") == Decimal("1.1172")
    known = rates.load(connection, "brand", known_at=NOW.replace(hour=1))
    assert rate(known, FRIDAY, "EUR", "USD") == Decimal("1.5")
    assert rates.own_rates(connection, "brand") == {("2026-10-30", "EUR", "USD"): "1.6"}
    assert rate(rates.load(connection, "brand", kind="budget"), FRIDAY, "EUR", "USD") is None
    assert rates.append_rates(connection, "brand", [], source="none", recorded_at=NOW) == 0


def test_a_set_never_changes_in_place(connection):
    own = [RateRow("2026-10-30", "EUR", "USD", "1.5", "own")]
    rates.append_rates(connection, "brand", own, source="treasury", recorded_at=NOW)
    with pytest.raises(IntegrityError):
        rates.append_rates(connection, "brand", own, source="treasury", recorded_at=NOW)
