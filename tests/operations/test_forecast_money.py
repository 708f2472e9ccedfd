"""Money of a forecast: contribution after refunds to come, cost signed, commission, reasons."""

from __future__ import annotations

import numpy as np
import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.value_basis import Counted, ValueBasis
from truelift.operations import forecast_money
from truelift.operations.developments import Developments
from truelift.operations.forecast_money import Sold, money, sold
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels
from truelift.operations.value_basis import basis_of
from truelift.valuation.ladder import Components

NAMES = ["ana", "bo"]
WON = ValueBasis(Counted.WON_LEADS)
ORDERS = ValueBasis(Counted.ORDERS)


@pytest.fixture(scope="module")
def panels(season):
    return Panels(knowledge(season.ground))


def given(panels, campaign="spring", units=(13.0, 12.0)):
    return sold(Developments(panels.known, panels), campaign, NAMES, np.array(units))


def test_contribution_and_goods_are_a_little_less_than_so_far(panels):
    found = given(panels)
    assert found.why is None
    assert 70_000 < found.orders[0] < 80_000
    assert 110_000 < found.goods[0] < 135_000


def test_cost_is_what_is_booked_and_open_and_commission_is_still_to_come(panels):
    found = money(panels, "spring", NAMES, given(panels), ORDERS)
    assert found.fixed[0] > 30_000
    assert found.per_unit[0] == pytest.approx(1_000, rel=0.15)
    assert found.per_unit[1] == 0
    assert np.isinf(found.cap).all()
    assert found.unallocated == 4_000
    assert found.unit_value[0] == pytest.approx(6_000, rel=0.1)


def test_leads_not_won_count_by_their_approved_value_or_not_at_all(panels):
    sums = given(panels, "signup", (10.0, 0.0))
    basis = basis_of(panels, "signup")
    assert basis.counted is Counted.OPEN_LEADS
    each = (sums.won_leads[0] + (10 - sums.won[0]) * 800) / 10
    assert money(panels, "signup", NAMES, sums, basis).unit_value[0] == pytest.approx(each)
    won = money(panels, "signup", NAMES, sums, WON)
    assert won.unit_value[0] == pytest.approx(sums.won_leads[0] / 10)


FACTS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD
autumn   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign
ANA-26 | ana     | spring

agreements
agreement | campaign | creator | fee    | currency | signed_on | commission_rate | commission_cap
a         | spring   | ana     | 100.00 | USD      | 04-01     | 0.10            | 5.00
f         | autumn   | ana     | 100.00 | XAF      | 04-01     |                 |

orders
order_id | ordered_at | currency | subtotal | cogs | code
x        | @05-03     | USD      | 10.00    | 1.00 | ANA-26
"""


def test_commission_ends_at_its_cap_and_a_cost_that_is_not_booked_is_the_reason(read_only):
    panels = Panels(knowledge(read_only(FACTS).ground))
    found = money(panels, "spring", NAMES, given(panels, units=(1.0, 0.0)), ORDERS)
    assert found.cap[0] == 400
    assert np.isinf(found.cap[1])
    unbooked = money(panels, "autumn", NAMES, given(panels, "autumn", (0.0, 0.0)), ORDERS)
    assert isinstance(unbooked, Withheld)
    assert unbooked.reason is Reason.NO_RATE


def test_orders_without_a_rate_or_a_margin_are_the_reason(panels):
    nothing = np.zeros(2)
    for parts, reason in (
        (Components(untranslated=1), Reason.NO_RATE),
        (Components(goods_without_margin=1), Reason.NO_MARGIN),
    ):
        why = forecast_money._why(parts)
        unsold = Sold(nothing, nothing, nothing, nothing, nothing, why)
        found = money(panels, "spring", NAMES, unsold, ORDERS)
        assert found is why
        assert found.reason is reason


def test_a_refund_takes_off_what_cannot_be_sold_again():
    assert forecast_money._lost_per_refund(Components()) == 1.0
    assert forecast_money._lost_per_refund(Components(refunds=100, cogs_returned=40)) == 0.6
