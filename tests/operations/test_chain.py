"""A head that is kept elsewhere finds what the chain alone cannot: entries cut off at its end."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import CheckFailed, UsageError
from truelift.ledger.journal import set_digest
from truelift.operations import ledger
from truelift.operations.chain import check_chain, head, read_head
from truelift.store import journal


@pytest.fixture
def books(season):
    """Give the ground with nothing of it changed at the end."""
    with season.ground.workspace.transaction() as connection:
        yield connection
        connection.rollback()


class Rolled:
    """A ground whose transactions all are one that a test takes back."""

    def __init__(self, ground, connection):
        self.brand = ground.brand
        self.rights, self.person = ground.rights, ground.person
        self._connection = connection
        self.workspace = self

    def transaction(self):
        return self

    def __enter__(self):
        return self._connection

    def __exit__(self, *_):
        return None


@pytest.fixture
def ground(season, books):
    return Rolled(season.ground, books)


def test_the_head_names_the_last_entry_and_the_digest_of_all(ground, books):
    row = head(ground)
    entries = journal.entries(books, ground.brand.brand)
    assert row["seq"] == len(entries) > 10
    assert row["head"] == f"{row['seq']}:{row['hash']}"
    assert row["digest"] == set_digest(entries)
    assert check_chain(ground, row["head"]) == []


def test_entries_cut_off_at_the_end_are_found_by_the_kept_head_only(ground, books, unguarded):
    kept = head(ground)
    unguarded(books)
    for table in ("journal_posting", "journal_entry"):
        books.exec_driver_sql(f"delete from {table} where seq = {kept['seq']}")
    told = check_chain(ground, kept["head"])
    assert f"it verifies up to entry {kept['seq'] - 1}, so entries were cut off" in told[0]
    assert not any("chain breaks" in sentence for sentence in told)


def test_a_journal_that_was_written_again_is_not_the_one_the_head_was_kept_of(
    ground, books, unguarded
):
    kept = head(ground)
    brand = ground.brand.brand
    entries = journal.entries(books, brand)
    unguarded(books)
    for table in ("journal_posting", "journal_entry", "period_movement"):
        books.exec_driver_sql(f"delete from {table}")
    journal.append(books, brand, reversed(entries), dt.datetime(2026, 7, 1))
    assert check_chain(ground) == []
    (sentence,) = check_chain(ground, kept["head"])
    assert f"the kept head says {kept['hash']}" in sentence
    assert head(ground)["digest"] == kept["digest"], "the same entries, in another order"


def test_a_changed_entry_is_named_and_has_no_head(ground, books, unguarded):
    unguarded(books)
    books.exec_driver_sql("update journal_entry set memo = 'x' where seq = 3")
    (sentence,) = check_chain(ground)
    assert "breaks at entry 3" in sentence
    with pytest.raises(CheckFailed, match="entry 3"):
        head(ground)


def test_a_wrong_sum_beside_the_postings_is_named(ground, books):
    books.exec_driver_sql(
        "update period_movement set base_minor = base_minor + 1 where account = '6100'"
    )
    told = check_chain(ground)
    assert told
    assert all("The sum kept for 6100 in" in sentence for sentence in told)


def test_an_earlier_head_stays_good_while_the_journal_grows(ground, books):
    first = journal.hash_at(books, ground.brand.brand, 1)
    start = journal.hash_at(books, ground.brand.brand, 0)
    assert check_chain(ground, f"1:{first}") == check_chain(ground, f"0:{start}") == []


@pytest.mark.parametrize("text", ["", "12", f"x:{'a' * 64}", "12:abc", f"-1:{'a' * 64}"])
def test_what_is_no_head_is_a_usage_error(text):
    with pytest.raises(UsageError, match="truelift ledger head"):
        read_head(text)


def test_heads_are_read_as_they_are_printed():
    assert read_head(f" 12:{'AB' * 32}\n") == (12, "ab" * 32)


def test_verify_asks_the_chain(season):
    kept = head(season.ground)["head"]
    assert ledger.verify(season.ground, kept) == ledger.verify(season.ground)
