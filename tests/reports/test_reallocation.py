"""The advice in the words of a buyer, and its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints
from truelift.decisions.reallocation import propose
from truelift.decisions.value_basis import Beside
from truelift.measurement.figure import LiftFigure
from truelift.measurement.shrinkage import Posterior
from truelift.reports.reallocation import (
    AdviceHeader,
    AdviceRow,
    _anyway,
    advice_json,
    advice_table,
    headline,
    why,
)

TRAP = Candidate("vera", 400_000.0, Posterior(0.05, 0.01), 100_000, 100_000, 1, 0, fee=500)
GOOD = Candidate("will", 600_000.0, Posterior(1.0, 0.01), 100_000, 99_000, 1, 0)
NONE = Withheld(Reason.NO_ORDER_BASELINE, "The creator's codes have no order history.")
LIFT = LiftFigure(
    metric="orders", log=0.05, low=-0.2, high=0.3, level=0.95, units=1.0, units_low=-4.0,
    units_high=6.0, expected=20.0, observed=21.0, limits="theory", grade=Grade.B,
)  # fmt: skip


def header_of(proposal, **given):
    told = {
        "name": "reallocation;campaign=spring", "campaign": "spring", "ends": dt.date(2026, 5, 31),
        "as_of": dt.datetime(2026, 5, 15), "known_at": dt.datetime(2026, 5, 15, 20),
        "currency": "USD", "metric": "orders", "budget": 500_000, "uncommitted": 0,
        "days_left": 16.0, "exponent": 0.7, "proposal": proposal,
        "value_basis": "won contribution",
    }  # fmt: skip
    return AdviceHeader(**told | given)


def rows_of(proposal, *, roi="1.28", point=-0.62, **given):
    moves = {} if isinstance(proposal, Withheld) else {m.candidate: m for m in proposal.moves}
    found = []
    for each in (TRAP, GOOD):
        named = next((m for c, m in moves.items() if c.creator == each.creator), None)
        told = {
            "creator": each.creator, "move": named, "why": "", "spent": each.spent,
            "price": each.price, "planned": each.planned, "firm": each.firm, "roi": Decimal(roi),
            "incremental_roi": Estimate(point, point - 1, point + 1), "lift": LIFT,
        }  # fmt: skip
        found.append(AdviceRow(**told | given))
    return found


def made(*creators, money=0, gap=0):
    return propose(creators, money, Constraints(), "USD", gap)


def test_the_headline_says_what_is_not_in_it():
    proposal = made(TRAP, GOOD)
    given = Beside(6000, "orders", "USD")
    told = headline(header_of(proposal, beside=given), rows_of(proposal))
    assert told.endswith(given.sentence)
    assert (
        advice_json(header_of(proposal, beside=given), rows_of(proposal))["beside"]["contribution"]
        == 6000
    )


def test_the_headline_says_what_to_do_why_and_how_sure_it_is():
    proposal = made(TRAP, GOOD)
    told = headline(header_of(proposal, uncommitted=-1_000), rows_of(proposal))
    assert told.startswith(
        "Cancel 1 of vera (1000.00 USD less 5.00 USD) and buy 1 of will (990.00 USD). The ROI of "
        "vera looks like +128%, but 84% to all of what vera tracks would come anyway (80 %); "
        "incremental ROI may be below or above 0 (-162% to +38%, 95 %). Expected gain by won "
        "contribution "
    )
    assert "until 2026-05-31, give or take " in told
    assert told.endswith("over its budget, commission to come included; only what can be cancelled "
                         "moves.")  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "end"),
    [(40_000, "closes 400.00 USD of that first."),
     (150_000, "closes 1500.00 USD of that first, and 505.00 USD of it stay open.")],
)  # fmt: skip
def test_the_headline_says_that_money_that_is_freed_closes_the_gap_first(gap, end):
    proposal = made(TRAP, GOOD, gap=gap)
    header = header_of(proposal, uncommitted=-gap, gap=gap)
    assert headline(header, rows_of(proposal)).endswith(f"included; money that is freed {end}")
    assert advice_json(header, rows_of(proposal))["gap"] == gap


def test_a_move_that_is_not_known_well_enough_says_leave_it():
    proposal = replace(made(TRAP, GOOD), spread=1e9)
    told = headline(header_of(proposal), rows_of(proposal))
    assert told.startswith(
        "Leave the money where it is. The best move would be to cancel 1 of vera"
    )
    assert "chance of regret 50 %" in told


def test_where_nothing_moves_or_is_advised_it_says_so():
    still = made(GOOD, replace(GOOD, creator="vera"))
    assert headline(header_of(still), rows_of(still)).startswith("Leave everything as it is")
    assert headline(header_of(NONE), rows_of(NONE)) == NONE.detail
    told = advice_json(header_of(NONE, budget=None, uncommitted=None), rows_of(NONE))
    assert told["proposal"]["withheld"] == "NO_ORDER_BASELINE"
    assert told["rows"][0]["value_before"] is None


def test_where_no_money_is_free_for_what_would_pay_it_names_what_keeps_it():
    asked = Constraints(floors={"vera": 200_000})
    still = propose([TRAP, GOOD], 0, asked, "USD")
    told = headline(header_of(still, asked=asked, uncommitted=-150_000), rows_of(still))
    assert told.startswith(
        "Leave everything as it is: no money is free. The next 1.00 of will would bring "
    )
    assert (
        "one more costs 990.00 USD, but the floor of vera keeps 1000.00 USD that could be "
        "cancelled and the budget has nothing left. Lower the floor of vera or raise the budget "
        "to 7490.00 USD with `--budget`. spring is on its way to 1500.00 USD over" in told
    )
    firm = propose([replace(TRAP, firm=1), GOOD], 500, Constraints(), "USD")
    told = headline(header_of(firm, uncommitted=500), rows_of(firm))
    assert (
        "but cancelling what can be cancelled would not pay for it and the budget has 5.00 USD "
        "left. Raise the budget to 5985.00 USD with `--budget`." in told
    )
    asked = Constraints(explore=0.4)
    kept = propose([TRAP, GOOD], 0, asked, "USD")
    told = headline(header_of(kept, asked=asked, budget=None, uncommitted=None), rows_of(kept))
    assert "--explore keeps 40% of all money with everybody and the budget has nothing" in told
    assert told.endswith("Lower --explore or name a budget with `--budget`.")


def test_every_creator_gets_a_sentence():
    proposal = made(TRAP, GOOD)
    vera, will = (why(header_of(proposal), row) for row in rows_of(proposal))
    assert "1 to come cost 1000.00 USD and would bring" in vera
    assert "Keep them if the true lift is above +406% (believed -8% to +20%, 80 %)." in vera
    assert will.startswith("1 more cost 990.00 USD and bring ")
    assert "Not worth it if the true lift is below +" in will
    still = made(GOOD, replace(GOOD, creator="vera", planned=0))
    planned, nothing = (
        AdviceRow(c.creator, m, "", c.spent, c.price, c.planned, 0, Decimal(1), NONE, LIFT)
        for c, m in ((m.candidate, m) for m in still.moves)
    )
    assert "one more costs 990.00 USD" in why(header_of(still), planned)
    assert why(header_of(still), nothing).startswith("Nothing is left to cancel")
    pinned = replace(planned, move=None, why="its lift is not measured.")
    assert why(header_of(still), pinned) == "Stays as it is: its lift is not measured."


def test_a_return_is_a_number_only_where_its_limits_are_of_one_sign():
    sure = Estimate(-0.62, -0.9, -0.3)
    proposal = made(replace(TRAP, lift=Posterior(0.3, 0.01)), GOOD)
    (vera, _) = rows_of(proposal, incremental_roi=sure)
    told = why(header_of(proposal), replace(vera, move=proposal.moves[0]))
    assert "but 65% to 84% of what vera tracks would come anyway (80 %); " in told
    assert "incremental ROI is -62% (-90% to -30%, 95 %)." in told
    lost = replace(TRAP, lift=Posterior(-0.5, 0.01))
    assert _anyway(lost) == "all that vera tracks would come anyway"


def test_what_counts_by_approved_values_stands_beside_the_valued_return():
    proposal = made(TRAP, GOOD)
    (vera, _) = rows_of(proposal, valued_roi=Estimate(-0.7, -0.9, -0.5))
    told = why(header_of(proposal, valued=True), vera)
    assert told.startswith("84% to all of what vera tracks would come anyway (80 %); valued ROI is")
    assert "looks like" not in told
    assert advice_json(header_of(proposal), [vera])["rows"][0]["valued_roi_low"] == -0.9


def test_what_is_not_known_is_left_out_of_the_sentence():
    proposal = made(TRAP, GOOD)
    (vera, _) = rows_of(proposal, roi="-0.1", point=-0.4)
    assert why(header_of(proposal), vera).startswith(
        "84% to all of what vera tracks would come anyway"
    )
    (vera, will) = rows_of(proposal, roi="1", lift=NONE, incremental_roi=NONE)
    assert why(header_of(proposal), vera).startswith("1 to come cost")
    (move,) = (m for m in proposal.moves if m.change < 0)
    never = replace(vera, move=replace(move, turning=None))
    assert why(header_of(proposal), never).endswith("bring less than it does elsewhere.")
    free = replace(will, move=replace(will.move, turning=None))
    assert why(header_of(proposal), free).endswith("for each 1.00.")


def test_rows_are_minor_units_in_json_and_amounts_in_the_table():
    proposal = made(TRAP, GOOD)
    header, rows = header_of(proposal, version=3), rows_of(proposal)
    told = advice_json(header, rows)
    assert told["budget_version"] == 3
    assert told["proposal"]["gain"] == round(proposal.gain)
    assert told["proposal"]["gain_at_exponents"].keys() == {"0.5", "0.9"}
    assert "^0.7" in told["proposal"]["formula"]
    vera = told["rows"][0]
    assert (vera["change"], vera["amount_before"], vera["amount_after"]) == (
        -100_000, 200_000, 100_000,
    )  # fmt: skip
    assert (vera["lift"], vera["believed_lift"], vera["roi"]) == (0.05, 0.05, 1.28)
    table = advice_table(header, rows)
    assert [row["creator"] for row in table.rows] == ["vera", "will"]
    assert table.rows[0]["change"] == "-1000.00"
    assert "to_come" in table.names
    blank = advice_json(header, rows_of(proposal, lift=NONE, roi="1", incremental_roi=NONE))
    assert blank["rows"][0]["lift"] is None
    unknown = [replace(row, roi=NONE, move=None) for row in rows]
    header = header_of(NONE)
    assert advice_json(header, unknown)["rows"][0]["roi"] is None
    assert advice_table(header, unknown).rows[0]["value_change"] is None


@pytest.mark.parametrize("money", [200_000])
def test_only_buying_needs_nobody_to_lose(money):
    proposal = made(replace(TRAP, planned=0), GOOD, money=money)
    told = headline(header_of(proposal, uncommitted=money), rows_of(proposal))
    assert told.startswith("Buy 2 of will (1980.00 USD). Expected gain")
    only = made(TRAP, replace(GOOD, may_grow=False))
    told = headline(header_of(only), rows_of(only))
    assert told.startswith("Cancel 1 of vera (1000.00 USD less 5.00 USD). The ROI")
