"""Campaigns: goal, flight, budget, targets, participants, and calendar events.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign with one goal, a flight and a currency."""

    campaign: str = column(ColumnType.NAME, "stable id", key=True, required=True)
    name: str | None = column(ColumnType.TEXT, "display name")
    goal: str = column(
        ColumnType.CHOICE,
        "the one goal",
        required=True,
        choices=(
            "awareness",
            "leads",
            "sales",
        ),
    )
    starts: dt.date = column(ColumnType.DATE, "first day of the flight", required=True)
    ends: dt.date = column(ColumnType.DATE, "last day of the flight", required=True)
    budget: int | None = column(ColumnType.MONEY, "planned cost")
    currency: str = column(ColumnType.CURRENCY, "of the budget", required=True)
    hashtags: str | None = column(ColumnType.LIST, "a;b, without #")
    entity: str | None = column(ColumnType.TEXT, "legal entity")
    cost_centre: str | None = column(ColumnType.TEXT, "cost centre in the books")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a campaign or creator is meant to reach in one metric."""

    campaign: str = column(ColumnType.NAME, "campaign", key=True, required=True)
    creator: str | None = column(ColumnType.NAME, "creator, empty for the whole campaign", key=True)
    metric: str = column(ColumnType.NAME, "metric of the catalogue", key=True, required=True)
    target: str = column(ColumnType.DECIMAL, "how many", required=True)
    by: dt.date | None = column(ColumnType.DATE, "until when")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A creator's part in a campaign: treated, control or excluded."""

    campaign: str = column(ColumnType.NAME, "campaign", key=True, required=True)
    creator: str = column(ColumnType.NAME, "creator", key=True, required=True)
    arm: str = column(
        ColumnType.CHOICE,
        "part",
        required=True,
        choices=(
            "treated",
            "control",
            "excluded",
        ),
    )
    from_: dt.date | None = column(ColumnType.DATE, "first day")
    to: dt.date | None = column(ColumnType.DATE, "last day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A test that says how much of an outcome a campaign really caused."""

    experiment: str = column(ColumnType.NAME, "stable id", key=True, required=True)
    campaign: str = column(ColumnType.NAME, "campaign tested", required=True)
    design: str = column(
        ColumnType.CHOICE,
        "how it was randomised",
        required=True,
        choices=(
            "geo",
            "switchback",
            "holdout",
            "user",
        ),
    )
    outcome: str = column(ColumnType.NAME, "metric tested", required=True)
    factor: int = column(
        ColumnType.RATE,
        "incremental share of the tracked outcome; may exceed 1 or lie below 0",
        required=True,
        signed=True,
    )
    low: int | None = column(ColumnType.RATE, "lower limit", signed=True)
    high: int | None = column(ColumnType.RATE, "upper limit", signed=True)
    level: int | None = column(ColumnType.RATE, "confidence level of the limits, 0.95 by default")
    from_: dt.date | None = column(ColumnType.DATE, "first day")
    to: dt.date | None = column(ColumnType.DATE, "last day")
    document: str | None = column(ColumnType.TEXT, "where it is written down")


METRIC_BREAK = "metric_break"
"""The kind of event by which a platform counts a metric differently from then on."""

BREAKABLE = (
    "engagement", "views", "reach", "impressions", "likes", "comments", "shares", "saves",
    "follows",
)  # fmt: skip
"""The metrics that can break: those that grow with a post's age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """Something in the calendar that moves results without any creator, or breaks a metric."""

    event: str = column(ColumnType.NAME, "stable id", key=True, required=True)
    starts: dt.datetime = column(ColumnType.INSTANT, "since", key=True, required=True)
    ends: dt.datetime | None = column(ColumnType.INSTANT, "until", closes=True)
    kind: str | None = column(
        ColumnType.CHOICE,
        "what",
        choices=(
            "promotion",
            "stock_out",
            "launch",
            "outage",
            METRIC_BREAK,
        ),
    )
    scope: str | None = column(
        ColumnType.TEXT, "what it touches; of a metric_break platform:metric, as instagram:views"
    )


KINDS = (
    kind_of(Campaign, "campaigns", Plane.WORKSPACE),
    kind_of(Target, "targets", Plane.WORKSPACE),
    kind_of(Participant, "participants", Plane.WORKSPACE),
    kind_of(Experiment, "experiments", Plane.WORKSPACE),
    kind_of(CalendarEvent, "events", Plane.WORKSPACE),
)
