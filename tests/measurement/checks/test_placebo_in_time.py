"""A launch put earlier shows nothing, unless something moved the creator before the campaign."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.placebo_in_time import placebo_in_time

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def test_creators_without_a_fault_are_named_in_one_of_twenty_cases(quiet):
    findings = placebo_in_time(quiet.past, quiet.campaign)
    assert share(findings, *WRONG) <= 0.06


def test_a_jump_before_the_launch_is_found():
    z = drawn(8, 300, 32)
    z[:, 16:24] += np.log(8)
    found = scene(z[:, :24], z[:, 24:])
    findings = placebo_in_time(found.past, found.campaign)
    assert share(findings, *WRONG) >= 0.7
    worst = min(findings, key=lambda finding: finding.values[-1].value)
    assert worst.verdict is Verdict.FAILS
    assert "something moved this creator before the campaign did" in worst.sentence
    assert worst.action


def test_too_short_a_baseline_is_not_checked():
    z = drawn(8, 3, 6)
    found = scene(z[:, :5], z[:, 5:])
    findings = placebo_in_time(found.past, found.campaign)
    assert {finding.verdict for finding in findings} == {Verdict.NOT_RUN}
    assert findings[0].sentence == (
        "Not checked: the sealed baseline lists 5 organic posts; 6 are needed."
    )


@pytest.mark.soak
@pytest.mark.parametrize("platform", ["instagram", "twitter"])
def test_real_accounts_without_a_campaign_warn_at_the_stated_rate(real_windows, platform):
    windows, named = real_windows
    z = windows[named == platform]
    found = scene(z[:, :24], z[:, 24:])
    assert share(placebo_in_time(found.past, found.campaign), *WRONG) <= 0.065
