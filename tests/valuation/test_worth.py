"""Approved value is of what was extra: outputs by their composite, leads that are not won."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.valuation.ladder import Components, Ladder
from truelift.valuation.roi import ratios
from truelift.valuation.worth import valued_outcomes

NOT_OBSERVED = Withheld(Reason.NOT_OBSERVED, "Nothing.")
NO_BASELINE = Withheld(Reason.NO_BASELINE, "None.")
NO_LEADS = Withheld(Reason.NO_LEAD_BASELINE, "None.")


def worth(outputs=NOT_OBSERVED, leads=NO_LEADS, unwon=1.0, value=None):
    return valued_outcomes(outputs=outputs, leads=leads, unwon_share=unwon, lead_value=value)


def test_the_units_of_the_composite_are_money_already(lift):
    found = worth(lift(300.0, 100.0, 500.0, observed=1000.0))
    assert (found.point, found.low, found.high) == (300, 100, 500)


def test_leads_that_are_won_are_cash_and_have_no_value_besides(lift):
    found = worth(leads=lift(4, 1, 6), unwon=0.75, value=800.0)
    assert found.point == pytest.approx(4 * 0.75 * 800)
    assert worth(lift(300, 100, 500), lift(4, 1, 6), 0.75, 800.0).point == pytest.approx(2700)


def test_without_any_of_them_the_first_thing_missing_is_named(lift):
    assert worth(outputs=NO_BASELINE).reason is Reason.NO_BASELINE
    assert worth().reason is Reason.NO_LEAD_BASELINE
    assert worth(leads=lift(), value=None).reason is Reason.NO_VALUES


@given(st.floats(-1e7, 1e7), st.floats(0, 1e7), st.floats(0, 1e7), st.integers(1, 10**9))
def test_limits_of_the_composite_map_one_to_one_into_valued_roi(units, down, up, cost):
    """The composite is in minor units: (L - C) / C at the point and at both limits."""
    figure = LiftFigure(
        "value", 0.1, 0.0, 0.2, 0.95, units, units - down, units + up, 0.0, units, "theory", Grade.C
    )
    valued = worth(figure)
    ladder = Ladder(None, Components(), Withheld(Reason.NO_ORDERS, "None."), 0, cost)
    found = ratios(ladder, cost, valued, cash_outcome=False).valued_roi
    for end, total in (("low", units - down), ("point", units), ("high", units + up)):
        told = getattr(found, end)
        assert told == pytest.approx((total - cost) / cost, rel=1e-9, abs=1e-9)
    if abs(units - down - cost) > 1e-6 * cost:
        assert (found.low > 0) == (units - down > cost)
