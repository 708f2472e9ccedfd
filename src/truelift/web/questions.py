"""Questions: the pages that are one question to the workspace each.

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
    """A page that is one question.

    note: what it is for, in a sentence. fields: the parameters it takes. columns: those that are
    shown first. ask: asks the workspace. needs: a field without which there is nothing to ask.
    group: the questions it stands beside. long: it takes so long that a page does not wait for it.
    """

    title: str
    note: str
    fields: Sequence[str]
    columns: Sequence[str]
    ask: Callable[[Workspace, Given], Result]
    needs: str = ""
    group: str = "decisions"
    long: bool = False


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


def _models(workspace: Workspace, given: Given) -> Result:
    others = {key: value for key, value in given.items() if key != "models"}
    told: Any = workspace
    found: Result = told.models(every=given.get("models") == "all", **others)
    return found


def _rates(workspace: Workspace, given: Given) -> Result:
    told: Any = workspace
    found: Result = told.engagement_rate(**given)
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
        long=True,
    ),
    "attribution": Question(
        "Attribution",
        "Who gets the net revenue, under one model beside the other; every column has the same "
        "sum, and none of them is lift.",
        ("models", *TIMES),
        (),
        _models,
        group="attribution",
    ),
    "conflicts": Question(
        "Code and link conflicts",
        "Orders and leads whose code names one creator while a click or a second code names "
        "another; the first code wins.",
        TIMES,
        (
            "conversion_id", "day", "creator", "reference", "other_creator", "other_evidence",
            "other_reference", "other_touched_at",
        ),
        _of("conflicts"),
        group="attribution",
    ),
    "experiments": Question(
        "Experiments",
        "Tests that say how much of what is tracked is extra: they turn tracked into incremental.",
        (),
        (),
        lambda workspace, _given: workspace.list("experiments"),
        group="attribution",
    ),
    "content": Question(
        "Content",
        "Our sponsored posts with their newest reading; what was never read stays empty.",
        ("campaign", "creator", *TIMES),
        (
            "campaign", "creator", "platform", "post_id", "format", "published_at", "views",
            "reach", "engagement", "disclosed", "boosted", "usage_until",
        ),
        _of("content"),
        group="content",
    ),
    "engagement-rates": Question(
        "Engagement rates",
        "Every rate with the formula it was calculated by, beside the creator's peers.",
        ("creator", "platform"),
        ("creator", "platform", "format", "formula", "rate", "posts", "followers", "peers_p50",
         "place", "why"),
        _rates,
        group="content",
    ),
    "dates": Question(
        "Event dates and order dates",
        "Net revenue by month: a refund and a won lead on their own day, as the books have them, "
        "and on the day of their order or lead. Over all time both reach one total.",
        ("campaign", *TIMES),
        (),
        _of("both_dates"),
        group="reconciliation",
    ),
    "counted-later": Question(
        "Counted in another month",
        "Why the two date bases differ: each of these refunds and won leads is in another month "
        "than its order, or than the lead came.",
        TIMES,
        ("what", "day", "order_day", "source", "id", "amount", "currency"),
        _of("counted_later"),
        group="reconciliation",
    ),
    "payables": Question(
        "Payables",
        "Invoices that may be paid: matched or accepted, and not disputed.",
        ("known_at",),
        (),
        _of("payables"),
        group="reconciliation",
    ),
    "exports": Question(
        "Journal exports",
        "Batches for other programs, as they were made.",
        (),
        (),
        _of("export_batches"),
        group="reconciliation",
    ),
    "freshness": Question(
        "Freshness",
        "When each source was heard of last.",
        (),
        ("kind", "source", "newest", "recorded_at", "last", "fresh_rows"),
        _of("freshness"),
        group="data",
    ),
    "checks": Question(
        "Checks",
        "Files, rights, disk, spool, clock and time zone of this server.",
        (),
        (),
        _of("doctor"),
        group="data",
    ),
}  # fmt: skip
"""The pages that are one question each, by the name in their address."""

FIRST = {
    "decisions": "/alerts", "attribution": "/attribution", "content": "/content",
    "reconciliation": "/reconciliation", "data": "/health",
}  # fmt: skip
"""The page that the frame's link to a group leads to."""
