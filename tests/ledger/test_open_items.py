"""Open items: the newest additions are what is still open, and their ages add up to the balance."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.open_items import DayMoves, Party, open_items

ANA = Party("2000", "ana", "ana", "spring", "A", "EUR")
BO = ANA._replace(counterparty="bo")
TODAY = dt.date(2026, 12, 31)
amounts = st.integers(0, 10**9)
histories = st.lists(
    st.tuples(st.integers(0, 365), amounts, amounts, st.integers(-(10**9), 10**9)), max_size=8
)


def day(number):
    return dt.date(2026, 1, 1) + dt.timedelta(number)


def moves(history, party=ANA):
    return [DayMoves(party, day(at), *more) for at, *more in sorted(history)]


@given(histories)
def test_layers_add_up_to_what_is_owed_and_ages_to_the_books_balance(history):
    for item in open_items(moves(history)):
        assert item.owed_minor == sum(added - taken for _, added, taken, _ in history)
        assert item.base_minor == sum(base for *_, base in history)
        assert sum(amount for _, amount in item.layers) == max(0, item.owed_minor)
        assert sum(item.base_by_age(TODAY)) == item.base_minor
        assert [at for at, _ in item.layers] == sorted(at for at, _ in item.layers)


def test_a_payment_takes_the_oldest_invoice_first():
    (item,) = open_items(moves([(0, 100, 0, 110), (40, 50, 0, 55), (41, 0, 120, -132)]))
    assert (item.owed_minor, item.base_minor, item.since) == (30, 33, day(40))
    assert item.layers == ((day(40), 30),)


def test_the_groups_of_age_end_at_30_60_and_90_days():
    history = [(0, 1, 0, 1), (1, 2, 0, 2), (31, 4, 0, 4), (61, 8, 0, 8), (90, 16, 0, 16)]
    (item,) = open_items(moves(history))
    assert item.base_by_age(day(91)) == [24, 4, 2, 1]


def test_parties_stay_apart_and_one_without_a_balance_is_left_out():
    paid = moves([(0, 100, 100, 0)], BO)
    (item,) = open_items([*moves([(0, 5, 0, 5)]), *paid])
    assert item.party == ANA


def test_a_party_that_owes_us_has_no_age_and_counts_as_new():
    (item,) = open_items(moves([(0, 0, 10, -11)]))
    assert (item.layers, item.since) == ((), None)
    assert item.base_by_age(TODAY) == [-11, 0, 0, 0]
