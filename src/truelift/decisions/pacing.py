"""Pacing: how far a campaign is against its targets and its budget, and whether that is chance.

In:   a target, what was reached, the plan's days, how noisy one unit is.
Out:  planned share by now, pace with an interval, under, over or on plan, days of budget left.

    pace = reached / (target x planned share),   log pace +- z sqrt(variance)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ageing import AgeingCurve
from truelift.valuation.cost_states import CostStates

LEVEL = 0.8
_Z = 1.2815515655446004
CONTINUITY = 0.5
POST_VARIANCE = 0.82**2
"""Between posts of one creator, log units squared (median of Instagram accounts, science.md 0)."""


class Verdict(StrEnum):
    """Where a campaign stands against its plan."""

    UNDER = "under"
    ON_PLAN = "on plan"
    OVER = "over"
    BEFORE = "not begun"


class Curve(StrEnum):
    """How the plan is spread over the flight."""

    LINEAR = "linear over the days of the flight"
    BEGINNINGS = "evenly from the day each creator's first deliverable is live or due"
    DELIVERABLES = "by the days on which deliverables are live or due"


@dataclass(frozen=True, slots=True)
class Plan:
    """The part of a target that is to be reached by now, 0 to 1, and how that was spread."""

    share: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Pace:
    """How far something is.

    needed: a day from now on to reach the target, inf when no day is left. ratio: reached over
    planned, with its interval at LEVEL. projected: reached over the planned share.
    """

    target: float
    reached: float
    planned: float
    ratio: float
    low: float
    high: float
    verdict: Verdict
    days_left: float
    needed: float
    projected: float


def linear_plan(days_gone: float, days: float) -> Plan:
    """Spread a target evenly over the days of a flight."""
    share = min(max(days_gone / days, 0.0), 1.0) if days > 0 else 1.0
    return Plan(share, Curve.LINEAR)


def counted_plan(first_days: Sequence[float], days_gone: float, days: float) -> Plan:
    """Spread orders, leads or clicks: each creator brings as much a day, once it has begun.

    first_days: days after the flight's start on which each creator begins. Linear where nobody
    begins before its end.
    """
    inside = [max(due, 0.0) for due in first_days if due < days]
    if not inside:
        return linear_plan(days_gone, days)
    whole = sum(days - due for due in inside)
    done = sum(min(max(days_gone - due, 0.0), days - due) for due in inside)
    return Plan(done / whole, Curve.BEGINNINGS)


def posted_plan(
    due_days: Sequence[float], days_gone: float, days: float, curve: AgeingCurve
) -> Plan:
    """Spread counts of posts: each deliverable grows with its age from the day it is due."""
    inside = [max(due, 0.0) for due in due_days if due < days]
    if not inside:
        return linear_plan(days_gone, days)
    whole = sum(_grown(days - due, curve) for due in inside)
    done = sum(_grown(min(days_gone, days) - due, curve) for due in inside if due < days_gone)
    return Plan(min(done / whole, 1.0), Curve.DELIVERABLES)


def _grown(age_days: float, curve: AgeingCurve) -> float:
    """Give the part of its mature count that a post has reached; younger than an hour as then."""
    hours = max(age_days * 24, curve.hours[0])
    return math.exp(float(curve.log_fraction(np.array([hours]))[0]))


def count_variance(reached: float, dispersion: float) -> float:
    """Give the variance of the log of a count."""
    return dispersion / (reached + CONTINUITY)


def posts_variance(posts: int) -> float:
    """Give the variance of the log of a sum over posts."""
    return POST_VARIANCE / max(posts, 1)


def pace(
    target: float, reached: float, plan: Plan, variance: float, days_left: float
) -> Pace | Withheld:
    """Set what was reached beside the plan.

    under and over are said where the whole interval is; else it cannot be told from chance.
    """
    if target <= 0:
        words = f"The target is {target:g}; a pace needs one above 0: import `targets` with it."
        return Withheld(Reason.NO_TARGET, words)
    planned = target * plan.share
    left = max(target - reached, 0.0)
    needed = left / days_left if days_left > 0 else (math.inf if left else 0.0)
    if plan.share <= 0:
        return Pace(
            target, reached, 0.0, math.nan, math.nan, math.nan, Verdict.BEFORE, days_left, needed,
            math.nan,
        )  # fmt: skip
    ratio, half = reached / planned, _Z * math.sqrt(variance)
    base = (reached + CONTINUITY) / (planned + CONTINUITY)
    low, high = min(base * math.exp(-half), ratio), max(base * math.exp(half), ratio)
    verdict = Verdict.UNDER if high < 1 else Verdict.OVER if low > 1 else Verdict.ON_PLAN
    return Pace(
        target, reached, planned, ratio, low, high, verdict, days_left, needed,
        reached / plan.share,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BudgetPace:
    """A budget in minor units: bound and earned (accrued) of it, a day's cost, days it lasts.

    bound: committed, and commission earned to date; committed: the fixed prices in it. overrun: of
    what is bound. days: until the rest is gone at a day's cost so far; inf while nothing is spent.
    """

    budget: int
    committed: int
    bound: int
    accrued: int
    left: int
    a_day: float
    days: float
    days_left: float
    overrun: int


def budget_pace(
    budget: int | Withheld | None,
    cost: CostStates,
    days_gone: float,
    days_left: float,
) -> BudgetPace | Withheld:
    """Set what is bound and accrued beside the budget."""
    if isinstance(budget, Withheld):
        return budget
    if budget is None:
        words = "The campaign has no budget; import `campaigns` with one."
        return Withheld(Reason.NO_BUDGET, words)
    left = budget - cost.accrued
    a_day = cost.accrued / days_gone if days_gone > 0 else 0.0
    days = max(left, 0) / a_day if a_day > 0 else math.inf
    return BudgetPace(
        budget,
        cost.committed,
        cost.bound,
        cost.accrued,
        left,
        a_day,
        days,
        days_left,
        max(cost.bound - budget, 0),
    )
