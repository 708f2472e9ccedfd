"""Every model on one path, told as a table; and what holds for any path."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.attribution.models import (
    HALF_LIFE_DAYS,
    Model,
    by_creator,
    decay_weight,
    position_weights,
    preferred,
    shares_of,
)
from truelift.attribution.path import Conversion, ConversionId
from truelift.attribution.touchpoint import Evidence, Touchpoint

BOUGHT = dt.datetime(2026, 5, 31, 12)
ORDER = Conversion(id=ConversionId("order", "shop", "1001"), converted_at=BOUGHT)


def touch(creator, days=0, evidence=Evidence.VISITOR, post_id=None):
    return Touchpoint(
        creator=creator,
        post_id=post_id,
        evidence=evidence,
        touched_at=BOUGHT - dt.timedelta(days=days),
        reference=creator,
    )


# Ana's post, three weeks later Bo's, Ana's again the week after, and Cy's code at the till.
PATH = (
    touch("ana", 28),
    touch("bo", 7),
    touch("ana", 0),
    touch("cy", 0, Evidence.CODE),
)


@pytest.mark.parametrize(
    ("model", "ana", "bo", "cy"),
    [
        (Model.CODE_FIRST, 0, 0, 1_000_000),
        (Model.LAST, 0, 0, 1_000_000),
        (Model.FIRST, 1_000_000, 0, 0),
        (Model.LINEAR, 500_000, 250_000, 250_000),
        # 2^-4, 2^-1, 1 and 1 of 2.5625
        (Model.TIME_DECAY, 414_634, 195_122, 390_244),
        (Model.POSITION, 500_000, 100_000, 400_000),
        # the odd part goes to whose last touch came first
        (Model.SHAPLEY, 333_333, 333_334, 333_333),
        (Model.MARKOV, 600_000, 300_000, 100_000),
    ],
)
def test_every_model_on_one_path(model, ana, bo, cy):
    effects = {"ana": 60, "bo": 30, "cy": 10}
    shares = shares_of(model, ORDER, PATH, effects)
    found = {share.creator: share.share_ppm for share in shares}
    assert found == {name: ppm for name, ppm in (("ana", ana), ("bo", bo), ("cy", cy)) if ppm}


def test_touches_that_belong_together_make_one_share_at_the_last_of_them():
    shares = shares_of(Model.LINEAR, ORDER, PATH)
    assert [(share.creator, share.position, share.evidence) for share in shares] == [
        ("bo", 2, Evidence.VISITOR),
        ("ana", 3, Evidence.VISITOR),
        ("cy", 4, Evidence.CODE),
    ]


def test_a_touch_without_weight_lends_no_evidence():
    path = (touch("ana", 2, Evidence.CLICK), touch("ana", 1))
    (share,) = shares_of(Model.CODE_FIRST, ORDER, path)
    assert (share.evidence, share.position) == (Evidence.CLICK, 1)


def test_two_posts_of_one_creator_keep_their_own_shares():
    path = (touch("ana", 2, post_id="p1"), touch("ana", 1, post_id="p2"))
    shares = shares_of(Model.LINEAR, ORDER, path)
    assert [(share.post_id, share.share_ppm) for share in shares] == [
        ("p1", 500_000),
        ("p2", 500_000),
    ]


def test_code_first_believes_evidence_by_strength_then_the_later_touch():
    click, early, late = (
        touch("ana", 3, Evidence.CLICK),
        touch("bo", 2),
        touch("cy", 1),
    )
    assert preferred((early, late)) == 1
    assert preferred((click, early, late)) == 0


def test_without_removal_effects_markov_shares_evenly_among_creators():
    shares = shares_of(Model.MARKOV, ORDER, PATH[:2])
    assert [share.share_ppm for share in shares] == [500_000, 500_000]
    assert by_creator(["ana", "bo", "ana"], {"ana": 7}) == [0, 0, 7]


@pytest.mark.parametrize(
    ("touches", "weights"),
    [(1, [1]), (2, [1, 1]), (3, [2, 1, 2]), (5, [6, 1, 1, 1, 6])],
)
def test_position_is_forty_twenty_forty(touches, weights):
    assert position_weights(touches) == weights


def test_time_decay_halves_every_week_and_never_reaches_nothing():
    for days in range(60):
        exact = 2 ** (-days / HALF_LIFE_DAYS)
        assert abs(decay_weight(days) - exact * 1_000_000) <= 1
    assert decay_weight(5_000) == 1


touches = st.builds(
    touch,
    st.sampled_from(["ana", "bo", "cy"]),
    st.integers(0, 400),
    st.sampled_from(list(Evidence)),
    st.none() | st.sampled_from(["p1", "p2"]),
)


@given(
    model=st.sampled_from(list(Model)),
    path=st.lists(touches, max_size=12),
    effects=st.dictionaries(st.sampled_from(["ana", "bo", "cy"]), st.integers(0, 10**6)),
)
def test_shares_are_exactly_one_million_and_in_order(model, path, effects):
    shares = shares_of(model, ORDER, path, effects)
    assert sum(share.share_ppm for share in shares) == 1_000_000
    assert all(share.share_ppm > 0 for share in shares)
    positions = [share.position for share in shares]
    assert positions == sorted(set(positions))
    assert all(isinstance(share.share_ppm, int) for share in shares)
