"""The invariants of the books over seeded histories with crashes; `make soak` plays 1,000."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from benchmarks.journal_invariants import (
    BRAND,
    Closed,
    Oracle,
    after_a_step,
    at_the_end,
    switch_guards_off,
)
from benchmarks.journal_seeds import STEPS, book, killed, play
from benchmarks.journal_world import World

from truelift.base.time import Period
from truelift.store import journal
from truelift.store.journal_tables import journal_entry, journal_posting


@pytest.mark.parametrize("seed", [3, pytest.param(11, marks=pytest.mark.soak)])
def test_no_invariant_breaks_whatever_happens_and_whenever_it_crashes(engine, seed):
    happened = Counter()
    assert play(seed, engine, happened) == []
    assert happened["entries"] > 20


def test_a_killed_program_that_is_continued_has_the_books_of_one_that_was_not(tmp_path):
    happened = Counter()
    assert killed(20, tmp_path, happened) == []
    assert happened["killed"] == 1


@pytest.fixture
def told(engine):
    """Give a journal with the oracle and the world it was booked from."""
    world, oracle = World(5), Oracle()
    for _ in range(STEPS):
        world.advance()
    with engine.begin() as connection:
        oracle.rows = [(entry, world.now) for entry in book(connection, world)]
    with engine.connect() as connection:
        yield connection, oracle, world
        connection.rollback()


def numbers(broken):
    return {each.partition(":")[0] for each in broken}


TAMPERED = {
    "a base amount": (journal_posting, "base_minor", {"I1", "I2", "I4", "I15"}),
    "a creator": (journal_posting, "creator", {"I4", "I15"}),
    "a memo": (journal_entry, "memo", {"I4", "I15"}),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_invariants_notice_what_was_changed_behind_the_guards(told, what):
    connection, oracle, world = told
    assert after_a_step(connection, oracle, world) == []
    table, name, expected = TAMPERED[what]
    switch_guards_off(connection)
    column = table.c[name]
    changed = column + 1 if name == "base_minor" else sa.literal("x")
    change = sa.update(table).values({column: changed}).where(table.c.seq == 2)
    connection.execute(change.where(table.c.line_no == 1) if "line_no" in table.c else change)
    assert numbers(after_a_step(connection, oracle, world)) >= expected


def test_the_invariants_notice_what_entered_a_closed_period(told):
    connection, oracle, world = told
    oracle.closes = [Closed(Period(2026, 12), world.now, 0, b"another report")]
    found = numbers(after_a_step(connection, oracle, world))
    assert found == {"I6", "I7, I17"}


def test_the_invariants_notice_facts_that_are_not_booked(told):
    connection, oracle, world = told
    assert at_the_end(connection, oracle, world) == []
    del world.documents[min(world.documents)]
    del world.orders[min(world.orders)]
    world.live.popitem()
    found = numbers(at_the_end(connection, oracle, world))
    assert {"I3", "I8"} <= found


def test_every_mutation_of_every_line_by_one_minor_unit_is_refused(told):
    connection, oracle, _ = told
    refused = 0
    entries = oracle.entries[:2]
    for entry in entries:
        for index, posting in enumerate(entry.postings):
            for column in ("amount_minor", "base_minor"):
                for step in (-1, 1):
                    off = replace(posting, **{column: getattr(posting, column) + step})
                    refused += _refused(connection, entry, index, off)
    assert refused == sum(4 * len(entry.postings) for entry in entries)


def _refused(connection, entry, index, off):
    """Append a copy of the entry for another brand with one line that is off."""
    lines = list(entry.postings)
    lines[index] = off
    wrong = object.__new__(type(entry))
    for name in entry.__slots__:
        object.__setattr__(wrong, name, getattr(entry, name))
    object.__setattr__(wrong, "postings", tuple(lines))
    point = connection.begin_nested()
    try:
        journal.append(connection, f"{BRAND} 2", [wrong], dt.datetime(2026, 7, 1))
    except journal.Unbalanced:
        return True
    finally:
        point.rollback()
    return False
