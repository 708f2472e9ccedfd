"""Roll-forwards: opening plus steps is closing; what nothing explains is a residual."""

from __future__ import annotations

from truelift.ledger.movement import Holder, Movement, Span
from truelift.reports.roll_forward import accruals, prepayments

ANA = Holder("2100", "A", "ana")
AHEAD = Holder("1400", "A", "ana")


def move(holder, rule, base, *, before=False, kind="any", **more):
    return Movement(*holder, before=before, rule=rule, kind=kind, base_minor=base, **more)


def values(statement, *names):
    return [tuple(row[name] for name in names) for row in (*statement.rows, *statement.totals)]


def test_accruals_are_shown_as_owed_and_roll_to_the_closing_balance():
    moves = [
        move(ANA, "R03", -500, before=True),
        move(ANA, "R13", 100, before=True),
        move(ANA, "R03", -300),
        move(ANA, "R13", 350, released_minor=20),
        move(ANA, "R07", 30),
        move(ANA, "R17", -4),
    ]
    found = accruals(moves, {ANA: -324}, Span("2026-06", "2026-06"), "USD")
    names = ("opening", "accrued", "invoiced", "reversed", "exchange", "other", "closing")
    assert values(found, *names, "residual") == [(400, 300, 330, 50, 4, 0, 324, 0)] * 2
    assert found.title == "Accruals, 2026-06"


def test_a_balance_that_no_movement_explains_is_a_residual():
    found = accruals([], {ANA: -5}, Span(), "USD")
    assert values(found, "closing", "residual") == [(5, 5), (5, 5)]


def test_prepayments_are_assets_and_an_even_holder_without_steps_is_left_out():
    other = Holder("1400", None, None)
    moves = [move(AHEAD, "R02", 200), move(AHEAD, "R14", 50), move(AHEAD, "R03", -80)]
    found = prepayments(moves, {AHEAD: 170, other: 0}, Span(), "USD")
    names = ("opening", "paid_ahead", "invoiced_ahead", "expensed", "closing", "residual")
    assert values(found, *names) == [(0, 200, 50, 80, 170, 0)] * 2


def test_documents_without_agreement_or_creator_come_last():
    alone = Holder("2100", None, None)
    moves = [move(alone, "R12", -5), move(ANA, "R03", -5)]
    found = accruals(moves, {alone: -5, ANA: -5}, Span(), "USD")
    assert [row["agreement"] for row in found.rows] == ["A", None]
