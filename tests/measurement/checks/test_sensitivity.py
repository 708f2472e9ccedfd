"""A conclusion that hangs on drift or window is named; a firm one and none at all are not."""

import dataclasses
import runpy
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.sensitivity import (
    Setting,
    Terms,
    _compared,
    campaign_sensitivity,
    sensitivity,
    settings,
)
from truelift.measurement.lift import creator_lift

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def test_the_first_setting_is_the_lift_that_was_said(quiet):
    tried = settings(quiet.past, quiet.baselines, quiet.posts, Terms())
    said = creator_lift(quiet.baselines, quiet.posts)
    assert tried["as sealed"].log == pytest.approx(said.log)
    assert tried["as sealed"].low == pytest.approx(said.low)
    assert len(tried) == 9


def test_creators_and_campaigns_without_an_effect_are_seldom_named(quiet):
    tried = settings(quiet.past, quiet.baselines, quiet.posts, Terms())
    assert share(sensitivity(quiet.past, tried), *WRONG) <= 0.05
    found = []
    for seed in range(150):
        z = drawn(100 + seed, 8, 26)
        small = scene(z[:, :20], z[:, 20:])
        found.append(
            campaign_sensitivity(settings(small.past, small.baselines, small.posts, Terms()))
        )
    assert share(found, *WRONG) <= 0.05


def test_a_baseline_that_broke_in_the_middle_makes_the_lift_depend_on_the_window():
    z = drawn(16, 300, 32)
    z[:, 12:] += 2.5
    z[:, 24:] += 0.3
    found = scene(z[:, :24], z[:, 24:])
    still = dataclasses.replace(found.past, q=np.zeros(300))
    findings = sensitivity(still, settings(still, found.baselines, found.posts, Terms()))
    assert share(findings, *WRONG) >= 0.3
    failed = next(finding for finding in findings if finding.verdict is Verdict.FAILS)
    assert "depends on the setting" in failed.sentence


def test_a_firm_lift_passes_and_says_so():
    z = drawn(17, 50, 40)
    z[:, 24:] += 5
    found = scene(z[:, :24], z[:, 24:])
    findings = sensitivity(found.past, settings(found.past, found.baselines, found.posts, Terms()))
    assert share(findings, Verdict.PASSES) >= 0.9
    firm = next(finding for finding in findings if finding.verdict is Verdict.PASSES)
    assert firm.sentence.endswith("in every one its limits exclude no effect.")


def test_a_sign_that_changes_far_from_0_warns():
    said = {"as sealed": Setting(0.6, -0.1, 1.3), "other": Setting(-0.6, -1.3, 0.1)}
    found = _compared(said)
    assert found.verdict is Verdict.WARNS
    assert "its sign depends on the setting" in found.sentence


def test_without_a_lift_there_is_nothing_to_measure_again():
    z = drawn(17, 2, 24)
    found = scene(z[:, :23], np.full((2, 1), np.nan))
    tried = settings(found.past, found.baselines, found.posts, Terms())
    assert {finding.verdict for finding in sensitivity(found.past, tried)} == {Verdict.NOT_RUN}
    assert campaign_sensitivity(tried).verdict is Verdict.NOT_RUN


def test_a_creator_for_whom_peers_speak_is_not_varied():
    z = drawn(18, 3, 8)
    found = scene(z[:, :4], z[:, 4:])
    tried = settings(found.past, found.baselines, found.posts, Terms())
    logs = [lifts.log.tolist() for lifts in tried.values()]
    assert logs == [logs[0]] * 9
    told = sensitivity(found.past, tried)
    assert told[0].sentence == (
        "Not checked: the sealed baseline lists 4 organic posts; 5 are needed."
    )
