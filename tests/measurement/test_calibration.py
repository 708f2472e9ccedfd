from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from truelift.base.errors import CheckFailed
from truelift.base.ids import content_hash
from truelift.measurement.calibration import (
    CALIBRATED,
    THEORY,
    Baselined,
    Boundary,
    Calibration,
    Design,
    Scope,
    calibrate,
    kappa,
    limits_in_force,
    narrowest,
    read_calibration,
)
from truelift.measurement.clustering import Proportion

SCOPE = Scope("instagram", "engagement")
FOUND = Calibration(
    scope=SCOPE,
    design=Design(20, 10, 50),
    boundaries=(Boundary(0.0, 0.3, 0.6), Boundary(0.02, 0.4, 0.7)),
    preferred=0.0,
    windows=608,
    clusters=297,
    error_any=Proportion(0.05, 0.03, 0.07, 608, 500.0),
)
FEW = replace(FOUND, clusters=150, boundaries=(Boundary(0.02, 0.0, 1.2), Boundary(0.0, 0.0, 0.9)))


@pytest.fixture(scope="module")
def judged(placebo_study):
    return calibrate(placebo_study(posts=320), SCOPE, Design(20, 6, 50), drifts=(0.0, 0.01, 0.04))


def test_limits_are_right_on_creators_they_were_not_fitted_on(judged):
    found, verdicts = judged
    error = verdicts[CALIBRATED].error_any
    assert error.low <= 0.06
    assert error.high >= 0.02
    assert found.in_force
    assert verdicts[CALIBRATED].coverage[2.0].share >= 0.93


def test_calibrated_limits_are_narrower_than_theory_and_find_more(judged):
    _, verdicts = judged
    assert verdicts[CALIBRATED].half_width < verdicts[THEORY].half_width
    assert verdicts[CALIBRATED].detection[2.0] > verdicts[THEORY].detection[2.0]
    assert verdicts[CALIBRATED].detection[2.0] > verdicts[CALIBRATED].detection[1.5]
    assert verdicts[THEORY].error_any.share <= verdicts[CALIBRATED].error_any.share


def test_every_drift_has_a_boundary_of_its_own(judged):
    found, _ = judged
    assert [b.q for b in found.boundaries] == [0.0, 0.01, 0.04]
    assert found.preferred in {0.01, 0.04}


def test_too_few_blocks_only_widen_theory(placebo_study):
    found, verdicts = calibrate(
        placebo_study(creators=8, posts=60),
        SCOPE,
        Design(20, 6, 30),
        drifts=(0.01,),
        multiples=(2.0,),
    )
    assert not found.in_force
    assert all(b.shape == 0 and b.kappa >= 1 for b in found.boundaries)
    assert list(verdicts[CALIBRATED].detection) == [2.0]


def rows(q, posts=20, campaign_posts=8):
    q = np.array(q, float)
    shaped = [np.broadcast_to(np.array(v), q.shape) for v in (posts, campaign_posts)]
    return Baselined(q, *shaped)


def kinds(found, based):
    limits = limits_in_force(found, based)
    return [limits.kind(row) for row in range(len(based.q))]


def test_limits_in_force_are_chosen_row_by_row():
    based = rows([0.02, 0.0, 0.01, 0.02, 0.02, np.nan])
    found = [[FOUND], [FOUND], [FOUND], [FEW], [], [FOUND]]
    limits = limits_in_force(found, based)
    assert limits.factor.tolist() == [0.7, 0.6, 1.0, 1.2, 1.0, 1.0]
    assert limits.shape.tolist() == [0.4, 0.3, 0.0, 0.0, 0.0, 0.0]
    assert kinds(found, based) == ["calibrated"] * 2 + ["theory"] * 4


def test_a_short_replay_never_narrows():
    assert limits_in_force([[FEW]], rows([0.0])).factor.tolist() == [1.0]


def test_a_baseline_that_remembers_more_than_was_replayed_keeps_theory():
    based = rows([0.0, 0.02, 0.0, 0.0], posts=[200, 200, 40, 4])
    assert kinds([[FOUND]] * 4, based) == ["theory", "calibrated", "calibrated", "theory"]


def test_a_longer_campaign_than_was_replayed_keeps_theory():
    longer = replace(FOUND, design=Design(20, 30, 50))
    based = rows([0.02] * 3, campaign_posts=[10, 11, 31])
    assert kinds([[FOUND]] * 3, based) == ["calibrated", "theory", "theory"]
    assert kinds([[FOUND, longer]] * 3, based) == ["calibrated", "calibrated", "theory"]


def test_nobody_can_shop_for_a_seed():
    narrow = replace(FOUND, boundaries=(Boundary(0.02, 0.4, 0.5),))
    hasty = replace(FOUND, design=Design(20, 1, 2), boundaries=(Boundary(0.02, 0.0, 0.2),))
    for found in ([FOUND, narrow, hasty], [hasty, narrow, FOUND]):
        limits = limits_in_force([found], rows([0.02]))
        assert (limits.factor.tolist(), limits.shape.tolist()) == ([0.7], [0.4])


def test_a_drift_that_forgets_nothing_is_not_chosen():
    options = [(Boundary(0.0, 0.3, 0.6), 0.1), (Boundary(0.01, 0.4, 0.7), 0.2)]
    assert narrowest(options).q == 0.01
    assert narrowest(options[:1]).q == 0.0


def test_looks_at_mature_posts_alone_are_not_continuous_looking():
    assert FOUND.in_force
    assert not replace(FOUND, design=Design(20, 10, 10)).in_force
    assert not replace(FOUND, design=Design(20, 60, 60)).in_force


def test_kappa_is_the_split_conformal_quantile():
    worst = np.arange(1.0, 100.0)
    assert kappa(worst, 0.05) == 95.0
    assert kappa(np.array([0.5, 2.0, np.nan]), 0.05) == 2.0


def test_a_record_reads_back_and_a_changed_one_is_refused():
    record = FOUND.record(signed_by="ada", first_post="2020-01-01")
    stored = json.loads(json.dumps(record))
    assert read_calibration(stored, content_hash(record)) == FOUND
    stored["boundaries"][0]["kappa"] = 0.1
    with pytest.raises(CheckFailed, match="changed after it was signed"):
        read_calibration(stored, content_hash(record))


def test_the_scope_names_the_record():
    assert SCOPE.name == "instagram/all/engagement/creator/no-controls/0.95"
    reels = replace(SCOPE, post_format="reel", controls=True)
    assert reels.name == "instagram/reel/engagement/creator/controls/0.95"
