from collections import defaultdict
from decimal import Decimal

from truelift.connectors.sample_programme.people import ADVANCE, GIFTED


def test_costs_come_in_three_currencies_and_all_but_one_state(sample):
    rows = sample.rows("costs")
    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP"}
    assert {row["state"] for row in rows} == {"accrued", "invoiced", "paid"}


def test_nothing_is_paid_beyond_its_invoice_less_the_advance(sample):
    invoiced, paid = defaultdict(Decimal), defaultdict(Decimal)
    for row in sample.rows("costs"):
        if row["agreement"]:
            total = {"invoiced": invoiced, "paid": paid}.get(row["state"])
            if total is not None:
                total[row["agreement"], row["type"]] += Decimal(row["amount"])
    for key, amount in paid.items():
        assert amount <= invoiced[key]
    advance = [row for row in sample.rows("costs") if row["document"] == f"advance-{ADVANCE}"]
    assert [row["state"] for row in advance] == ["paid"]


def test_payments_settle_invoices_that_came_before(sample):
    invoices = {row["document"]: row for row in sample.rows("costs") if row["state"] == "invoiced"}
    for row in sample.rows("costs"):
        if row["settles"]:
            assert invoices[row["settles"]]["date"] < row["date"]
            assert invoices[row["settles"]]["currency"] == row["currency"]


def test_costs_without_creator_or_campaign_are_there(sample):
    rows = sample.rows("costs")
    assert any(row["campaign"] and not row["creator"] for row in rows)
    assert any(not row["campaign"] and not row["creator"] for row in rows)


def test_the_gift_has_its_cost_and_its_fair_value(sample):
    gift = next(row for row in sample.rows("costs") if row["type"] == "gift")
    assert gift["creator"] == GIFTED
    assert Decimal(gift["fair_value"]) > Decimal(gift["amount"])


def test_some_invoices_are_still_open(sample):
    settled = {row["settles"] for row in sample.rows("costs")}
    invoices = {row["document"] for row in sample.rows("costs") if row["state"] == "invoiced"}
    assert invoices - settled
