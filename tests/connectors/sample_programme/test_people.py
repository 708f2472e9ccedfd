from collections import Counter

from truelift.connectors.sample_programme import people as parts
from truelift.connectors.sample_programme.people import CONTROLS, PLATFORMS, TREATED, cast


def test_there_are_forty_creators_on_three_platforms(story):
    assert len(set(story.people.names)) == 40
    assert set(story.people.platforms) == set(PLATFORMS)
    assert min(Counter(story.people.platforms).values()) >= 8


def test_nobody_is_treated_and_control(story):
    treated = {name for names in TREATED.values() for name in names}
    assert len(CONTROLS) == 8
    assert treated.isdisjoint(CONTROLS)
    assert treated | set(CONTROLS) == set(story.people.names)


def test_spread_and_rates_are_those_of_real_creators(story):
    people = story.people
    assert 0.55 <= people.spread.min() < people.spread.max() <= 0.95
    usual = [people.order_rate[people.index(name)] for name in people.names if name != parts.TRAP]
    assert 0.3 <= min(usual) < max(usual) <= 3.0


def test_only_the_leads_campaign_brings_leads(story):
    people = story.people
    leading = {name for name, rate in zip(people.names, people.lead_rate, strict=True) if rate}
    assert leading == set(TREATED["signup-spring"])


def test_another_seed_gives_other_people():
    assert cast(7).followers.tolist() != cast(8).followers.tolist()


def test_profiles_and_followers_name_the_same_handles(sample):
    handles = {(row["platform"], row["handle"]) for row in sample.rows("profiles")}
    counted = {(row["platform"], row["handle"]) for row in sample.rows("followers")}
    assert len(handles) == 40
    assert handles == counted
