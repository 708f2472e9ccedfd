from truelift.connectors.sample_programme import next_campaign
from truelift.connectors.sample_programme.people import CONTROLS


def test_there_is_one_campaign_per_goal_and_one_to_come(sample):
    rows = sample.rows("campaigns")
    goals = [row["goal"] for row in rows if row["campaign"] != next_campaign.CAMPAIGN]
    assert len(rows) == len(goals) + 1
    assert sorted(goals) == ["awareness", "leads", "sales"]


def test_one_campaign_names_its_controls_and_the_others_leave_them_to_the_rule(sample):
    arms = sample.latest("participants", "campaign", "creator")
    found = {key for key, row in arms.items() if row["arm"] == "control"}
    assert found == {("signup-spring", name) for name in CONTROLS}


def test_values_keep_media_value_apart(sample):
    basis = {row["metric"]: row["basis"] for row in sample.rows("values")}
    assert basis == {
        "engagement": "approved_value",
        "leads": "lead_value",
        "views": "media_value",
    }


def test_the_holdout_is_known_after_the_flight(sample):
    row = sample.rows("experiments")[0]
    assert (row["factor"], row["low"], row["high"]) == ("0.60", "0.45", "0.75")
    assert not sample.delivered("experiments", sample.deliveries[5])


def test_the_margin_is_the_brands(sample):
    row = sample.rows("margins")[0]
    assert (row["scope"], row["key"]) == ("brand", sample.programme.brand)
