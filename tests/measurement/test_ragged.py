from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.ragged import floats, ragged


def test_a_creator_without_posts_keeps_its_place():
    posts = ragged([0, 0, 2], 4)
    assert posts.count.tolist() == [2, 0, 1, 0]
    assert posts.start.tolist() == [0, 2, 2, 3]
    assert posts.positions.tolist() == [0, 1, 0]
    assert posts.sums(np.array([1.0, 2.0, 4.0])).tolist() == [3, 0, 4, 0]
    assert posts.creators == 4


def test_no_posts_at_all_is_fine():
    assert ragged([], 2).count.tolist() == [0, 0]


@pytest.mark.parametrize("group", [[1, 0], [-1, 0], [0, 5]])
def test_unsorted_or_unknown_creators_are_refused(group):
    with pytest.raises(ValueError, match="sorted"):
        ragged(group, 2)


def test_none_is_missing():
    assert np.isnan(floats([None, 1])).tolist() == [True, False]
