"""States of cost add up state by state, and a basis names one of them."""

from __future__ import annotations

from truelift.valuation.cost_states import CostStates


def test_states_add_up_one_by_one():
    summed = CostStates(100, 80, 60, 40, 5) + CostStates(1, 2, 3, 4, 1)
    assert summed == CostStates(committed=101, accrued=82, invoiced=63, paid=44, commission=6)


def test_a_budget_is_bound_by_what_is_committed_and_by_commission_earned():
    assert CostStates(committed=100, accrued=30, commission=25).bound == 125


def test_a_basis_is_one_of_the_states():
    states = CostStates(100, 80, 60, 40)
    assert [states.basis(name) for name in ("committed", "accrued", "paid")] == [100, 80, 40]
