"""Matching: exact, suggested or unmatched; whatever the order, and nothing settled twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.matching import Decision, Line, OpenItem, Window, match
from truelift.ledger.verdict import Outcome

MAY = dt.date(2026, 5, 10)
OPEN = OpenItem("ana/INV-7", "USD", 1_000, MAY, MAY, "ana", ("acc-ana",), ("INV-7",), ("E2E-7",))
LINE = Line("l1", MAY, "USD", 1_000)


def told(lines, items, **more):
    return [(each.outcome.value, each.reason.value) for each in match(lines, items, **more)]


def one(line=LINE, *items, **more):
    (verdict,) = match([line], items or [OPEN], **more)
    return (
        verdict.outcome.value,
        verdict.reason.value,
        {share.item: share.amount_minor for share in verdict.shares} or verdict.candidates,
    )


def line(name="l1", amount=1_000, **more):
    return replace(LINE, line=name, amount_minor=amount, **more)


def item(name, amount=1_000, **more):
    number = name.partition("/")[2]
    return replace(OPEN, item=name, open_minor=amount, numbers=(number,), end_to_end=(), **more)


def test_the_end_to_end_id_comes_first_then_the_number_then_amount_and_account():
    assert one(line(end_to_end="E2E-7")) == ("exact", "END_TO_END", {"ana/INV-7": 1_000})
    assert one(line(text="Rechnung inv 7, danke")) == ("exact", "NUMBER", {"ana/INV-7": 1_000})
    assert one(line(numbers=("INV 7",))) == ("exact", "NUMBER", {"ana/INV-7": 1_000})
    by_account = one(line(account="acc-ana", text="thanks"))
    assert by_account == ("exact", "ACCOUNT_AND_AMOUNT", {"ana/INV-7": 1_000})


def test_one_payment_settles_several_invoices_whose_sum_is_exact():
    items = [item("ana/INV-7"), item("ana/INV-8", 500), item("ana/INV-9", 70)]
    whole = one(line(amount=1_500, text="INV-7 INV-8"), *items)
    assert whole == ("exact", "NUMBER", {"ana/INV-7": 1_000, "ana/INV-8": 500})
    less = one(line(amount=1_200, text="INV-7 INV-8", party="ana"), *items)
    assert less == ("suggested", "BELOW_OPEN", ("ana/INV-7", "ana/INV-8"))


def test_several_payments_settle_one_invoice_and_the_next_finds_it_settled():
    parts = [line(f"l{n}", 400, text="INV-7", party="ana") for n in range(3)]
    assert told(parts, [OPEN]) == [
        ("exact", "NUMBER"), ("exact", "NUMBER"), ("suggested", "ABOVE_OPEN"),
    ]  # fmt: skip
    again = [line("l1", text="INV-7"), line("l2", text="INV-7")]
    assert told(again, [OPEN]) == [("exact", "NUMBER"), ("unmatched", "SETTLED")]


def test_a_part_is_only_taken_where_it_is_sure_whose_it_is():
    assert one(line(amount=400, text="INV-7"))[:2] == ("suggested", "BELOW_OPEN")
    assert one(line(amount=400, text="INV-7", account="acc-ana"))[:2] == ("exact", "NUMBER")
    assert one(line(amount=400, numbers=("INV-7",)))[:2] == ("exact", "NUMBER")
    assert one(line(amount=1_001, numbers=("INV-7",)))[:2] == ("suggested", "ABOVE_OPEN")


def test_a_short_number_needs_to_agree_with_whose_it_is():
    short = item("ana/12")
    assert one(line(text="12 May"), short)[:2] == ("unmatched", "NOT_OURS")
    assert one(line(text="12 May", party="ana"), short)[:2] == ("exact", "NUMBER")


def test_another_currency_account_or_supplier_is_never_booked():
    assert one(line(currency="EUR", text="INV-7"))[:2] == ("suggested", "WRONG_CURRENCY")
    assert one(line(account="acc-thief", text="INV-7"))[:2] == ("suggested", "OTHER_ACCOUNT")
    assert one(line(party="bo", text="INV-7"))[:2] == ("suggested", "OTHER_PARTY")
    assert one(line(party="ana", currency="EUR"))[:2] == ("suggested", "WRONG_CURRENCY")
    by_name = one(line(party="ana", account="acc-thief"))
    assert by_name[:2] == ("suggested", "OTHER_ACCOUNT")


def test_one_number_of_two_suppliers_is_told_apart_by_account_or_party():
    rivals = [OPEN, item("bo/INV-7", party="bo", accounts=("acc-bo",))]
    assert one(line(text="INV-7", account="acc-bo"), *rivals)[2] == {"bo/INV-7": 1_000}
    assert one(line(text="INV-7", party="ana"), *rivals)[2] == {"ana/INV-7": 1_000}
    unclear = one(line(text="INV-7"), *rivals)
    assert unclear == ("suggested", "AMBIGUOUS", ("ana/INV-7", "bo/INV-7"))


def test_costs_of_one_agreement_are_told_apart_by_their_kind_or_amount():
    fee, usage = (
        replace(OPEN, item=f"A:{kind}", numbers=("A-1",), kind=kind, open_minor=amount)
        for kind, amount in (("fee", 1_000), ("usage", 300))
    )
    named = {"numbers": ("A-1",), "party": "ana", "sure": True}
    assert one(line(kind="usage", amount=200, **named), fee, usage)[2] == {"A:usage": 200}
    assert one(line(amount=300, **named), fee, usage)[2] == {"A:usage": 300}
    assert one(line(amount=250, **named), fee, usage)[:2] == ("suggested", "AMBIGUOUS")


def test_amounts_alone_decide_nothing_where_anything_speaks_against_it():
    known = {"account": "acc-ana"}
    twins = [line("l1", **known), line("l2", **known)]
    assert told(twins, [OPEN]) == [("suggested", "AMBIGUOUS")] * 2
    assert one(line(**known), OPEN, item("ana/INV-8"))[:2] == ("suggested", "AMBIGUOUS")
    assert one(line(text="INV-999", **known))[:2] == ("suggested", "OTHER_NUMBER")
    assert one(line(numbers=("PO-4711",), **known))[:2] == ("suggested", "OTHER_NUMBER")
    assert one(line(party="ana"))[:2] == ("suggested", "NAME_AND_AMOUNT")
    assert one(line(party="ana", sure=True))[:2] == ("exact", "ACCOUNT_AND_AMOUNT")
    late = line(on=MAY + dt.timedelta(days=91), **known)
    assert one(late)[:2] == ("suggested", "AMOUNT_DIFFERS")
    assert one(late, window=Window(after_days=91))[:2] == ("exact", "ACCOUNT_AND_AMOUNT")


def test_two_lines_of_different_keys_never_take_one_item_twice():
    lines = [line("l1", account="acc-ana"), line("l2", party="ana", sure=True)]
    assert told(lines, [OPEN]) == [("exact", "ACCOUNT_AND_AMOUNT"), ("suggested", "AMBIGUOUS")]


def test_the_sum_of_all_that_is_open_is_suggested_with_its_parts():
    items = [OPEN, item("ana/INV-8", 500)]
    found = one(line(amount=1_500, account="acc-ana"), *items)
    assert found == ("suggested", "SUM_OF_OPEN", ("ana/INV-8", "ana/INV-7"))


def test_a_suggestion_names_the_closest_few():
    items = [item(f"ana/N-{n:03}", 100 * n) for n in range(1, 20)]
    found = one(line(amount=1_010, account="acc-ana"), *items)
    assert found[:2] == ("suggested", "AMOUNT_DIFFERS")
    assert found[2] == tuple(f"ana/N-{n:03}" for n in (9, 10, 11, 12, 13))
    many = one(line(amount=1, text=" ".join(each.numbers[0] for each in items)), *items)
    assert many[:2] == ("suggested", "BELOW_OPEN")


def test_what_names_nobody_or_nothing_open_is_unmatched():
    assert one(line(text="rent"))[:2] == ("unmatched", "NOT_OURS")
    assert one(line(party="bo"))[:2] == ("unmatched", "NO_DOCUMENT")
    settled = replace(OPEN, open_minor=0)
    assert one(line(party="ana"), settled)[:2] == ("unmatched", "NO_DOCUMENT")


def test_the_same_invoice_again_is_blocked_and_its_number_with_another_amount_asked_about():
    first = line("l1", numbers=("INV-7",), identity="n/1", number_identity="n")
    lines = [
        first,
        replace(first, line="l2"),
        replace(first, line="l3", identity="n/2", amount_minor=5),
    ]
    assert told(lines, [OPEN]) == [
        ("exact", "NUMBER"), ("unmatched", "DUPLICATE"), ("suggested", "NUMBER_AGAIN"),
    ]  # fmt: skip
    assert one(first, taken={"n/1": "costs"})[:2] == ("unmatched", "DUPLICATE")
    accepted = {"l2": Decision(accepted=("ana/INV-7",))}
    assert told(lines[:2], [OPEN], decisions=accepted) == [
        ("unmatched", "DUPLICATE"), ("exact", "ACCEPTED"),
    ]  # fmt: skip


def test_what_a_person_decided_stands_above_every_rule():
    strange = line(amount=1_200, text="INV-7")
    accepted = {"l1": Decision(accepted=("ana/INV-8", "ana/INV-7"))}
    items = [OPEN, item("ana/INV-8", 100)]
    found = one(strange, *items, decisions=accepted)
    assert found == ("exact", "ACCEPTED", {"ana/INV-8": 100, "ana/INV-7": 1_100})
    assert one(strange, decisions=accepted)[:2] == ("unmatched", "GONE")
    euro = replace(strange, currency="EUR")
    assert one(euro, *items, decisions=accepted)[:2] == ("suggested", "WRONG_CURRENCY")
    closed = {"l1": Decision(closed=True)}
    assert one(line(text="INV-7"), decisions=closed)[:2] == ("unmatched", "REJECTED")
    exactly = {"l1": Decision(accepted=("ana/INV-7", "ana/INV-8"))}
    assert one(line(), *items, decisions=exactly)[2] == {"ana/INV-7": 1_000}


def test_what_a_person_accepts_beyond_what_is_open_takes_nothing_from_others():
    named = {"numbers": ("INV-7",), "party": "ana"}
    lines = [line("l1", 400, **named), line("l2", 700, **named), line("l3", 50, **named)]
    assert told(lines, [OPEN])[1] == ("suggested", "ABOVE_OPEN")
    accepted = {"l2": Decision(accepted=("ana/INV-7",), room=(600,))}
    assert told(lines, [OPEN], decisions=accepted) == [
        ("exact", "NUMBER"), ("exact", "ACCEPTED"), ("unmatched", "SETTLED"),
    ]  # fmt: skip


def test_what_a_person_rejected_is_not_proposed_again():
    rejected = {"l1": Decision(rejected=frozenset({"ana/INV-7"}))}
    assert one(line(text="INV-7"), decisions=rejected)[:2] == ("unmatched", "NOT_OURS")
    by_account = line(account="acc-ana")
    assert one(by_account, decisions=rejected)[:2] == ("unmatched", "NO_DOCUMENT")


def test_items_without_a_number_or_party_are_found_by_nothing():
    bare = OpenItem("x", "USD", 1_000, MAY, numbers=("-",))
    assert one(line(text="-"), bare)[:2] == ("unmatched", "NOT_OURS")


PARTIES = st.sampled_from(["ana", "bo", None])
AMOUNTS = st.sampled_from([100, 200, 300, 500])
CURRENCIES = st.sampled_from(["USD", "USD", "EUR"])


@st.composite
def worlds(draw):
    """Draw items and lines that often name each other, with some decisions."""
    items = []
    for number in range(draw(st.integers(1, 6))):
        party = draw(PARTIES)
        items.append(
            OpenItem(
                f"i{number}", draw(CURRENCIES), draw(AMOUNTS), MAY, None, party,
                (f"acc-{party}",) if party and draw(st.booleans()) else (),
                (draw(st.sampled_from(["INV-1", "INV-2", "RE1003", "9"])),),
                (f"E{number}",),
            )
        )  # fmt: skip
    lines = []
    for number in range(draw(st.integers(1, 8))):
        party = draw(PARTIES)
        lines.append(
            Line(
                f"l{number}", MAY + dt.timedelta(days=draw(st.integers(0, 2))), draw(CURRENCIES),
                draw(AMOUNTS), party, draw(st.booleans()),
                f"acc-{party}" if party and draw(st.booleans()) else None,
                text=draw(st.sampled_from(["", "INV 1", "INV-1, INV-2", "RE 1003", "9", "X-7777"])),
                end_to_end=draw(st.sampled_from([None, "E0", "E1"])),
                identity=draw(st.sampled_from([None, "n/1", "n/2"])),
                number_identity=draw(st.sampled_from([None, "n"])),
            )
        )  # fmt: skip
    decided = {
        "l0": draw(
            st.sampled_from(
                [Decision(), Decision(closed=True), Decision(rejected=frozenset({"i0"}))]
            )
        )
    }
    return items, lines, decided


@given(worlds(), st.randoms())
def test_any_order_gives_the_same_verdicts_and_nothing_is_settled_twice(world, random):
    items, lines, decided = world
    found = match(lines, items, decisions=decided)
    assert [each.line for each in found] == [
        each.line for each in sorted(lines, key=lambda each: (each.on, each.line))
    ]
    shuffled, mixed = list(lines), list(items)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert match(shuffled, mixed, decisions=decided) == found
    amounts = {each.line: each for each in lines}
    by_item = defaultdict(int)
    for verdict in found:
        assert (verdict.outcome is Outcome.EXACT) == bool(verdict.shares)
        if verdict.shares:
            assert sum(share.amount_minor for share in verdict.shares) == (
                amounts[verdict.line].amount_minor
            )
        for share in verdict.shares:
            assert share.amount_minor > 0
            by_item[share.item] += share.amount_minor
    for each in items:
        assert by_item[each.item] <= each.open_minor
        currencies = {
            amounts[verdict.line].currency
            for verdict in found
            if any(share.item == each.item for share in verdict.shares)
        }
        assert currencies <= {each.currency}


@pytest.mark.parametrize("count", [20_000])
def test_many_lines_are_matched_through_indexes(count):
    items = [item(f"c{n % 50}/INV-{n}", n + 1, party=f"c{n % 50}") for n in range(count)]
    lines = [line(f"l{n}", n + 1, text=f"pay INV-{n}") for n in range(0, count, 2)]
    lines += [line(f"m{n}", 10**9 + n, party=f"c{n % 50}") for n in range(0, count, 2)]
    found = match(lines, items)
    exact = [each for each in found if each.outcome is Outcome.EXACT]
    assert len(exact) == count // 2
