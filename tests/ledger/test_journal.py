"""An entry that is wrong by one minor unit cannot exist."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.errors import JournalRefused, Unbalanced
from truelift.base.ids import canonical_json
from truelift.ledger.chart import Book
from truelift.ledger.journal import (
    ENTRY_FIELDS,
    POSTING_FIELDS,
    Posting,
    canonical,
    chain_hash,
    content,
    declares_exchange,
    entry_hash,
    genesis,
    identify,
    reverse,
    set_digest,
    write_entry,
)

DAY = dt.date(2026, 5, 10)
lines = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6)


def entry(amounts=(500, -500), *, kind="accrual", event="deliverable:reel", base=None, **more):
    accounts = ("6100", "2100", "1400", "7100", "2000", "1000", "2210", "6110")
    postings = tuple(
        Posting(account, "USD", amount, booked)
        for account, amount, booked in zip(accounts, amounts, base or amounts, strict=False)
    )
    return write_entry(
        book=Book.FIN,
        effective_date=DAY,
        kind=kind,
        event=event,
        rule="R03",
        rule_version=1,
        memo="Fee accrued: deliverable reel",
        postings=postings,
        **more,
    )


def balanced(amounts):
    return (*amounts, -sum(amounts))


@given(lines)
def test_an_entry_that_balances_is_taken_and_reverses_to_nothing(amounts):
    one = entry(balanced(amounts))
    undone = reverse(one, DAY)
    moved = [
        (a.amount_minor + b.amount_minor, a.base_minor + b.base_minor)
        for a, b in zip(one.postings, undone.postings, strict=True)
    ]
    assert set(moved) == {(0, 0)}
    assert undone.reverses == one.entry_id != undone.entry_id


@given(lines, st.data())
def test_one_minor_unit_more_or_less_is_refused(amounts, data):
    one = entry(balanced(amounts))
    which = data.draw(st.integers(0, len(one.postings) - 1))
    field = data.draw(st.sampled_from(["amount_minor", "base_minor"]))
    step = data.draw(st.sampled_from([-1, 1]))
    posting = one.postings[which]
    wrong = replace(posting, **{field: getattr(posting, field) + step})
    postings = (*one.postings[:which], wrong, *one.postings[which + 1 :])
    with pytest.raises(Unbalanced):
        replace(one, postings=postings)


def test_an_exchange_may_give_one_currency_for_another_but_balances_in_base():
    postings = (Posting("2000", "EUR", 100, 110), Posting("1000", "USD", -110, -110))
    with pytest.raises(Unbalanced):
        replace(entry(), postings=postings)
    declared = entry(kind="payment_exchange")
    assert replace(declared, postings=postings).postings == postings
    assert declares_exchange(reverse(declared, DAY).kind)
    assert declares_exchange("payment_exchange~2")
    assert not declares_exchange("payment")


@pytest.mark.parametrize("wrong", [1.0, True, "1", None, 2**63, -(2**63)])
def test_only_whole_numbers_of_64_bits_are_amounts(wrong):
    with pytest.raises(JournalRefused):
        Posting("6100", "USD", wrong, 0)
    with pytest.raises(JournalRefused):
        Posting("6100", "USD", 0, wrong)


def test_other_ways_to_be_wrong_are_refused():
    with pytest.raises(JournalRefused, match="chart"):
        Posting("1234", "USD", 1, 1)
    with pytest.raises(JournalRefused, match="two"):
        entry((0,))
    with pytest.raises(JournalRefused, match="id"):
        replace(entry(), kind="invoice")
    with pytest.raises(JournalRefused, match="book"):
        replace(entry(), book=Book.COMMIT)


def test_the_id_follows_from_the_fact_and_its_meaning_not_from_wording_or_rate_set():
    one = entry()
    assert one.entry_id == identify(one.source_event, "R03", 1, "accrual")
    assert one.source_event.startswith("deliverable:reel@")
    assert entry((501, -501)).entry_id != one.entry_id
    assert entry(event="deliverable:story").entry_id != one.entry_id
    assert entry().entry_id == one.entry_id
    assert str(one.period) == "2026-05"


def test_the_content_names_every_field_in_one_form():
    said = content(entry())
    assert list(said) == [*ENTRY_FIELDS, "postings"]
    assert all(len(posting) == len(POSTING_FIELDS) for posting in said["postings"])
    assert said["postings"][0][:4] == ["6100", "USD", 500, 500]


def test_the_chain_seals_order_content_and_recording_time():
    first, second = entry(), entry((7, -7))
    recorded = "2026-06-01T00:00:00.000000"
    start = genesis("brand")
    forward = chain_hash(chain_hash(start, first, recorded), second, recorded)
    assert forward != chain_hash(chain_hash(start, second, recorded), first, recorded)
    assert chain_hash(start, first, recorded) != chain_hash(start, first, recorded[:-1] + "1")
    assert start != genesis("other")


def test_the_set_digest_knows_no_order_and_no_copies():
    entries = [entry((amount, -amount)) for amount in range(1, 5)]
    digests = {set_digest([*order, order[0]]) for order in permutations(entries)}
    assert digests == {set_digest(entries)}
    assert set_digest([]) == "0" * 64
    assert set_digest(entries[:1]) == entry_hash(entries[0])
    assert set_digest(entries[1:]) not in digests


@given(memo=st.text(), event=st.text(max_size=20), amounts=lines)
def test_the_bytes_that_are_hashed_are_canonical_json(memo, event, amounts):
    told = content(replace(entry(balanced(amounts), event=event.encode(errors="replace").decode())))
    told["memo"] = memo.encode(errors="replace").decode()
    assert canonical(told) == canonical_json(told)


def test_the_bytes_that_are_hashed_are_canonical_json_for_every_character():
    surrogates = range(0xD800, 0xE000)
    text = "".join(chr(code) for code in range(0x110000) if code not in surrogates)
    assert canonical({"memo": text}) == canonical_json({"memo": text})
