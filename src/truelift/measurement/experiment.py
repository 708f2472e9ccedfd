"""Incrementality from an experiment: what share of tracked outcomes was extra.

In:   one experiment's factor with limits, its design, its age, whose campaign it was.
Out:  incremental and expected units with limits and grade, or the reason why there are none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import scipy

from truelift.base.errors import UsageError
from truelift.base.estimate import Estimate, Grade, Reason, Withheld

DESIGNS = ("geo", "switchback", "holdout", "user")
"""Designs whose treatment is randomised: over regions, over time, over people kept out, over
people."""

OLDEST_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Incrementality:
    """Incremental outcomes per tracked outcome; a factor above 1 is possible (halo sales).

    factor with limits low and high at `level` (0.95 = 95 %), without unit. grade: A or B.
    """

    factor: float
    low: float
    high: float
    level: float
    design: str
    grade: Grade

    def units(self, tracked: float) -> Estimate:
        """Give incremental units of a tracked count: tracked x factor, limits mapped likewise."""
        ratio = Estimate(self.factor, self.low, self.high, self.level, self.grade)
        return ratio.scaled(tracked)

    def of_one(self, between: float, degrees: float) -> Incrementality:
        """Give what a campaign's factor says of one of its creators: wider, and grade B at best.

        The lot was drawn for the campaign; its creators' own lifts differ. between: variance of
        true log lifts between them, on `degrees` degrees of freedom. A log lift that is off by u
        moves the factor by (1 - factor) u, or by factor u where more came on top than was tracked:
        the larger of the two, times Student's t, is added to each half width as squares are.
        """
        tail = (1 - self.level) / 2
        moved = max(abs(self.factor), abs(1 - self.factor))
        spread = float(-scipy.special.stdtrit(degrees, tail)) * math.sqrt(between) * moved
        low = self.factor - math.hypot(self.factor - self.low, spread)
        high = self.factor + math.hypot(self.high - self.factor, spread)
        return replace(self, low=low, high=high, grade=max(self.grade, Grade.B))


def incrementality(
    factor: float,
    low: float | None,
    high: float | None,
    level: float | None,
    *,
    design: str,
    same_campaign: bool,
    age_days: float | None,
) -> Incrementality | Withheld:
    """Read one experiments row as a factor for tracked outcomes of the same kind.

    age_days: days from the experiment's last day to the day of the report; None: no end is stated.
    An experiment that still runs on that day (negative) gives no factor: its reading is not final,
    and a report as of that day cannot have known it. Randomised on this outcome in this campaign
    gives grade A; a factor carried over from another campaign, at most 12 months (365 days) old, B.
    Older, or without limits: withheld, since its uncertainty must enter the limits.
    Raises UsageError for an unknown design.
    """
    if design not in DESIGNS:
        msg = f"There is no experiment design {design!r}; use one of {', '.join(DESIGNS)}."
        raise UsageError(msg)
    if low is None or high is None or not all(map(math.isfinite, (factor, low, high))):
        return Withheld(Reason.NOT_OBSERVED, "The experiment states no limits for its factor.")
    if not low <= factor <= high:
        return Withheld(Reason.NOT_OBSERVED, "The experiment's limits do not enclose its factor.")
    if age_days is None:
        return Withheld(Reason.NOT_OBSERVED, "The experiment states no end, so its age is unknown.")
    if age_days < 0:
        return Withheld(Reason.NOT_OBSERVED, "The experiment still runs on the day of the report.")
    if age_days > OLDEST_DAYS:
        return Withheld(Reason.NOT_OBSERVED, "The experiment ended more than 12 months before.")
    grade = Grade.A if same_campaign else Grade.B
    return Incrementality(factor, low, high, 0.95 if level is None else level, design, grade)
