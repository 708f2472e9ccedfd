"""Creators picked after hot posts are found, and what that does to the baseline is said."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.regression_to_mean import JUDGED, regression_to_mean

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def signed(found, days_before=4):
    """Say that everybody signed so many posts before the end of the baseline."""
    return found.past.from_end > days_before, np.ones(found.past.creators, bool)


def test_creators_without_a_fault_are_named_in_one_of_twenty_cases(quiet):
    assert share(regression_to_mean(quiet.past, *signed(quiet)), *WRONG) <= 0.06


def test_picking_the_hottest_of_many_is_found_and_its_bias_has_the_right_sign():
    """Of 3,000 creators a buyer signs the 150 with the hottest last posts: nothing else happens.

    So small a selection is found in four of ten creators; in the sum of them it is plain.
    """
    z = drawn(10, 3000, 32)
    rest = z[:, :20].mean(axis=1)
    heat = (z[:, 15:20].mean(axis=1) - rest) / z[:, :20].std(axis=1)
    picked = z[np.argsort(-heat)[:150]]
    found = scene(picked[:, :24], picked[:, 24:])
    findings = regression_to_mean(found.past, *signed(found))
    assert share(findings, *WRONG) >= 0.35
    assert np.mean([finding.values[1].value for finding in findings]) > 0.05
    told = next(finding for finding in findings if finding.doubtful)
    assert told.values[1].value > 0
    assert "picked when hot" in told.sentence
    assert "too low" in told.sentence


def test_a_level_that_stays_low_without_the_hot_posts_may_read_too_high():
    """Hot posts early, and the drift has forgotten them: the bias has no direction of its own."""
    z = drawn(11, 400, 25)
    z[:, 4:9] += 2.5
    z[:, 9:12] -= 1.0
    found = scene(z[:, :24], z[:, 24:])
    findings = regression_to_mean(found.past, found.past.posts.positions < 9, signed(found)[1])
    told = [finding for finding in findings if finding.doubtful and finding.values[1].value <= 0]
    assert all("too high" in finding.sentence for finding in told)
    assert share(findings, *WRONG) > 0.5


def test_without_a_day_of_signing_or_enough_posts_it_is_not_checked():
    z = drawn(10, 2, 12)
    found = scene(z[:, :11], z[:, 11:])
    nobody = regression_to_mean(found.past, found.past.from_end > 4, np.zeros(2, bool))
    assert "says when it was signed" in nobody[0].sentence
    early = regression_to_mean(
        found.past, found.past.posts.positions < JUDGED - 1, np.ones(2, bool)
    )
    assert early[0].verdict is Verdict.NOT_RUN
    assert "4 organic posts before the signing" in early[0].sentence


@pytest.mark.parametrize("platform", ["instagram", "twitter"])
def test_real_accounts_at_any_date_warn_at_the_stated_rate(real_windows, platform):
    windows, named = real_windows
    z = windows[named == platform]
    found = scene(z[:, :24], z[:, 24:])
    assert share(regression_to_mean(found.past, *signed(found)), *WRONG) <= 0.07
