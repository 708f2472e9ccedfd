"""Unfilled: what an answer without rows says in their place, with the one step that fills it.

In:   which question it is, and the first kind of rows it stands on of which none is known.
Out:  a table with that sentence; rows stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from truelift.reports.table import Table


@dataclass(frozen=True, slots=True)
class Question:
    """What a question stands on, and what it says when all of that is there.

    needs: kinds of rows in the order in which they are brought in.
    """

    needs: tuple[str, ...]
    otherwise: str


IMPORTED = "campaigns", "agreements", "orders"

QUESTIONS: dict[str, Question] = {
    "alerts": Question(IMPORTED, "No alert stands: nothing that is known asks for anybody."),
    "told": Question(
        IMPORTED, "There was nothing new to tell; `truelift alerts` lists what stands."
    ),
    "channels": Question(
        (), "Alerts stand in the feed only; `truelift alerts channels add` adds a channel."
    ),
    "link checks": Question(
        ("links",), "No link is in force at this time; `truelift link make` makes some."
    ),
    "leaks": Question(
        ("codes", "orders"),
        "No order by a code fits what was asked; leave filters out, or ask for a later day.",
    ),
    "clicks": Question(
        ("links", "clicks"), "No clicks are questioned; `truelift clicks` lists all of them."
    ),
    "unowned codes": Question(
        ("orders",), "Every code that an order carries is somebody's, or of the whole site."
    ),
    "held": Question(
        ("codes", "orders"),
        "Nothing is held; `truelift leaks hold` holds what a code or an order earned.",
    ),
    "shortlist": Question(
        ("creators",), "No creator fits what was asked; leave filters out, or ask for a later day."
    ),
    "pacing": Question(("campaigns", "targets"), "No campaign fits what was asked."),
    "forecast": Question(("campaigns",), "No campaign fits what was asked."),
    "reallocation": Question(
        ("campaigns", "agreements", "deliverables"),
        "Nobody takes part whom money could be moved to or from.",
    ),
    "budget versions": Question(
        ("campaigns",),
        "No proposal is accepted yet; `truelift reallocate` makes one and `truelift reallocate "
        "accept` accepts it.",
    ),
    "scorecard": Question(
        ("campaigns", "agreements", "orders"),
        "Nothing was said yet that can be scored; ask again once a campaign ran for some weeks.",
    ),
    "fees": Question(
        ("campaigns", "agreements"),
        "No creator of this campaign can be priced; import its agreements.",
    ),
}
"""By the question: what it stands on."""


def in_place(table: Table, question: str, missing: str | None) -> Table:
    """Give a table without rows the sentence that stands in their place."""
    return table if table.rows else replace(table, instead=sentence(question, missing))


def not_yet(missing: str, at: str) -> str:
    """Say that nothing of a kind was known by the time that was asked for."""
    return f"No {missing} were known by {at}; ask for a later `--known-at`, or leave it out."


def sentence(question: str, missing: str | None) -> str:
    """Say what fills an answer: the first kind that is missing, else what the question says."""
    if missing is None:
        return QUESTIONS[question].otherwise
    return (
        f"No {missing} are known yet, and this stands on them; bring them in with "
        f"`truelift import {missing}.csv` (columns: docs/kinds.md)."
    )
