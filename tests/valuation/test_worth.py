"""Approved value is of what was extra: outputs by their composite, leads that are not won."""

from __future__ import annotations

import pytest

from truelift.base.estimate import Reason, Withheld
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
