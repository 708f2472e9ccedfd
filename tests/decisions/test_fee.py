"""The highest fee worth paying."""

from __future__ import annotations

import math

from truelift.decisions.candidate import Candidate
from truelift.decisions.fee import highest_fee
from truelift.measurement.shrinkage import Posterior


def test_the_fee_is_what_is_extra_and_less_the_surer_one_wants_to_be():
    found = highest_fee(Candidate("ana", 10_000.0, Posterior(math.log(2), 0.04), 1, 1, 0, 0))
    assert found.at(0.5) == 5_000
    assert 0 < found.at(0.8) < 5_000


def test_who_brings_nothing_extra_is_worth_no_fee():
    found = highest_fee(Candidate("ana", 10_000.0, Posterior(-0.2, 0.04), 1, 1, 0, 0))
    assert found.fees == ((0.5, 0), (0.8, 0))
