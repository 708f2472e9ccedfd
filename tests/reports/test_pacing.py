"""The pacing report: rows and sentences of targets and budgets."""

from __future__ import annotations

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.pacing import Curve, Plan, budget_pace, pace
from truelift.reports.pacing import PaceRow, pace_json, pace_table, why
from truelift.valuation.cost_states import CostStates

HALF = Plan(0.5, Curve.LINEAR)


def row(found, creator="ana", metric="orders"):
    return PaceRow(
        campaign="spring", creator=creator, goal="sales", metric=metric, pace=found,
        plan=HALF.curve.value, variance=0.01, source="20 orders", as_of="t", known_at="t",
    )  # fmt: skip


def test_a_target_says_how_far_it_is_and_what_is_needed():
    told = pace_json(row(pace(100, 20, HALF, 0.02, 10)), "USD")
    assert (told["pace"], told["verdict"], told["needed_a_day"]) == (0.4, "under", 8.0)
    assert told["plan"] == "linear over the days of the flight"
    assert told["why"].startswith("ana: 20 orders of 100, 50 planned by now, so 40% of plan (")
    assert told["why"].endswith("under; 8.0 a day are needed for 10.0 more days.")
    assert told["figure_id"].startswith("pace;as_of=t;campaign=spring;creator=ana;")


def test_chance_and_days_before_the_first_are_said():
    assert ", which chance explains" in why(row(pace(100, 49, HALF, 0.1, 10), None), "USD")
    before = why(row(pace(100, 0, Plan(0.0, Curve.LINEAR), 0.1, 10)), "USD")
    assert before == "ana: nothing is planned by now; 100 orders are wanted."
    assert why(row(pace(100, 120, HALF, 0.01, 10)), "USD").endswith(", over.")


def test_a_budget_says_how_long_it_lasts_and_by_how_much_it_is_over():
    told = pace_json(
        row(budget_pace(10_000, CostStates(8_000, 4_000), 20, 10), None, "budget"), "USD"
    )
    assert told["days_of_budget_left"] == 30.0
    assert told["why"] == (
        "40.00 USD of 100.00 USD are accrued, 80.00 USD bound; at a day's cost so far the rest "
        "lasts 30.0 days, the flight 10.0."
    )
    over = why(row(budget_pace(5_000, CostStates(8_000, 4_000, commission=500), 20, 10)), "USD")
    assert "85.00 USD bound (80.00 USD committed, 5.00 USD commission earned)" in over
    assert over.endswith("; that is 35.00 USD above the budget.")
    fresh = pace_json(row(budget_pace(5_000, CostStates(), 0, 10)), "USD")
    assert fresh["days_of_budget_left"] is None
    assert fresh["why"] == "0.00 USD of 50.00 USD are accrued, 0.00 USD bound."


def test_a_flight_that_is_over_is_spoken_of_as_over():
    end = Plan(1.0, Curve.LINEAR)
    told = pace_json(row(pace(100, 20, end, 0.01, 0), None), "USD")
    assert told["flight_over"]
    assert told["why"].startswith(
        "The campaign: its days are over; 20 orders of 100 were reached, 20% ("
    )
    assert told["why"].endswith(", under the target.")
    assert why(row(pace(100, 99, end, 0.1, 0)), "USD").endswith("), which chance explains.")
    spent = pace_json(row(budget_pace(10_000, CostStates(8_000, 4_000), 20, 0)), "USD")
    assert spent["days_of_budget_left"] is None
    assert spent["why"] == (
        "The flight is over: 40.00 USD of 100.00 USD were accrued, 80.00 USD bound."
    )
    above = why(row(budget_pace(5_000, CostStates(8_000, 4_000), 20, 0)), "USD")
    assert above.endswith("; that was 30.00 USD above the budget.")


def test_what_has_no_pace_has_a_reason():
    found = row(Withheld(Reason.NO_TARGET, "No target."))
    told = pace_json(found, "USD")
    assert (told["withheld"], told["why"], why(found, "USD")) == (
        "NO_TARGET", "No target.", "No target.",
    )  # fmt: skip


def test_the_table_has_one_line_per_row_with_money_as_text():
    rows = [
        row(pace(100, 20, HALF, 0.02, 10)),
        row(budget_pace(10_000, CostStates(8_000, 4_000), 20, 10), None, "budget"),
        row(Withheld(Reason.NO_TARGET, "No target.")),
    ]
    first, second, third = pace_table(rows, "USD").rows
    assert (first["pace"], first["budget"]) == (0.4, None)
    assert (second["budget"], second["days_of_budget_left"]) == ("100.00", 30.0)
    assert third["withheld"] == "NO_TARGET"
