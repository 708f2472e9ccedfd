"""What controls took out: columns that lift takes, and what a figure says of them."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.calendar import NO_CONTROL, Control, joined_controls


def test_scalars_hold_for_every_row_and_nothing_stands_where_there_are_no_controls():
    shaped = Control(0.1, 0.2, 9).over(3)
    assert shaped.mean.tolist() == [0.1] * 3
    assert shaped.first.tolist() == shaped.least.tolist() == [pytest.approx(0.04)] * 3
    mixed = Control(np.array([0.1, np.nan]), np.array([0.2, np.nan]), np.array([9, 0])).over(2)
    assert (mixed.mean[1], mixed.se[1], mixed.first[1], mixed.least[1]) == (0, 0, 0, 0)
    assert np.isinf(mixed.nu[1])
    assert not NO_CONTROL.over(2).any.any()


def test_the_ends_of_the_clock_never_lie_inside_of_now():
    ends = Control(0.0, 0.2, 9, 8.0, np.array([0.01]), np.array([0.5])).over(1)
    assert ends.first[0] == ends.least[0] == pytest.approx(0.04)


def test_tables_are_put_one_after_the_other_with_all_their_rules():
    names = np.empty(1, object)
    names[0] = ("cy",)
    one = Control(0.1, 0.2, 1, names=names, rule="named").over(1)
    whole = joined_controls([one, NO_CONTROL.over(2), Control(0.3, 0.1, 7, rule="open").over(1)])
    assert whole.creators.tolist() == [1, 0, 0, 7]
    assert whole.rule == "named; or open"
    assert whole.used(np.array([0, 1]), 0.1, 0.2).names == ("cy",)
    assert whole.take(np.array([3])).mean.tolist() == [0.3]
