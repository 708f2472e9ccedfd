"""Lift figures that are made by hand."""

from __future__ import annotations

import pytest

from truelift.base.estimate import Grade
from truelift.measurement.figure import LiftFigure


@pytest.fixture
def lift():
    """Make a lift figure of `units` out of `observed`."""

    def make(units=4.0, low=1.0, high=6.0, *, observed=10.0, grade=Grade.C):
        return LiftFigure(
            metric="orders",
            log=0.5,
            low=0.1,
            high=0.9,
            level=0.95,
            units=units,
            units_low=low,
            units_high=high,
            expected=observed - units,
            observed=observed,
            limits="theory",
            grade=grade,
        )

    return make
