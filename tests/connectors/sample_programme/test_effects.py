from math import exp

import numpy as np
import pytest

from truelift.connectors.sample_programme.effects import daily_factor
from truelift.connectors.sample_programme.people import TRAP, TREATED
from truelift.connectors.sample_programme.timeline import flight_days


def test_every_creator_of_every_campaign_has_one_effect(story):
    pairs = {(item.campaign, item.creator) for item in story.drawn}
    assert pairs == {(name, who) for name, group in TREATED.items() for who in group}
    assert len(pairs) == len(story.drawn)


def test_engagement_lifts_are_those_of_the_brief_and_some_are_not_positive(story):
    lifts = np.array([item.engagement for item in story.drawn])
    assert lifts.mean() == pytest.approx(0.35, abs=0.03)
    assert lifts.std() == pytest.approx(0.3, abs=0.06)
    assert (lifts <= 0).any()


def test_some_creators_sell_less_than_without_the_campaign(story):
    assert any(item.orders < 0 for item in story.drawn if item.campaign == "summer")


def test_the_trap_causes_next_to_nothing(story):
    assert next(item for item in story.drawn if item.creator == TRAP).orders < 0.05


def test_rates_are_multiplied_in_the_flight_only(story):
    factor = daily_factor(story.people, story.drawn, lambda item: item.orders)
    item = next(item for item in story.drawn if item.creator == TRAP)
    row = factor[story.people.index(TRAP)]
    assert np.allclose(row[flight_days("summer")], exp(item.orders))
    assert np.allclose(row[~flight_days("summer")], 1.0)
