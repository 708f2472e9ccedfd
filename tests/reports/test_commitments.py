"""Commitments: the price as signed, what changed it, what used it, and what can still go."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.reports.commitments import CommitmentLine, Terms, commitments, standing

TODAY = dt.date(2026, 6, 10)
JULY, MAY = dt.date(2026, 7, 1), dt.date(2026, 5, 1)


def line(kind, amount, base=None, *, first=False, agreement="A", currency="USD"):
    return CommitmentLine(
        agreement, "ana", "spring", currency, kind, first, amount, amount if base is None else base
    )


def test_an_amendment_is_the_old_price_taken_back_and_the_new_one_committed():
    lines = [
        line("commitment", 1000, first=True),
        line("reversal:commitment", -1000),
        line("commitment~2", 1200),
        line("commitment_used", -500),
        line("commitment_released", -100),
        line("opening", 7),
    ]
    found = commitments(lines, {"A": Terms(JULY, 250)}, TODAY, "USD")
    (row,) = found.rows
    names = ("fixed_price", "amendments", "used", "released", "other", "open", "cancellable")
    assert [row[name] for name in names] == [1000, 200, 500, 100, 7, 607, 357]
    assert found.totals == ({"agreement": "total", "base_currency": "USD", "open_base": 607},)


def test_amounts_are_in_the_agreements_currency_and_the_total_in_the_brands():
    lines = [
        line("commitment", 1000, 1100, first=True, currency="EUR"),
        line("commitment", 5, first=True, agreement=None),
    ]
    found = commitments(lines, {}, TODAY, "USD")
    assert [(row["agreement"], row["currency"], row["open"]) for row in found.rows] == [
        ("A", "EUR", 1000), (None, "USD", 5),
    ]  # fmt: skip
    assert found.table("acme;").rows[-1]["open_base"] == "11.05"


@pytest.mark.parametrize(
    ("terms", "left", "expected"),
    [
        (Terms(JULY, 50), 400, ("cancellable", 350)),
        (Terms(TODAY, None), 400, ("cancellable", 400)),
        (Terms(JULY, 500), 400, ("cancellable", 0)),
        (Terms(MAY, 50), 400, ("no longer cancellable", 0)),
        (Terms(None, 50), 400, ("the agreement names no last day", None)),
        (Terms(JULY, 50), 0, ("nothing is open", 0)),
        (Terms(JULY, 50, MAY), 400, ("cancelled on 2026-05-01", 0)),
        (Terms(JULY, 50, JULY), 400, ("cancellable", 350)),
    ],
)
def test_what_can_still_be_cancelled_follows_the_agreement(terms, left, expected):
    assert standing(terms, left, TODAY) == expected
