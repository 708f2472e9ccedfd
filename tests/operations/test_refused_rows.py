"""A refused row is corrected, tried again or dismissed; who did it is kept, and the row too."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import FieldOff, NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import refused_rows
from truelift.reports.refused_name import refused_name
from truelift.store import workspace_database as records

ORDERS = """
orders
order_id | ordered_at | currency | subtotal | code | customer
o1       | @05-05     | USD      | ten      | ANA  | kim@x.example
o2       | 05-99      | USD      | 10.00    |      |
o3       | @05-05     | USD      | 10.00    |      |
"""
LATER = dt.datetime(2026, 12, 2)


def names(told, reason=None):
    rows = told.ws.list("quarantine").rows
    return [refused_name(row) for row in rows if reason in {None, row["reason"]}]


def written(told, name, **change):
    return told.ws.refused_row(name).rows[0]["cells"] | change


def test_a_row_is_corrected_and_the_corrected_file_goes_on_with_it(told, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,ordered_at,currency,subtotal,customer\no1,2026-05-05,USD,ten,kim@x.example\n",
        encoding="utf-8",
    )
    told.ws.import_files([path])
    (name,) = names(told, "NOT_A_NUMBER")
    row = told.ws.refused_row(name).rows[0]
    assert (row["cells"]["subtotal"], row["why_not"]) == ("ten", "")
    assert len(row["cells"]["customer"]) == 64  # a hash, and the same one again
    with pytest.raises(FieldOff, match="not a plain decimal") as off:
        told.ws.correct_row(name, row["cells"])
    assert off.value.field == "subtotal"
    told.ws.correct_row(name, written(told, name, subtotal="12.00"))
    kept = {row["order_id"]: row for row in told.ws.list("orders").rows}["o1"]
    assert (kept["subtotal"], kept["customer"]) == ("12.00", row["cells"]["customer"])
    assert kept["source_file"].startswith("form of ana.controller: ")
    (decided,) = told.ws.decided_rows().rows
    assert (decided["how"], decided["columns"], decided["by"]) == (
        "corrected", "subtotal", "ana.controller",
    )  # fmt: skip
    with pytest.raises(NotFound, match="decided about it already"):
        told.ws.correct_row(name, row["cells"])
    told.ws.import_files([path])  # once more: it is decided, and stays so
    assert names(told, "NOT_A_NUMBER") == []
    path.write_text(path.read_text(encoding="utf-8").replace("ten", "11.00"), encoding="utf-8")
    told.ws.import_files([path])
    kept = {row["order_id"]: row for row in told.ws.list("orders").rows}["o1"]
    assert kept["subtotal"] == "11.00"


def test_what_another_source_contradicts_is_a_persons_word(told):
    told.given("\ncampaigns\ncampaign | goal | starts | ends | currency | budget\n"
               "spring | sales | 05-01 | 05-31 | USD | 10.00\n")  # fmt: skip
    told.ws.save_row("campaigns", {
        "campaign": "fall", "goal": "sales", "starts": "2026-09-01", "ends": "2026-09-30",
        "currency": "USD", "budget": "5.00",
    })  # fmt: skip
    told.tried("\ncampaigns\ncampaign | goal | starts | ends | currency | budget\n"
               "fall | sales | 09-01 | 09-30 | USD | 7.50\n")  # fmt: skip
    (name,) = names(told, "CONFLICT")
    cells = written(told, name)
    assert cells["budget"] == "7.50"  # it was kept as it was accepted, in minor units
    told.ws.correct_row(name, cells)
    rows = {row["campaign"]: row["budget"] for row in told.ws.list("campaigns").rows}
    assert rows == {"spring": "10.00", "fall": "7.50"}


def test_rows_of_a_reason_are_tried_again_or_dismissed_together(told, acting):
    told.tried(
        "\norders\norder_id | ordered_at | currency | subtotal\no1 | @05-05 | USD | 10.00\n"
        "\nrefunds\nrefund_id | order_id | refunded_at | amount | currency\n"
        "r1 | o1 | @05-06 | 15.00 | USD\n"
    )
    (name,) = names(told, "REFUND_ABOVE_ORDER")
    assert written(told, name)["refunded_at"].endswith("Z")
    assert told.ws.retry_rows("REFUND_ABOVE_ORDER").rows == [
        {"reason": "REFUND_ABOVE_ORDER", "accepted": 0, "refused": 1}
    ]
    told.ws.retry_rows("NOT_A_DATE")
    with told.ground.workspace.transaction() as connection:
        old = records.quarantined(connection, told.ground.brand.brand)
    told.tried(
        "\norders\norder_id | ordered_at | currency | subtotal | updated_at\n"
        "o1 | @05-05 | USD | 20.00 | @05-07\n", at=LATER,
    )  # fmt: skip
    assert told.ws.retry_rows("REFUND_ABOVE_ORDER").rows[0]["accepted"] == 1
    (refund,) = told.ws.list("refunds").rows
    assert (refund["amount"], refund["refunded_at"].isoformat()) == (
        "15.00", "2026-05-06T16:00:00",
    )  # fmt: skip
    assert [row["line"] for row in old] == [2]
    told.tried(ORDERS.replace("o2", "o7").replace("o1", "o8"), at=LATER)
    with pytest.raises(FieldOff, match="Say in 1 to"):
        told.ws.dismiss_rows(" ", reason="NOT_A_DATE")
    with pytest.raises(Refused):
        refused_rows.dismiss_rows(acting("kim", Role.AUDITOR), "no", reason="NOT_A_DATE")
    assert told.ws.dismiss_rows("a test", reason="NOT_A_DATE").rows[0]["dismissed"] == 1
    (name,) = names(told)
    assert told.ws.dismiss_rows("a test", name=name).rows[0]["reason"] == "NOT_A_NUMBER"
    assert [row["why"] for row in told.ws.decided_rows().rows] == ["a test", "a test", None]


def test_what_cannot_be_corrected_here_says_why(told, tmp_path):
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_at,currency,subtotal\n1,2026-05-01,USD,5.00,6\n", encoding="utf-8"
    )
    told.ws.import_files([tmp_path / "orders.csv"])
    told.tried("\nvalues\nmetric | valid_from | unit_value | currency | basis\n"
               "leads | 01-01 | much | USD | lead_value\n")  # fmt: skip
    told.given("\ncosts\ndocument | state | date | type | amount | currency | creator\n"
               "i9 | invoiced | 05-10 | fee | 30.00 | XAU | ana\n")  # fmt: skip
    rows = {row["kind"]: row for row in told.ws.list("quarantine").rows}
    why = {kind: told.ws.refused_row(refused_name(row)).rows[0]["why_not"]
           for kind, row in rows.items()}  # fmt: skip
    assert "not kept one by one" in why["orders"] if "orders" in why else why[""]
    assert "propose the row there" in why["values"]
    assert "could not be booked" in why["ledger"]
    for row in rows.values():
        with pytest.raises(UsageError):
            told.ws.correct_row(refused_name(row), {})
    with pytest.raises(UsageError, match="no refused row"):
        told.ws.dismiss_rows("no", name=refused_name(rows["ledger"]))


def test_shares_that_were_accepted_are_written_as_a_file_has_them(told):
    told.given(
        "\nposts\nplatform | post_id | handle | published_at | campaigns\n"
        "instagram | p1 | ana | @05-01 | a:0.6;b:0.4\n"
    )
    told.tried(
        "\nposts\nplatform | post_id | handle | published_at | campaigns\n"
        "instagram | p2 | ana | @12-28 | a:0.6;b:0.4\n"
    )
    row = {"kind": "posts", "raw": '{"campaigns": "a:600000;b:400000", "handle": "ana"}'}
    assert refused_rows._cells(told.ground, row) == {"campaigns": "a:0.6;b:0.4", "handle": "ana"}
    for raw in ("[1]", "(erased)"):
        assert refused_rows._cells(told.ground, {"kind": "posts", "raw": raw}) is None
