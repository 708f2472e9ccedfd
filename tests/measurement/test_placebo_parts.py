from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.placebo_campaigns import CampaignStudy, draw_campaigns
from truelift.measurement.placebo_parts import (
    Fitting,
    Judging,
    Task,
    in_turn,
    parted,
    replayed,
    worst,
)
from truelift.measurement.reading_paths import SimulatedPaths


def campaigns(nothing_to_sell, *, controls=True):
    feed, count = nothing_to_sell(creators=24, posts=200)
    drawn = draw_campaigns(feed, baseline_posts=20, campaign_posts=6, creators=6, most=120, seed=2)
    paths = SimulatedPaths(count, ENGAGEMENT_CURVE, seed=2)
    return CampaignStudy(drawn, feed, paths, ENGAGEMENT_CURVE, 20, controls)


@pytest.fixture(params=["creators", "creators beside others", "campaigns", "campaigns alone"])
def study(request, placebo_study, nothing_to_sell):
    if request.param.startswith("campaigns"):
        return campaigns(nothing_to_sell, controls=request.param == "campaigns")
    return placebo_study(looks=20, controls="others" in request.param, creators=24, posts=300)


def test_every_window_is_in_one_part_and_each_part_in_one_half(study):
    pieces = study.pieces()
    assert len(pieces) > 2
    np.testing.assert_array_equal(np.sort(np.concatenate(pieces)), np.arange(len(study.half)))
    assert all(len(set(study.half[index])) == 1 for index in pieces)


def test_a_part_says_of_its_windows_what_the_whole_says(study):
    everyone = np.ones(len(study.half), bool)
    prior = study.prior(everyone, 0.01)
    for factor in (1.0, 2.0):
        whole = study.played(everyone, q=0.01, prior=prior, factor=factor)
        for index in study.pieces()[::3]:
            piece = study.only(index, (1.0, 2.0))
            own = np.ones(len(index), bool)
            found = piece.played(own, q=0.01, prior=prior, factor=factor)
            for name in ("delta", "variance", "variance_first", "variance_least", "nu"):
                expected = getattr(whole, name)[index]
                np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-9, atol=1e-12)


def test_a_part_holds_no_more_than_it_takes(study):
    index = study.pieces()[0]
    piece = study.only(index, (1.0,))
    assert len(piece.half) == len(index)
    beside_all = getattr(study, "windows", None) is not None and study.controls
    assert len(piece.feed.z) < len(study.feed.z) or beside_all
    assert set(piece.paths.counts) == {1.0}


def test_answers_stand_side_by_side_as_they_were_asked(placebo_study):
    study = placebo_study(looks=20)
    prior = study.prior(np.ones(len(study.half), bool), 0.01)
    asked = (
        Fitting(0.01, prior, 0.95, (0.0, 0.2)),
        Judging(0.01, 0.2, 0.7, prior, 0.95, (1.5, 2.0)),
    )
    task = Task(study.only(study.pieces()[0], (1.0, 1.5, 2.0)), asked)
    found = replayed(task)
    assert found.shape == (len(task.study.half), sum(each.columns for each in asked))
    assert [each.columns for each in asked] == [5, 7]
    np.testing.assert_array_equal(found, np.concatenate(list(in_turn([task]))))
    np.testing.assert_array_equal(found[:, 5:], asked[1].of(task.study))
    only = dataclasses.replace(task, asked=asked[:1])
    np.testing.assert_array_equal(replayed(only), found[:, :5])
    assert set(np.unique(found[:, [5, 6, 8, 9, 10, 11]])) <= {0.0, 1.0}


def test_windows_are_parted_by_half_and_then_by_number():
    half = np.array([True, False, True, True, False])
    assert [index.tolist() for index in parted(half, 2)] == [[1, 4], [0, 2], [3]]


def test_the_worst_look_is_none_where_nothing_was_seen():
    found = worst(np.array([[np.nan, 2.0, 1.0], [np.nan, np.nan, np.nan]]))
    assert found[0] == 2.0
    assert np.isnan(found[1])
