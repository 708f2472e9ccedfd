from __future__ import annotations

import numpy as np


def everybody(found):
    return np.ones(len(found.half), bool)


def played(found, part=None, **options):
    part = everybody(found) if part is None else part
    return found.played(part, q=0.01, prior=found.prior(part, 0.01), **options)


def test_a_true_multiple_is_added_to_every_window(placebo_study):
    found = placebo_study()
    without, doubled = played(found), played(found, factor=2.0)
    shift = np.nanmean(doubled.delta[:, -1] - without.delta[:, -1])
    assert abs(shift - np.log(2)) < 0.01


def test_a_part_gives_what_the_whole_gives_there(placebo_study):
    found = placebo_study()
    part = found.half
    prior = found.prior(part, 0.01)
    whole = found.played(everybody(found), q=0.01, prior=prior)
    np.testing.assert_allclose(
        found.played(part, q=0.01, prior=prior).delta, whole.delta[part], rtol=1e-12
    )


def test_a_creator_is_never_its_own_control(placebo_study, monkeypatch):
    found = placebo_study(controls=True, creators=12)
    alone = played(found)
    monkeypatch.setattr("truelift.measurement.placebo_creators.ROWS_AT_ONCE", 24)
    pieces = placebo_study(controls=True, creators=12)
    np.testing.assert_allclose(played(pieces).delta, alone.delta, rtol=1e-9, atol=1e-12)


def test_the_same_controls_serve_every_multiple(placebo_study):
    found = placebo_study(controls=True, creators=12)
    shift = played(found, factor=2.0).delta - played(found).delta
    assert abs(np.nanmean(shift[:, -1]) - np.log(2)) < 0.01


def test_controls_widen_what_they_correct(placebo_study):
    without, beside = (
        played(placebo_study(creators=12)),
        played(placebo_study(controls=True, creators=12)),
    )
    assert np.nanmean(beside.variance) > np.nanmean(without.variance)


def test_looks_at_mature_posts_have_controls_too(placebo_study):
    found = played(placebo_study(looks=6, controls=True, creators=12))
    assert np.isfinite(found.delta).all()


def test_clusters_are_blocks_and_creators(placebo_study):
    found = placebo_study()
    blocks, owners = found.clusterings
    assert found.independent == len(np.unique(blocks)) >= len(np.unique(owners)) == 40
    assert found.drift(everybody(found)) in {0.003, 0.01, 0.02}
