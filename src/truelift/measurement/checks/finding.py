"""Finding: what one check says of one creator or campaign.

In:   figures, and chances of seeing as much with nothing wrong.
Out:  Finding, the one form in which doubt reaches reports; verdicts for a list of chances.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy

from truelift.measurement.ragged import Floats

WARNING_RATE = 0.05
"""A check of chance warns of one creator in twenty with nothing wrong: its stated rate."""

FAILURE_RATE = 0.01
"""It fails for anybody in one campaign in a hundred with nothing wrong: the rate is held over all
creators of the campaign together (Benjamini and Hochberg 1995)."""


class Verdict(StrEnum):
    """What a check concludes. A warning is a reason to look; a failure one not to rely on it."""

    PASSES = "passes"
    WARNS = "warns"
    FAILS = "fails"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of a finding: its name, the number, and its unit in words."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a check is: its name, what it asks, how, how often it is wrong, and what it cannot see.

    scope: 'creator' (a finding each) or 'campaign' (one finding).
    """

    name: str
    scope: str
    asks: str
    how: str
    false_alarms: str
    blind_to: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: verdict, figures, one sentence in plain words, and what to do."""

    check: str
    verdict: Verdict
    values: tuple[Value, ...]
    sentence: str
    action: str = ""

    @property
    def doubtful(self) -> bool:
        """Say whether it warns or fails."""
        return self.verdict in {Verdict.WARNS, Verdict.FAILS}


def times(log: float) -> str:
    """Write a log ratio as a factor: 0.41 is x1.51."""
    return f"x{math.exp(log):,.2f}"


def counted(number: float, what: str) -> str:
    """Write a number of things: 1 post, 2 posts."""
    return f"{number:.0f} {what}" if number == 1 else f"{number:.0f} {what}s"


def not_run(check: Check, why: str, *values: Value) -> Finding:
    """Say that a check could not be made, and why."""
    return Finding(check.name, Verdict.NOT_RUN, values, f"Not checked: {why}")


def verdicts(chance: Floats) -> list[Verdict]:
    """Turn chances into verdicts, those that stand side by side judged together.

    chance: of seeing as much or more with nothing wrong, shape (creators,); nan was not run.
    Warns below WARNING_RATE; fails where the false-discovery rate over the list is below
    FAILURE_RATE.
    """
    run = np.isfinite(chance)
    adjusted = np.full(len(chance), np.nan)
    adjusted[run] = scipy.stats.false_discovery_control(chance[run]) if run.any() else []
    return [_verdict(*each) for each in zip(chance.tolist(), adjusted.tolist(), strict=True)]


def _verdict(chance: float, adjusted: float) -> Verdict:
    if math.isnan(chance):
        return Verdict.NOT_RUN
    if adjusted < FAILURE_RATE:
        return Verdict.FAILS
    return Verdict.WARNS if chance < WARNING_RATE else Verdict.PASSES
