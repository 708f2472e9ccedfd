"""Spending: what is committed, accrued, invoiced and paid, what is left, and what may still go.

In:   a desk and what was asked for.
Out:  the page of spend and commitments, and its twins: one row per campaign with its budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htpy import Node, a, dd, div, dl, dt, p

from truelift.reports.overview import cancellable, sums
from truelift.web.answers import csv_answer, twin
from truelift.web.asked import Asked, address
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.figures import money
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import filters, report_path, twins

Json = Mapping[str, Any]

STATES = {
    "committed": "fixed prices signed, less what was released",
    "accrued": "earned by what is live; ties to the books",
    "invoiced": "asked for by invoice",
    "paid": "left the bank",
}
BUDGET = ("campaign", "currency", "budget", "committed", "commission", "accrued", "invoiced",
          "paid", "remaining", "variance")  # fmt: skip


def spend(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show budgets with the four states of cost, and the reports behind them."""
    given = Asked("", asked.only(("campaign",)))
    result = desk.reading.report(given, "budget")
    table = arranged(result.table, asked, BUDGET)
    if ending:
        return csv_answer(table, "spend") if ending == "csv" else twin(result, ending, "spend")
    head = desk.reading.roi(Asked("", {}), "campaign").data
    chosen = asked.only(("campaign",))
    body: list[Node] = [
        _tiles(desk, asked, head["currency"]),
        filters("/spend", asked, ("campaign",), desk.reading.campaigns()),
        desk.grid(result.table, table, asked, "Budgets and the four states of cost"),
        twins("/spend", asked.given),
        _can_go(desk, given),
        desk.panel(
            "Accrued and not invoiced", desk.reading.report(given, "accruals"),
            ("account", "agreement", "creator", "currency", "opening", "accrued", "invoiced",
             "closing"), keep=lambda row: _is_open(row["closing"]), more=_all("accruals", chosen),
        ),
        desk.panel(
            "Paid ahead", desk.reading.report(given, "prepaid"),
            ("account", "agreement", "creator", "currency", "paid_ahead", "expensed", "closing"),
            more=_all("prepaid", chosen),
        ),
        desk.panel(
            "Commission", desk.reading.report(given, "commission"),
            ("creator", "agreement", "rate", "orders", "currency", "earned", "reversed", "paid",
             "open"), keep=lambda row: _is_open(row["open"]), more=_all("commission", chosen),
        ),
        desk.panel(
            "Owed, by age", desk.reading.report(given, "ageing"),
            ("account", "creator", "campaign", "since", "currency", "open", "days_0_30",
             "days_31_60", "days_61_90", "days_over_90"), more=_all("ageing", chosen),
        ),
    ]  # fmt: skip
    return desk.page({**desk.head(), **result.data}, "Spend and commitments", "/spend", body)


def _is_open(amount: str | None) -> bool:
    """Say whether anything is left of an amount in decimal text."""
    return bool(amount and amount.strip("-0."))


def _all(name: str, chosen: Mapping[str, str]) -> Node:
    return a(href=address(report_path(name), chosen))["the whole report"]


def _tiles(desk: Desk, asked: Asked, currency: str) -> Node:
    """Show what is bound, earned, invoiced and paid; four states, never one word for all."""
    given = Asked("/", asked.only(("campaign",)))
    found = sums(desk.reading.roi(given, "campaign").rows)
    return dl(".tiles", aria_label="Cost by state")[
        (
            div[dt[f"{state.capitalize()}, {currency}"], dd[money(found[state].amount, currency)],
                dd(".moved")[words]]
            for state, words in STATES.items()
        )
    ]  # fmt: skip


def _can_go(desk: Desk, given: Asked) -> Node:
    """Show every commitment, and first what cancelling today would save."""
    result = desk.reading.report(given, "commitments")
    found = cancellable(result.rows)
    said = "Nothing can be cancelled any more."
    if found.amounts:
        amounts = " and ".join(
            f"{money(each, name)} {name}" for name, each in found.amounts.items()
        )
        soonest = found.rows[0]
        until = soonest["cancellable_until"]
        said = f"{amounts} can still be saved by cancelling today, after fees"
        said += f"; the first last day is {until} ({soonest['creator']})." if until else "."
    return [
        p(".said")[said],
        desk.panel(
            "Commitments", result,
            ("agreement", "creator", "campaign", "state", "cancellable_until", "currency",
             "fixed_price", "used", "released", "open", "cancellable"),
            more=_all("commitments", given.given),
        ),
    ]  # fmt: skip


SCREENS: Screens = {"/spend": (("campaign", *ARRANGING), spend)}
