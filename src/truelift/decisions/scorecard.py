"""Scorecard: what was said while campaigns ran, held against what is known now.

In:   past limits, forecasts and proposals; the same creators as they are known now.
Out:  a Score for each: whether it held, what following or leaving it cost (the regret log).

A proposal is scored by the gain of its moves with what is believed of the creators now. That is the
best there is: what did not go live was never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from truelift.decisions.candidate import Candidate
from truelift.decisions.reallocation import Proposal, gained

LIMITS, FORECAST, ADVICE = "limits", "forecast", "advice"
KINDS = (LIMITS, FORECAST, ADVICE)


@dataclass(frozen=True, slots=True)
class Score:
    """One thing that was said. Limits are log lifts; forecasts and advice minor units.

    creator: None of advice, and where the forecast is the campaign's.

    said: the point; for advice the expected gain. outcome: the same as known now. held: the outcome
    lies inside the limits, or the advice was right. regret: what it cost to follow it where it was
    accepted, else what leaving it missed; None for what is no advice.
    """

    kind: str
    creator: str | None
    said: float
    low: float
    high: float
    outcome: float
    held: bool
    regret: float | None = None
    recommended: bool | None = None


def of_limits(kind: str, creator: str | None, said: Sequence[float], outcome: float) -> Score:
    """Score limits: point, low and high as they were said."""
    point, low, high = said
    return Score(kind, creator, point, low, high, outcome, low <= outcome <= high)


def of_advice(
    made: Proposal, known: Sequence[Candidate], exponent: float, *, followed: bool
) -> Score:
    """Score a proposal; known: its creators as they are known now, over the same days.

    Advice to move is right when the moves gained, advice to leave it when they would not have. The
    regret is of the decision: what moving cost where it was followed, what leaving it missed where
    it was rejected or nobody decided.
    """
    gain, _ = gained(made, exponent, known)
    right = (gain > 0) == made.recommended if made.moves_anything else True
    missed = -gain if followed else gain
    return Score(
        kind=ADVICE, creator=None, said=made.gain, low=made.gain - made.spread,
        high=made.gain + made.spread, outcome=gain, held=right,
        regret=max(0.0, missed) if made.moves_anything else 0.0,
        recommended=made.recommended,
    )  # fmt: skip


def as_known(then: Candidate, now: Candidate | None) -> Candidate:
    """Give a creator of a past proposal with what is known now: its pace and its lift.

    now: over as many days as `then`; None where nothing new is known.
    """
    if now is None:
        return then
    return replace(then, tracked=now.tracked, lift=now.lift, commission=now.commission)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one kind held, and the regret in all."""

    kind: str
    count: int
    held: int
    regret: float | None


def tallies(scores: Sequence[Score]) -> list[Tally]:
    """Count each kind that was scored."""
    found = []
    for kind in KINDS:
        mine = [score for score in scores if score.kind == kind]
        if mine:
            regrets = [score.regret for score in mine if score.regret is not None]
            found.append(
                Tally(kind, len(mine), sum(score.held for score in mine),
                      sum(regrets) if regrets else None)
            )  # fmt: skip
    return found
