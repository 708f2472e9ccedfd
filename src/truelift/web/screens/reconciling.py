"""Reconciling: what others report beside what we count, what the books say, and what is open.

In:   a desk and what was asked for.
Out:  the page of reconciliation, and its twins: one row per campaign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, a, li, p, ul

from truelift.reports.overview import booked, sums
from truelift.reports.reconciliation import reconciliation
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.figures import money, signed_money
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import report_path, twins
from truelift.web.screens.questioning import between

Json = Mapping[str, Any]


def reconcile(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Set platforms' figures, ours on both dates, and the books beside each other."""
    event, order = (
        desk.reading.roi(Asked("", {"basis": basis}), "campaign") for basis in ("event", "order")
    )
    head = event.data
    whole = reconciliation(event.rows, order.rows, head["currency"])
    table = arranged(whole, asked)
    if ending == "csv":
        return csv_answer(table, "reconciliation")
    if ending:
        return json_answer({**desk.head(), "rows": list(whole.rows)})
    body: list[Node] = [
        between("reconciliation", "reconciliation"),
        _books(desk, event.rows, head["currency"]),
        desk.grid(whole, table, asked, "Reported, counted and booked"),
        twins("/reconciliation", asked.given),
        desk.panel(
            "Exceptions", desk.reading.report(Asked("", {}), "exceptions"),
            ("exception", "what", "since", "age_days", "campaign", "creator", "currency",
             "amount"), more=a(href=report_path("exceptions"))["all exceptions, with reasons"],
        ),
        desk.panel(
            "Late adjustments", desk.reading.report(Asked("", {}), "late"),
            ("posted_in", "late_for", "rule", "campaign", "creator", "currency", "cost"),
            note="what came after its period was closed went to the first open one, marked",
            more=a(href=report_path("late"))["all of them"],
        ),
    ]  # fmt: skip
    return desk.page(head, "Reconciliation", "/reconciliation", body)


def _books(desk: Desk, rows: Sequence[Json], currency: str) -> Node:
    cost = desk.reading.report(Asked("", {}), "pnl").rows
    accrued = sums(rows)["accrued"].amount or 0
    found = booked(cost, desk.reading.periods().rows, accrued)
    tie = (
        f"Accrued cost {money(accrued, currency)} {currency} is accounts 6100 to 6180, to the cent."
        if not found.difference
        else f"Accrued cost and accounts 6100 to 6180 differ by "
        f"{signed_money(found.difference, currency)} {currency}."
    )
    against = f", with {found.blockers} checks against its close" if found.blockers else ""
    state = (
        f"{found.closed} periods are closed; {found.oldest} is the oldest open one ({found.state})"
        f"{against}."
        if found.oldest
        else f"{found.closed} periods are closed, none is open."
    )
    return [p(".verdict")[tie], ul[li[state, " ", a(href="/close")["To the close"]]]]


SCREENS: Screens = {"/reconciliation": (ARRANGING, reconcile)}
