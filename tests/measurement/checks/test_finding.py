"""Verdicts of a list: a warning at its stated rate, a failure only when the list allows for it."""

import numpy as np
import pytest

from truelift.measurement.checks.catalogue import CHECKS
from truelift.measurement.checks.finding import Finding, Verdict, counted, not_run, times, verdicts

PASSES, WARNS, FAILS, NOT_RUN = Verdict


def test_a_small_chance_fails_alone_and_only_warns_among_many():
    assert verdicts(np.array([0.2, 0.04, 0.002, np.nan])) == [PASSES, WARNS, FAILS, NOT_RUN]
    crowd = np.concatenate([[0.002], np.full(99, 0.5)])
    assert verdicts(crowd)[0] is WARNS
    assert verdicts(np.array([np.nan])) == [NOT_RUN]
    assert verdicts(np.zeros(0)) == []


def test_campaigns_without_a_fault_have_a_failure_in_one_of_a_hundred():
    random = np.random.default_rng(1)
    campaigns = [verdicts(random.random(20)) for _ in range(2000)]
    assert np.mean([WARNS in found for found in campaigns]) == pytest.approx(0.64, abs=0.04)
    assert np.mean([FAILS in found for found in campaigns]) <= 0.017


def test_what_could_not_be_checked_says_why():
    check = CHECKS["overlap"]
    found = not_run(check, "nothing is there.")
    assert found == Finding("overlap", NOT_RUN, (), "Not checked: nothing is there.")
    assert not found.doubtful
    assert Finding("overlap", WARNS, (), "").doubtful


def test_numbers_are_written_for_people():
    assert times(0.41) == "x1.51"
    assert (counted(1, "post"), counted(2, "post")) == ("1 post", "2 posts")
