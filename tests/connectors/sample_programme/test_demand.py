import numpy as np
import pytest

from truelift.connectors.sample_programme.demand import (
    CODES,
    LEAKED_ORDERS,
    WEEKDAY,
    expected_rate,
    lead_arrivals,
    order_arrivals,
)
from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, LEAKED, TRAP
from truelift.connectors.sample_programme.timeline import SHOP_DAYS, flight_start


@pytest.fixture(scope="module")
def orders(story):
    return order_arrivals(7, story.people, story.drawn)


def test_weekdays_keep_the_daily_rate():
    assert WEEKDAY.mean() == pytest.approx(1.0)


def test_before_launch_orders_come_at_the_creators_rate(story, orders):
    people = story.people
    place = people.index(TRAP)
    days = (flight_start("summer") - np.datetime64(SHOP_DAYS[0], "s")) / np.timedelta64(1, "D")
    early = (orders.creator == place) & (orders.at < flight_start("summer"))
    assert early.sum() == pytest.approx(people.order_rate[place] * days, rel=0.12)


def test_in_the_flight_orders_come_at_the_rate_times_the_lift(story, orders):
    for campaign in ("glow", "signup-spring", "summer"):
        ours = [n for n, item in enumerate(story.drawn) if item.campaign == campaign]
        expected = sum(expected_rate(story.people, story.drawn[n])[1] for n in ours)
        counted = np.isin(orders.effect, ours) & ~orders.leaked
        # Clumped days: the variance is at most three times the mean.
        assert abs(counted.sum() - expected) < 4 * (3 * expected) ** 0.5


def test_leads_follow_the_same_mechanics(story):
    led = lead_arrivals(7, story.people, story.drawn)
    ours = [n for n, item in enumerate(story.drawn) if item.campaign == "signup-spring"]
    expected = sum(expected_rate(story.people, story.drawn[n], leads=True)[1] for n in ours)
    assert abs(np.isin(led.effect, ours).sum() - expected) < 4 * (3 * expected) ** 0.5


def test_without_evergreen_assets_nothing_is_tracked_outside_the_flight(story, orders):
    for name in HIDDEN_BASELINE:
        own = orders.creator == story.people.index(name)
        assert (orders.effect[own] >= 0).all()


def test_the_leak_is_a_few_days_of_one_creators_code(story, orders):
    leaked = orders.leaked
    assert leaked.sum() == LEAKED_ORDERS
    assert set(orders.creator[leaked].tolist()) == {story.people.index(LEAKED)}
    assert np.isin(orders.touch[leaked], CODES).all()


def test_arrivals_come_in_order(orders):
    assert (np.diff(orders.at) >= np.timedelta64(0, "s")).all()
