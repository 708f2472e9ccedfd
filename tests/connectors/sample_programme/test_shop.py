import numpy as np
import pytest

from truelift.connectors.sample_programme.demand import order_arrivals
from truelift.connectors.sample_programme.shop import contribution, refunds, sales


@pytest.fixture(scope="module")
def sold(story):
    return sales(7, order_arrivals(7, story.people, story.drawn))


@pytest.fixture(scope="module")
def returned(sold):
    return refunds(7, sold)


def test_about_six_in_ten_orders_are_untracked(sold):
    assert 25_000 <= len(sold.at) <= 40_000
    assert (sold.arrival < 0).mean() == pytest.approx(0.62, abs=0.05)


def test_net_leaves_out_tax_only_where_prices_hold_it(sold):
    euro = sold.currency > 0
    assert (sold.net[euro] == (sold.subtotal - sold.discount - sold.tax)[euro]).all()
    assert (sold.net[~euro] == (sold.subtotal - sold.discount)[~euro]).all()
    assert euro.any()


def test_refunds_stay_within_the_goods_and_come_later(sold, returned):
    assert (returned.amount <= sold.net[returned.order]).all()
    assert (returned.amount > 0).all()
    assert (returned.at > sold.at[returned.order]).all()
    full = returned.amount == sold.net[returned.order]
    assert full.any()
    assert not full.all()
    assert returned.restocked.any()
    assert not returned.restocked.all()


def test_contribution_of_a_plain_dollar_order_is_what_is_left(sold, returned):
    plain = (sold.currency == 0) & (sold.goods >= 0)
    plain[returned.order] = False
    place = np.flatnonzero(plain)[0]
    left = sold.net[place] - sold.goods[place] - sold.fulfilment[place] - sold.fees[place]
    assert contribution(sold, returned)[place] == left


def test_a_fully_refunded_order_contributes_less_than_nothing(sold, returned):
    full = returned.amount == sold.net[returned.order]
    assert (contribution(sold, returned)[returned.order[full]] < 0).all()


def test_a_customer_is_new_once(sold):
    new = sold.customer[sold.new_customer]
    assert len(set(new.tolist())) == len(new)
    assert set(sold.customer.tolist()) == set(new.tolist())
