"""The figures of a close: what each rule booked, counted once."""

from __future__ import annotations

from truelift.base.time import Period
from truelift.operations.close import days_of
from truelift.operations.close_figures import accruals_by_rule, sections
from truelift.operations.knowledge import knowledge
from truelift.store import journal


def test_rules_are_counted_with_the_cost_they_booked(season):
    with season.ground.workspace.transaction() as connection:
        entries = journal.entries(connection, season.ground.brand.brand, Period(2026, 5))
    rows = accruals_by_rule(entries)
    assert sum(row["entries"] for row in rows) == len(entries)
    cost = sum(
        posting.base_minor
        for entry in entries
        for posting in entry.postings
        if "6100" <= posting.account <= "6180"
    )
    assert sum(row["cost_minor"] for row in rows) == cost != 0


def test_balances_of_a_section_end_in_a_total_of_zero(season):
    may = Period(2026, 5)
    figures = sections(knowledge(season.ground), may, days_of(season.ground, may))
    shown = {item["title"]: item["rows"] for item in figures}
    assert shown["Trial balance"][-1][-1] == shown["Movements"][-1][-1] == "0.00"
    rolled = shown["Roll-forward"]
    assert all(
        round(float(opening) + float(debits) + float(credit) - float(closing), 2) == 0
        for _, _, opening, debits, credit, closing in rolled
    )
