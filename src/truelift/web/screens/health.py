"""Health: whether figures are fresh and whole: sources, what was refused, what nobody owns.

In:   a desk and what was asked for.
Out:  the page of data health, and its twins: one row per source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from htpy import Node, a, dd, div, dl, dt

from truelift.web.answers import csv_answer, twin
from truelift.web.asked import Asked
from truelift.web.desk import Answer, Desk, Screens
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import twins
from truelift.web.screens.questioning import between

Json = Mapping[str, Any]

COLUMNS = ("kind", "source", "newest", "recorded_at", "last", "fresh_rows")


def health(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show when each source was heard of, and how much was refused or is nobody's."""
    result = desk.reading.ask("freshness")
    table = arranged(result.table, asked, COLUMNS)
    if ending:
        return csv_answer(table, "health") if ending == "csv" else twin(result, ending, "health")
    body: list[Node] = [
        between("data", "health"),
        _tiles(desk),
        desk.grid(result.table, table, asked, "Sources"),
        twins("/health", asked.given),
        desk.panel(
            "Checks of this server", desk.reading.ask("doctor"),
            ("name", "check", "state", "verdict", "sentence", "what_to_do"),
            more=a(href="/checks")["all checks"],
        ),
    ]  # fmt: skip
    return desk.page(desk.head(), "Data health", "/health", body)


def _tiles(desk: Desk) -> Node:
    refused = desk.reading.list("quarantine").rows
    reasons = Counter(row["reason"] for row in refused)
    most = ", ".join(f"{count:,} {name.lower().replace('_', ' ')}"
                     for name, count in reasons.most_common(3))  # fmt: skip
    attributed = desk.reading.ask("attribute").data
    share = attributed.get("observable_path_share")
    told: list[tuple[str, Node, Node]] = [
        ("Refused rows", a(href="/quarantine")[f"{len(refused):,}"], most or "none"),
        ("Touched by any evidence", "\u2013" if share is None else f"{share:.0%}",
         "of orders and leads; the rest is nobody's"),
        ("Code and link conflicts", a(href="/conflicts")[f"{attributed['conflicts']:,}"],
         "the first code wins"),
    ]  # fmt: skip
    return dl(".tiles", aria_label="Completeness")[
        (div[dt[name], dd[value], dd(".moved")[note]] for name, value, note in told)
    ]


SCREENS: Screens = {"/health": (ARRANGING, health)}
