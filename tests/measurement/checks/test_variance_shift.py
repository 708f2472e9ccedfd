"""A changed spread is found, which a ratio of medians does not show; real spreads wander."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.variance_shift import variance_shift

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def spread(z, factor):
    """Spread the campaign posts around their own middle, whose median stays."""
    after = z[:, 24:]
    middle = np.median(after, axis=1, keepdims=True)
    return scene(z[:, :24], middle + factor * (after - middle))


def test_creators_without_a_fault_are_named_in_one_of_twenty_cases(quiet):
    assert share(variance_shift(quiet.past, quiet.posts), *WRONG) <= 0.055


@pytest.mark.parametrize(("factor", "word", "sign"), [(3.0, "more", 1), (0.15, "less", -1)])
def test_a_changed_spread_is_found_and_what_it_does_to_the_mean_is_said(factor, word, sign):
    found = spread(drawn(12, 300, 32), factor)
    findings = variance_shift(found.past, found.posts)
    assert share(findings, *WRONG) >= 0.7
    told = next(finding for finding in findings if finding.doubtful)
    assert f"scatter {word} than organic ones" in told.sentence
    assert np.sign(told.values[1].value) == sign


def test_the_ratio_of_spreads_is_the_one_that_was_made():
    found = spread(drawn(13, 4000, 64), 2.0)
    findings = variance_shift(found.past, found.posts)
    ratios = [finding.values[0].value for finding in findings]
    assert np.median(ratios) == pytest.approx(2, rel=0.1)
    shift = found.baselines.s2[0] * (ratios[0] ** 2 - 1) / 2
    assert findings[0].values[1].value == pytest.approx(shift)


def test_too_few_campaign_posts_are_not_checked():
    z = drawn(12, 3, 27)
    found = scene(z[:, :24], z[:, 24:])
    findings = variance_shift(found.past, found.posts)
    assert findings[0].sentence.startswith("Not checked: 3 campaign posts can be read")


@pytest.mark.parametrize("platform", ["instagram", "twitter"])
def test_real_accounts_without_a_campaign_warn_at_the_stated_rate(real_windows, platform):
    windows, named = real_windows
    z = windows[named == platform]
    found = scene(z[:, :24], z[:, 24:])
    assert share(variance_shift(found.past, found.posts), *WRONG) <= 0.06
