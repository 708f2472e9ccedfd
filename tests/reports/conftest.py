"""Rows of an ROI report made by hand, one figure at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.reports.roi import RoiHeader, RoiRow
from truelift.valuation.cost_states import CostStates
from truelift.valuation.ladder import Components, Ladder
from truelift.valuation.roi import Ratios

NO_VALUES = Withheld(Reason.NO_VALUES, "No values.")


@pytest.fixture
def header():
    """A header of a report by creator."""
    return RoiHeader(
        workspace="w",
        brand="acme",
        currency="USD",
        timezone="America/New_York",
        as_of=dt.datetime(2026, 5, 31, 23, 59, 59, 999999),
        known_at=dt.datetime(2026, 6, 1),
        basis="event",
        cost_basis="accrued",
        model="code-first",
        by="creator",
        rule="A rule.",
    )


@pytest.fixture
def lift():
    """A lift of orders that was sealed late."""
    return LiftFigure(
        metric="orders", log=0.41, low=0.05, high=0.77, level=0.95, units=12.1, units_low=1.9,
        units_high=19.6, expected=28.9, observed=41.0, limits="theory", grade=Grade.C, late=True,
    )  # fmt: skip


@pytest.fixture
def row(lift):
    """A row where everything is known."""
    known = Estimate(27300.4, 1000.0, 40000.0, 0.95, Grade.C)
    sold = Components(goods=100000, discounts=5000, cogs=58000)
    return RoiRow(
        campaign="spring",
        creator="ana",
        goal="sales",
        cost=CostStates(30000, 20000, 10000, 5000),
        outputs={"orders": 41.0, "clicks_counted": 702, "engagement": 2.5, "views": 0},
        ladder=Ladder(200000, sold, known, 0, 20000),
        lift=lift,
        lift_metric="orders",
        ratios=Ratios(
            reported_roas=Decimal(10),
            roas=Decimal("5.000000"),
            roi=Decimal("1.1"),
            incremental_roi=Estimate(0.365, -0.95, 1.0, 0.95, Grade.C),
            break_even_incrementality=Decimal("0.476190"),
            valued_roi=Estimate(0.5, -0.5, 1.5, 0.95, Grade.C),
        ),
        cost_basis=20000,
        media_value=88000,
        schedule="v3",
        baseline={"late": True},
    )


@pytest.fixture
def withheld_row(row):
    """The same row where nothing but tracked money is known."""
    no_baseline = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
    return replace(
        row,
        ladder=replace(row.ladder, reported=None, incremental=no_baseline, unmeasured=42000),
        lift=no_baseline,
        ratios=replace(
            row.ratios,
            reported_roas=None,
            roas=Withheld(Reason.NO_COST, "No cost."),
            incremental_roi=no_baseline,
            valued_roi=NO_VALUES,
        ),
        media_value=None,
        baseline=None,
        coverage=(1, 2),
        completion=Withheld(Reason.NOT_FORECAST, "Not yet."),
        engagement_lift=no_baseline,
    )
