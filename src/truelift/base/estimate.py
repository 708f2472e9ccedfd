"""An estimate with its limits, or the reason why there is none. Never a number for "unknown"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why a figure is withheld. Closed: each value is documented in docs/withheld.md."""

    NO_BASELINE = "NO_BASELINE"
    NO_ORDER_BASELINE = "NO_ORDER_BASELINE"
    NO_LEAD_BASELINE = "NO_LEAD_BASELINE"
    NO_CASH_OUTCOME = "NO_CASH_OUTCOME"
    NO_MARGIN = "NO_MARGIN"
    NO_RATE = "NO_RATE"
    NO_COST = "NO_COST"
    NOT_BOOKED = "NOT_BOOKED"
    NO_VALUES = "NO_VALUES"
    NO_OUTPUT = "NO_OUTPUT"
    NO_ORDERS = "NO_ORDERS"
    NOT_OBSERVED = "NOT_OBSERVED"
    TOO_FEW_POSTS = "TOO_FEW_POSTS"
    METRIC_BROKE = "METRIC_BROKE"
    NO_PAST_RETURN = "NO_PAST_RETURN"
    NO_PRICE = "NO_PRICE"
    NOT_PLANNED = "NOT_PLANNED"
    NO_TARGET = "NO_TARGET"
    NO_BUDGET = "NO_BUDGET"
    NO_HISTORY = "NO_HISTORY"
    NOT_FORECAST = "NOT_FORECAST"
    NOT_ADDITIVE = "NOT_ADDITIVE"
    NOT_AT_THIS_LEVEL = "NOT_AT_THIS_LEVEL"
    NOTHING_TO_MOVE = "NOTHING_TO_MOVE"
    ONE_CREATOR = "ONE_CREATOR"
    CONTRADICTION = "CONTRADICTION"


class Grade(StrEnum):
    """How good the evidence behind a figure is, by its own outcome.

    A randomised on this outcome; B pre-registered counterfactual or concurrent controls; C own
    sealed baseline of this outcome; D tracked only.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that is not known, with its reason and one sentence on what is missing."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point with its lower and upper limit at a confidence level (0.95 = 95 %)."""

    point: float
    low: float
    high: float
    level: float = 0.95
    grade: Grade = Grade.D

    def __post_init__(self) -> None:
        """Refuse limits that do not enclose the point."""
        if not self.low <= self.point <= self.high:
            msg = f"limits {self.low} .. {self.high} do not enclose {self.point}"
            raise ValueError(msg)

    def scaled(self, factor: float, shift: float = 0.0) -> Self:
        """Map point and limits by factor * x + shift; a negative factor swaps the limits."""
        ends = sorted((self.low * factor + shift, self.high * factor + shift))
        return type(self)(self.point * factor + shift, ends[0], ends[1], self.level, self.grade)


Figure = Estimate | Withheld
