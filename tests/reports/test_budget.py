"""Budgets beside the states of cost; what is not known is empty, with its reason."""

from __future__ import annotations

from truelift.base.estimate import Reason, Withheld
from truelift.ledger.movement import Span
from truelift.reports.budget import Accepted, Spent, budgets

SPRING = Spent(committed=1000, commission=50, accrued=650, invoiced=600, paid=300)
NO_RATE = Withheld(Reason.NO_RATE, "No rate.")


def test_what_remains_is_after_commitment_and_commission_and_variance_after_accrual():
    (row,) = budgets({"spring": 3000}, {"spring": SPRING}, Span(), "USD").rows
    assert (row["remaining"], row["variance"], row["forecast"]) == (1950, 2350, None)
    assert row["withheld"] == "NOT_FORECAST"


def test_without_a_budget_or_its_rate_nothing_is_made_up():
    found = budgets(
        {"spring": None, "summer": NO_RATE}, {"spring": SPRING, None: Spent(accrued=5)}, Span(),
        "USD",
    )  # fmt: skip
    assert [(row["campaign"], row["budget"], row["remaining"]) for row in found.rows] == [
        ("spring", None, None), ("summer", None, None), (None, None, None),
    ]  # fmt: skip
    assert found.rows[1]["withheld"] == "NO_RATE; NOT_FORECAST"
    assert found.rows[1]["accrued"] == 0
    assert (found.totals[0]["accrued"], found.totals[0]["budget"]) == (655, None)


def test_the_version_in_force_stands_with_the_imported_budget_beside_it():
    accepted = {"spring": Accepted(2500, 1, "ana, kim", "2026-05-18T10:00:00Z")}
    given = {"spring": 3000, "summer": 700}
    spring, summer = budgets(given, {"spring": SPRING}, Span(), "USD", accepted).rows
    assert (spring["budget"], spring["imported"], spring["remaining"]) == (2500, 3000, 1450)
    assert (spring["version"], spring["accepted_by"]) == (1, "ana, kim")
    assert spring["accepted_at"] == "2026-05-18T10:00:00Z"
    assert (summer["budget"], summer["imported"], summer["version"]) == (700, 700, None)
