"""A rise or fall before the launch is found, ordinary drift is not."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.pre_trend import pre_trend

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def test_creators_without_a_fault_are_named_in_one_of_twenty_cases(quiet):
    assert share(pre_trend(quiet.past, quiet.campaign), *WRONG) <= 0.06


@pytest.mark.parametrize(("slope", "words"), [(0.4, "rose by"), (-0.4, "fell by")])
def test_a_trend_before_the_launch_is_found_and_carried_on(slope, words):
    z = drawn(9, 300, 32)
    z[:, 16:24] += slope * np.arange(1, 9)
    found = scene(z[:, :24], z[:, 24:])
    findings = pre_trend(found.past, found.campaign)
    assert share(findings, *WRONG) >= 0.6
    told = [finding for finding in findings if finding.doubtful]
    assert np.mean([words in finding.sentence for finding in told]) > 0.95
    sizes = [finding.values[0].value for finding in findings]
    assert np.median(sizes) == pytest.approx(slope, abs=0.07)
    assert told[0].values[3].value == pytest.approx(told[0].values[0].value * 4.5)


def test_a_short_baseline_is_not_checked_and_one_without_campaign_posts_is():
    z = drawn(9, 4, 12)
    short = scene(z[:, :11], z[:, 11:])
    assert {f.verdict for f in pre_trend(short.past, short.campaign)} == {Verdict.NOT_RUN}
    whole = scene(z, z[:, :1])
    told = pre_trend(whole.past, np.zeros(4, int))
    assert told[0].values[3].unit == "log, mean of 1 campaign post"


@pytest.mark.soak
@pytest.mark.parametrize("platform", ["instagram", "twitter"])
def test_real_accounts_without_a_campaign_warn_at_the_stated_rate(real_windows, platform):
    windows, named = real_windows
    z = windows[named == platform]
    found = scene(z[:, :24], z[:, 24:])
    assert share(pre_trend(found.past, found.campaign), *WRONG) <= 0.065
