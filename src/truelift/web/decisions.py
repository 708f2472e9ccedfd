"""Decisions: the pages that say what to do next, each a question to the workspace.

In:   the question of a page and the parameters it takes.
Out:  what the workspace answers, with the columns a page begins with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truelift.web.door import Result, Workspace

Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A page of decisions.

    note: what it is for, in a sentence. fields: the parameters it takes. columns: those that are
    shown first. ask: asks the workspace. needs: a field without which there is nothing to ask.
    """

    title: str
    note: str
    fields: Sequence[str]
    columns: Sequence[str]
    ask: Callable[[Workspace, Given], Result]
    needs: str = ""


def _of(name: str) -> Callable[[Workspace, Given], Result]:
    """Ask a method of the workspace by the parameters as they are."""

    def ask(workspace: Workspace, given: Given) -> Result:
        told: Any = getattr(workspace, name)
        found: Result = told(**given)
        return found

    return ask


def _campaigns(name: str) -> Callable[[Workspace, Given], Result]:
    """Ask a method that takes its campaign by place."""

    def ask(workspace: Workspace, given: Given) -> Result:
        others = {key: value for key, value in given.items() if key != "campaign"}
        told: Any = getattr(workspace, name)
        found: Result = told(given["campaign"], **others)
        return found

    return ask


def _alerts(workspace: Workspace, given: Given) -> Result:
    others = {key: value for key, value in given.items() if key != "state"}
    told: Any = workspace
    found: Result = told.alerts(open_only=given.get("state", "open") == "open", **others)
    return found


TIMES = ("as_of", "known_at")

QUESTIONS: Mapping[str, Question] = {
    "pacing": Question(
        "Pacing",
        "How far campaigns and creators are against their targets and budgets.",
        ("campaign", *TIMES),
        ("campaign", "creator", "metric", "target", "reached", "pace", "verdict", "why"),
        _of("pacing"),
    ),
    "forecast": Question(
        "Forecast",
        "What each campaign will have brought by its end: in 8 of 10 cases between P10 and P90.",
        ("campaign", "metric", *TIMES),
        (
            "campaign", "creator", "metric", "so_far", "incremental_p10", "incremental_p50",
            "incremental_p90", "roi_p10", "roi_p50", "roi_p90", "why",
        ),
        _of("forecast"),
    ),
    "reallocation": Question(
        "Reallocation",
        "Where the money that can still move brings most, and whether moving it pays.",
        ("campaign", "budget", *TIMES),
        (),
        _campaigns("reallocation"),
        "campaign",
    ),
    "fees": Question(
        "Highest fees",
        "What a next fee may cost at most to pay back, at 50 and at 80 % confidence.",
        ("campaign", *TIMES),
        (),
        _campaigns("fees"),
        "campaign",
    ),
    "alerts": Question(
        "Alerts",
        "What asks for somebody, why, and what to do.",
        ("state", *TIMES),
        ("rule", "since", "owner", "why", "action", "id"),
        _alerts,
    ),
    "leaks": Question(
        "Leaks",
        "Codes whose orders look leaked, and the return without those orders.",
        ("campaign", "creator", "code", *TIMES),
        (
            "campaign", "creator", "code", "orders", "leaked", "roi", "leak_adjusted_roi", "held",
            "why",
        ),
        _of("leaks"),
    ),
    "shortlist": Question(
        "Shortlist",
        "With whom the next unit of money should bring most, best first.",
        ("platform", "category", "country", "followers", "price", "search", "compare", *TIMES),
        (
            "rank", "creator", "platform", "category", "followers", "price", "expected_return",
            "low", "high", "evidence", "grade", "engagement_rate", "why",
        ),
        _of("shortlist"),
    ),
    "scorecard": Question(
        "Scorecard",
        "Every interval, forecast and piece of advice of the past beside what is known now.",
        ("campaign", "known_at"),
        (),
        _of("scorecard"),
    ),
}  # fmt: skip
