"""Counts of a campaign as columns: levels before and since, days gone and left."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.development import chain_ladder
from truelift.operations.forecast_counts import counted, usual_dispersion
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement

NONE = Withheld(Reason.NO_HISTORY, "None.")


@pytest.fixture(scope="module")
def measurement(season):
    return Measurement(knowledge(season.ground))


def test_sealed_histories_and_counts_since_launch_are_columns(measurement):
    found = counted(measurement, "spring", "orders", NONE)
    assert found.names == ["ana", "bo", "cy", "dee"]
    one = found.counting
    assert one.so_far.tolist() == [13, 12, 11, 2]
    assert one.days_gone[1] + one.days_left[1] == pytest.approx(30.5, abs=1)
    assert np.isfinite(one.evidence.before_variance).tolist() == [True, True, True, False]
    assert np.isfinite(one.evidence.since_variance).all()
    assert set(found.withheld) == {"dee"}
    assert not found.silent


def test_some_creators_can_be_kept(measurement):
    found = counted(measurement, "spring", "orders", NONE).take([1])
    assert found.names == ["bo"]
    assert len(found.counting.evidence) == 1


def test_late_orders_raise_the_total_as_far_as_they_have_not_come_yet(measurement):
    late = chain_ladder(np.array([[10.0, 11.0, 11.0]] * 5), (0, 7, 14))
    found = counted(measurement, "spring", "orders", late).counting
    assert found.late == pytest.approx(1.1)
    assert found.late_variance == 0


def test_dispersion_is_the_usual_one_without_any_history():
    assert usual_dispersion(np.array([np.nan, 2.0, 4.0])) == 3.0
    assert usual_dispersion(np.array([np.nan])) == 1.5
