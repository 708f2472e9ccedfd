import datetime as dt
import json

import numpy as np
import pyarrow as pa
import pytest

from truelift.facts.consistency import (
    ahead_faults,
    code_faults,
    codes_overlap,
    link_faults,
    refund_faults,
)
from truelift.facts.event import DropReason


@pytest.fixture
def codes(accepting):
    """Give codes from (creator, valid_from, valid_to) of one code."""

    def make(*rows):
        names = ("creator", "valid_from", "valid_to", "kind", "code")
        tables = [
            accepting("codes", dict(zip(names, row, strict=False)) or {}).rows for row in rows
        ]
        return pa.concat_tables(tables) if tables else accepting("codes").rows

    return make


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        ([("ana", None), ("ben", "2026-05-01")], []),  # an open ownership is handed over
        ([("ana", None, "2026-05-31"), ("ben", "2026-05-01")], [1]),
        ([("ana", None, "2026-04-30"), ("ben", "2026-05-01")], []),
        ([("ana", "2026-05-01"), ("ben", "2026-05-01")], [1]),
        ([("ana", None), ("ben", None)], [1]),
        ([("ana", None, "2026-05-31"), ("ana", "2026-05-01")], []),
        ([("ben", "2026-05-01"), ("ana", None, "2026-05-31")], [1]),  # in any order
        ([("ana", None, "2026-05-31", "sitewide"), ("ben", "2026-05-01")], [1]),
        ([(None, None, "2026-05-31"), ("ben", "2026-05-01")], [1]),
        ([(None, None, "2026-05-31"), ("ben", "2026-05-01", None, "sitewide")], []),
        ([("ana", None, "2026-05-31"), ("ben", "2026-05-01"), ("ben", "2026-06-01")], [1]),
        ([("ana", None, "2026-05-31", None, "A"), ("ben", "2026-05-01", None, None, "B")], []),
    ],
)
def test_a_code_belongs_to_one_owner_at_a_time(codes, rows, overlap):
    assert np.flatnonzero(codes_overlap(codes(*rows))).tolist() == overlap


def test_a_new_code_is_held_against_those_that_stand(codes):
    standing = codes(("ana", "2026-04-01", "2026-05-31"))
    (finding,) = code_faults(
        codes(("cleo", "2026-07-01"), ("ben", "2026-05-01")), standing, source_file="codes.csv"
    )
    assert finding.row == 1
    assert finding.fault.reason == "CODE_OWNED_TWICE"
    assert finding.fault.message == (
        "codes.csv line 2, column valid_from: 'ANA10' belongs to ana since 2026-03-31 22:00 UTC; "
        "end that ownership before this one begins."
    )
    assert json.loads(finding.fault.raw)["creator"] == "ben"


def test_a_sitewide_code_is_named_as_the_owner(codes):
    (finding,) = code_faults(codes((None, None), ("ben", None)), codes(), source_file="codes.csv")
    assert "belongs to the whole site from the beginning;" in finding.fault.message


@pytest.fixture
def refunded(accepting):
    """Hold refunds against an order of 12.50 USD at noon of 1 May and earlier refunds."""

    def run(*refunds, earlier=(), **order):
        named = [{"refund_id": f"r{place}", **row} for place, row in enumerate(refunds)]
        return [
            (finding.row, finding.fault.column, finding.fault.reason.value, finding.fault.message)
            for finding in refund_faults(
                accepting("refunds", *named).rows,
                accepting("orders", order).rows,
                accepting("refunds", *earlier).rows,
                timezone="Europe/Berlin",
                source_file="refunds.csv",
            )
        ]

    return run


def test_a_refund_of_what_was_paid_is_fine(refunded):
    assert refunded({"amount": "12.50"}) == []


def test_a_refund_of_an_unknown_order_may_be_early(refunded):
    assert refunded({"order_id": "2", "amount": "99"}) == []
    assert refunded({"source": "other", "amount": "99"}) == []


def test_refunds_together_do_not_exceed_what_was_paid(refunded):
    verdicts = refunded(
        {"amount": "10", "refunded_at": "2026-05-03"},
        {"amount": "5", "refunded_at": "2026-05-02"},
        {"amount": "7.5", "refunded_at": "2026-05-04"},
    )
    assert verdicts == [
        (
            0,
            "amount",
            "REFUND_ABOVE_ORDER",
            (
                "refunds.csv line 2, column amount: 10.00 after 5.00 given back before is more "
                "than the 12.50 USD paid for the goods of order 1; amounts are net of discount "
                "and tax."
            ),
        )
    ]


def test_earlier_refunds_count_unless_they_come_again(refunded):
    earlier = [{"refund_id": "r9", "amount": "10"}, {"refund_id": "r8", "order_id": "7"}]
    assert [verdict[2] for verdict in refunded({}, earlier=earlier)] == ["REFUND_ABOVE_ORDER"]
    assert refunded({"refund_id": "r9"}, earlier=earlier) == []


@pytest.mark.parametrize(
    ("order", "most"),
    [
        ({"subtotal": "100", "discount": "10"}, "90"),
        ({"subtotal": "100", "tax": "19"}, "100"),
        ({"subtotal": "119", "tax": "19", "prices_include_tax": "yes"}, "100"),
        (
            {"subtotal": "119", "shipping": "5.95", "tax": "19.95", "prices_include_tax": "yes"},
            "100",
        ),
        ({"subtotal": "10", "discount": "10", "tax": "1", "prices_include_tax": "yes"}, "0"),
    ],
)
def test_what_was_paid_for_the_goods_is_net_of_discount_and_tax(refunded, order, most):
    assert refunded({"amount": most}, **order) == []
    assert [row[2] for row in refunded({"amount": f"{most}.01"}, **order)] == ["REFUND_ABOVE_ORDER"]


def test_a_refund_is_not_before_its_order(refunded):
    assert refunded({"refunded_at": "2026-05-01T11:59Z"}) == [
        (
            0,
            "refunded_at",
            "REFUND_BEFORE_ORDER",
            (
                "refunds.csv line 2, column refunded_at: 2026-05-01 11:59:00 UTC is before order 1 "
                "was placed at 2026-05-01 12:00:00 UTC; check both dates."
            ),
        )
    ]
    assert refunded({"refunded_at": "2026-05-01T12:00Z"}) == []


def test_a_refund_with_a_day_only_is_held_against_the_day_of_its_order(refunded):
    assert refunded({"refunded_at": "2026-05-01"}) == []
    verdicts = refunded({"refunded_at": "2026-04-30"})
    assert [verdict[2] for verdict in verdicts] == ["REFUND_BEFORE_ORDER"]


def test_a_refund_is_in_the_currency_of_its_order(refunded):
    assert refunded({"currency": "EUR"}) == [
        (
            0,
            "currency",
            "MIXED_CURRENCY",
            (
                "refunds.csv line 2, column currency: EUR is not the currency of order 1, which is "
                "USD; give back what was paid."
            ),
        )
    ]


def test_a_link_that_could_lead_elsewhere_is_no_link():
    links = pa.table(
        {
            "slug": ["a", "b", "c"],
            "destination": ["https://shop.example/a", "https://shop.example@evil.example", "shop"],
            "source_line": pa.array([2, 3, 4], pa.int64()),
        }
    )
    first, second = link_faults(links, source_file="links.csv")
    assert (first.row, second.row) == (1, 2)
    assert first.fault.reason is DropReason.UNSAFE_DESTINATION
    assert first.fault.message.startswith("links.csv line 3, column destination: ")
    assert "@" in first.fault.message


def test_a_link_that_could_not_be_followed_is_no_link():
    slugs = ["ana-1", "\u00fc", "a b", "a/b", "..", "/x", "x" * 129, "taken"]
    links = pa.table(
        {
            "slug": slugs,
            "destination": ["https://shop.example/a"] * len(slugs),
            "source_line": pa.array(range(2, 2 + len(slugs)), pa.int64()),
        }
    )
    *off, taken = link_faults(links, {"taken", "other"}, source_file="links.csv")
    assert [each.row for each in off] == [1, 2, 3, 4, 5, 6]
    assert {each.fault.reason for each in off} == {DropReason.BAD_TEXT}
    assert (taken.row, taken.fault.reason) == (7, DropReason.CONFLICT)
    assert "another brand of this workspace" in taken.fault.message


def test_what_happened_over_a_day_after_it_was_received_is_refused_once_by_row():
    at = dt.datetime(2026, 5, 18, 12)
    rows = pa.table({
        "won_at": pa.array([at, None, dt.datetime(2027, 1, 1)], pa.timestamp("us")),
        "created_at": pa.array([at, dt.datetime(2026, 5, 19, 12, 0, 1), dt.datetime(2027, 1, 1)],
                               pa.timestamp("us")),
        "date": pa.array([dt.date(2026, 5, 20), None, None], pa.date32()),
        "day": pa.array([dt.date(2026, 5, 30)] * 3, pa.date32()),
        "source_line": [5, 6, 7],
    })  # fmt: skip
    found = ahead_faults(rows, [at] * 3, zone="UTC", source_file="spool/w/1-2.log")
    assert [(each.row, each.fault.column) for each in found] == [
        (0, "date"), (1, "created_at"), (2, "won_at"),
    ]  # fmt: skip
    assert found[0].fault.message.startswith("spool/w/1-2.log byte 5, column date: 2026-05-20 is")
