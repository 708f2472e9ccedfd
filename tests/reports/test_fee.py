"""The highest fee worth paying, in figures and in a sentence."""

from __future__ import annotations

import datetime as dt
import math

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.candidate import Candidate
from truelift.decisions.fee import highest_fee
from truelift.measurement.shrinkage import Posterior
from truelift.reports.fee import FeeHeader, FeeRow, fee_json, fee_table

HEADER = FeeHeader(
    "spring",
    dt.datetime(2026, 5, 15),
    dt.datetime(2026, 5, 15),
    "USD",
    "orders",
    16.0,
    "won contribution",
)


DOUBLED = math.log(2)


def row(agreed, log=DOUBLED):
    found = Candidate("ana", 1_000_000.0, Posterior(log, 0.04), 1, 1, 0, 0)
    return FeeRow("ana", agreed, highest_fee(found), found)


def told(*rows):
    return [each["why"] for each in fee_json(HEADER, rows)["rows"]]


def test_the_sentence_puts_what_was_agreed_beside_what_it_is_worth():
    assert told(row(0)) == [
        (
            "Up to 5000.00 USD it is as likely as not to pay back, up to 4083.39 USD four in five, "
            "by won contribution."
        )
    ]
    dear, fair, cheap = told(row(900_000), row(450_000), row(100_000))
    assert dear.endswith("; 9000.00 USD was agreed, more than both.")
    assert fair.endswith("; 4500.00 USD was agreed, between the two.")
    assert cheap.endswith("; 1000.00 USD was agreed, less than both.")
    assert told(row(0, -0.1)) == [
        "No fee is worth paying: most probably nothing extra comes of it, by won contribution."
    ]


def test_what_is_not_known_is_withheld_and_never_zero():
    unknown = FeeRow("flor", 99_300, Withheld(Reason.NO_ORDER_BASELINE, "No history."), None)
    (given,) = fee_json(HEADER, [unknown])["rows"]
    assert (given["fee_50"], given["withheld"], given["why"]) == (
        None, "NO_ORDER_BASELINE", "No history.",
    )  # fmt: skip
    table = fee_table(HEADER, [unknown, row(100_000)])
    assert [line["fee_50"] for line in table.rows] == [None, "5000.00"]
    assert table.rows[1]["headroom_50"] == "4000.00"
