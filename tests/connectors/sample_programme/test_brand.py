from truelift.connectors.sample_programme.people import CONTROLS


def test_there_is_one_campaign_per_goal(sample):
    goals = [row["goal"] for row in sample.rows("campaigns")]
    assert sorted(goals) == ["awareness", "leads", "sales"]


def test_controls_stand_beside_every_campaign(sample):
    arms = sample.latest("participants", "campaign", "creator")
    for campaign in ("glow", "signup-spring", "summer"):
        found = {
            name for (at, name), row in arms.items() if at == campaign and row["arm"] == "control"
        }
        assert found == set(CONTROLS)


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
