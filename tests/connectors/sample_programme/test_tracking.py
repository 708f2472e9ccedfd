from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, LATE_SEALED


def test_all_but_the_hidden_have_evergreen_codes_and_links(sample):
    for kind in ("codes", "links"):
        owners = {row["creator"] for row in sample.rows(kind) if row["kind"] == "evergreen"}
        assert len(owners) == 38
        assert owners.isdisjoint(HIDDEN_BASELINE)


def test_evergreen_codes_are_older_than_the_shop_history_before_launch(sample):
    codes = [row for row in sample.rows("codes") if row["kind"] == "evergreen"]
    assert all(row["valid_from"] == "2025-09-01" and not row["campaign"] for row in codes)


def test_campaign_codes_live_as_long_as_their_flight(sample):
    flights = {row["campaign"]: (row["starts"], row["ends"]) for row in sample.rows("campaigns")}
    own = [row for row in sample.rows("codes") if row["kind"] == "creator"]
    assert len(own) == 33
    assert all((row["valid_from"], row["valid_to"]) == flights[row["campaign"]] for row in own)


def test_the_late_ones_assets_arrive_with_the_late_agreement(sample):
    first, second = sample.deliveries[:2]
    for kind in ("codes", "links", "agreements", "participants"):
        named = [r["creator"] for r in sample.delivered(kind, first) if r["campaign"] == "glow"]
        assert LATE_SEALED not in named
        assert LATE_SEALED in [row["creator"] for row in sample.delivered(kind, second)]
