"""What was said, held against what is known now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints
from truelift.decisions.reallocation import propose
from truelift.decisions.scorecard import (
    ADVICE,
    FORECAST,
    LIMITS,
    as_known,
    of_advice,
    of_limits,
    tallies,
)
from truelift.measurement.shrinkage import Posterior

TRAP = Candidate("vera", 40_000.0, Posterior(0.05, 0.01), 10_000, 10_000, 1, 0)
GOOD = Candidate("will", 60_000.0, Posterior(1.0, 0.01), 10_000, 10_000, 1, 0)
MADE = propose([TRAP, GOOD], 0, Constraints(), "USD")


def known(log):
    return [TRAP, as_known(GOOD, replace(GOOD, lift=Posterior(log, 0.0), spent=7))]


def test_limits_hold_when_the_outcome_lies_inside():
    assert of_limits(LIMITS, "ana", (0.5, 0.1, 0.9), 0.9).held
    assert not of_limits(LIMITS, "ana", (0.5, 0.1, 0.9), 0.91).held


def test_advice_that_gained_was_right_and_advice_that_lost_is_regretted():
    right, wrong = (of_advice(MADE, known(log), 0.7, followed=True) for log in (0.9, 0.0))
    assert (right.held, right.regret) == (True, 0.0)
    assert not wrong.held
    assert wrong.regret == pytest.approx(-wrong.outcome)
    assert wrong.recommended


def test_leaving_it_is_regretted_where_moving_would_have_gained():
    timid = replace(MADE, spread=1e9)
    missed = of_advice(timid, known(0.9), 0.7, followed=False)
    assert not missed.held
    assert missed.regret == pytest.approx(missed.outcome)
    assert of_advice(timid, known(0.0), 0.7, followed=False).held
    good = of_advice(MADE, known(0.9), 0.7, followed=False)
    assert (good.held, good.regret) == (True, pytest.approx(good.outcome))
    assert of_advice(timid, known(0.0), 0.7, followed=True).regret > 0


def test_where_nothing_moves_there_is_nothing_to_regret():
    still = propose([GOOD, replace(GOOD, creator="ana")], 0, Constraints(), "USD")
    scored = of_advice(still, [move.candidate for move in still.moves], 0.7, followed=False)
    assert (scored.held, scored.regret) == (True, 0.0)


def test_a_creator_of_whom_nothing_new_is_known_stays_as_believed():
    assert as_known(TRAP, None) is TRAP
    assert as_known(GOOD, replace(GOOD, spent=7)).spent == 10_000


def test_each_kind_is_counted():
    scores = [
        of_limits(LIMITS, "ana", (0, -1, 1), 0.5),
        of_limits(FORECAST, "ana", (0, -1, 1), 2),
        of_advice(MADE, known(0.0), 0.7, followed=True),
    ]
    told = {tally.kind: tally for tally in tallies(scores)}
    assert (told[LIMITS].held, told[LIMITS].regret) == (1, None)
    assert (told[FORECAST].held, told[FORECAST].count) == (0, 1)
    assert told[ADVICE].regret > 0
    assert tallies([]) == []
