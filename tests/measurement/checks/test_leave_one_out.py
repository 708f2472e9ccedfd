"""A campaign that rests on one creator is named; one that rests on many is not."""

import runpy
from pathlib import Path

import pytest

from truelift.measurement.campaign import campaign_lift
from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.leave_one_out import leave_one_out
from truelift.measurement.lift import creator_lift

TOLD = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
drawn, scene, share = (TOLD[name] for name in ("drawn", "scene", "share"))

WRONG = (Verdict.WARNS, Verdict.FAILS)


def campaign(seed, creators, lift=0.0, star=0.0):
    z = drawn(seed, creators, 26)
    z[:, 20:] += lift
    z[0, 20:] += star
    found = scene(z[:, :20], z[:, 20:])
    return creator_lift(found.baselines, found.posts)


def names(lifts):
    return [f"creator-{number}" for number in range(len(lifts))]


@pytest.mark.soak
@pytest.mark.parametrize("creators", [3, 8, 20])
def test_campaigns_without_an_effect_are_seldom_named(creators):
    found = []
    for seed in range(200):
        lifts = campaign(seed, creators)
        found.append(leave_one_out(lifts, names(lifts)))
    assert share(found, *WRONG) <= 0.05


def test_one_creator_who_stands_out_is_named():
    found = []
    for seed in range(60):
        lifts = campaign(seed, 12, star=6.0)
        found.append(leave_one_out(lifts, names(lifts)))
    assert share(found, *WRONG) >= 0.8
    told = [finding for finding in found if finding.verdict is Verdict.WARNS]
    assert all("creator-0 stands out" in finding.sentence for finding in told)


def test_a_lift_that_only_one_creator_carries_fails():
    found = []
    for seed in range(200):
        lifts = campaign(seed, 4, lift=0.8)
        found.append((campaign_lift(lifts), leave_one_out(lifts, names(lifts))))
    clear = [told for whole, told in found if whole.low > 0]
    failed = [told for told in clear if told.verdict is Verdict.FAILS]
    assert failed
    assert all("rests on creator-" in told.sentence for told in failed)
    assert not any(told.verdict is Verdict.FAILS for whole, told in found if whole.low <= 0)


def test_all_platforms_of_a_creator_are_left_out_together():
    lifts = campaign(3, 6)
    joined = leave_one_out(lifts, ["ana", "ana", "bo", "bo", "cy", "cy"])
    assert joined.values[-1].value == 3
    assert leave_one_out(lifts, ["ana", "ana", "ana", "bo", "bo", "bo"]).verdict is Verdict.NOT_RUN


def test_too_few_creators_are_not_checked():
    lifts = campaign(3, 2)
    assert leave_one_out(lifts, names(lifts)).sentence == (
        "Not checked: 2 creators have a lift; 3 at least are needed."
    )
