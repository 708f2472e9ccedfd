"""Invoices and bank lines from files to the books, and what people decide in between."""

from __future__ import annotations

from pathlib import Path

from truelift.ledger.verdict import Reason
from truelift.operations.knowledge import knowledge
from truelift.operations.matching import Parties

SETTING = """
creators
creator | name
ana     | Ana Cooks
bo      | Bo
cy      | Bo

aliases
kind | alias      | creator
name | Cooks GmbH | ana

agreements
agreement | campaign | creator | fee    | currency | signed_on | agency
a1        | spring   | ana     | 300.00 | USD      | 04-01     |
b1        | spring   | bo      | 200.00 | USD      | 04-01     | Agent Ltd

deliverables
deliverable | agreement | live_at
d1          | a1        | @05-02
"""
INVOICES = """
invoices
supplier   | number | date  | currency | net    | tax   | agreement | iban
Cooks GmbH | INV-7  | 05-05 | USD      | 300.00 | 57.00 | a1        | de89 3704 0044 0532 0130 00
bo         | 12     | 05-06 | USD      | 250.00 |       | b1        |
"""
LINES = """
bank_lines
bank_line | date  | amount  | currency | counterparty | iban                   | reference
l1        | 05-20 | -357.00 | USD      | unknown      | DE89370400440532013000 | INV 7, thanks
l2        | 05-21 | -900.00 | USD      | Landlord     |                        | Rent
"""


def reasons(told):
    return {row["line"]: row["reason"] for row in told.ws.match().rows}


def paid(told):
    return sum(row["cost"]["paid"] for row in told.ws.roi().rows)


def test_whatever_comes_first_the_books_are_the_same(told):
    told.given(SETTING + LINES)
    assert reasons(told) == {"l1": "NOT_OURS", "l2": "NOT_OURS"}
    told.given(INVOICES)
    assert reasons(told) == {
        "ana/INV-7": "NUMBER", "bo/12": "ABOVE_OPEN", "l1": "NUMBER", "l2": "NOT_OURS",
    }  # fmt: skip
    booked = [
        (row["rule"], row["account"], row["amount"])
        for row in told.ws.journal().rows
        if row["rule"] in {"R13", "R16"}
    ]
    assert booked == [
        ("R13", "2100", "300.00"), ("R13", "2000", "-300.00"), ("R13", "1150", "57.00"),
        ("R13", "2000", "-57.00"), ("R16", "2000", "300.00"), ("R16", "1000", "-357.00"),
        ("R16", "2000", "57.00"),
    ]  # fmt: skip
    assert told.ws.verify_ledger() == []
    told.given(LINES + INVOICES)
    assert len(told.ws.journal().rows) == len(set(map(str, told.ws.journal().rows)))


def test_a_name_means_a_creator_an_alias_or_an_agency_and_two_of_one_name_nobody(told):
    told.given(SETTING)
    parties = Parties(knowledge(told.ground))
    assert parties.named("COOKS gmbh") == "ana"
    assert parties.named("Ana-Cooks") == "ana"
    assert parties.named("agent ltd") == "Agent Ltd"
    assert parties.named("Bo") is None
    assert parties.named(None) is None
    assert parties.of_account(None) is None


def test_a_line_that_an_older_version_took_into_the_costs_is_not_counted_again(told):
    told.given(
        SETTING
        + INVOICES
        + LINES
        + """
costs
document | state | date  | type | amount | currency | settles
l1       | paid  | 05-20 | fee  | 357.00 | USD      | ana/INV-7
"""
    )
    assert "l1" not in reasons(told)
    assert told.ws.payables().rows == []


def test_every_reason_is_explained():
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in page] == []


def test_an_invoice_or_line_from_the_future_is_refused(told):
    report = told.tried(
        INVOICES.replace("05-05", "2027-05-05") + LINES.replace("05-20", "2031-05-20")
    )
    assert [fault.reason.value for fault in report.faults] == ["IN_THE_FUTURE"] * 2
