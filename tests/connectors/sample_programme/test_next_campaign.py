"""What is signed for the next campaign can still be cancelled, and nothing has happened in it."""

from truelift.connectors.sample_programme import next_campaign


def test_the_next_campaign_is_signed_before_the_end_and_no_post_is_in_it(sample):
    signed = sample.latest("agreements", "agreement")
    ours = [row for row in signed.values() if row["campaign"] == next_campaign.CAMPAIGN]
    assert {row["creator"] for row in ours} == {"carl", "vera"}
    assert all(row["cancellable_until"] > "2026-07-05" for row in ours)
    assert all(row["campaign"] != next_campaign.CAMPAIGN for row in sample.rows("posts"))


def test_its_deliverables_cost_what_was_agreed(sample):
    promised = sample.latest("deliverables", "deliverable").values()
    for row in next_campaign.ROWS["agreements"]:
        prices = [
            float(each["price"]) for each in promised if each["agreement"] == row["agreement"]
        ]
        assert sum(prices) == float(row["fee"])
