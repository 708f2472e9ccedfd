import datetime as dt

import pytest


@pytest.fixture(scope="module")
def clicks(sample):
    return {row["click_id"]: row for row in sample.rows("clicks")}


def test_there_are_people_and_machines(clicks):
    machines = sum(not row["visitor"] for row in clicks.values())
    assert 80_000 <= len(clicks) <= 120_000
    assert 0.05 < machines / len(clicks) < 0.15


@pytest.mark.parametrize(
    ("kind", "when", "key"),
    [("orders", "ordered_at", "order_id"), ("leads", "created_at", "lead_id")],
)
def test_a_click_comes_before_what_it_led_to_and_within_the_lookback(
    sample, clicks, kind, when, key
):
    led = [row for row in sample.latest(kind, key).values() if row["click_id"]]
    assert len(led) > 1_000
    for row in led:
        click = clicks[row["click_id"]]
        lag = dt.datetime.fromisoformat(row[when]) - dt.datetime.fromisoformat(click["clicked_at"])
        assert dt.timedelta(0) < lag <= dt.timedelta(days=12)
        assert click["visitor"] == row["visitor"]


def test_a_campaign_link_is_not_clicked_before_its_flight(sample, clicks):
    starts = {row["campaign"]: row["starts"] for row in sample.rows("campaigns")}
    campaign = {row["slug"]: row["campaign"] for row in sample.rows("links") if row["campaign"]}
    for row in clicks.values():
        if row["slug"] in campaign:
            assert row["clicked_at"] >= starts[campaign[row["slug"]]]


def test_every_click_is_on_a_link_that_exists(sample, clicks):
    slugs = {row["slug"] for row in sample.rows("links")}
    assert {row["slug"] for row in clicks.values()} <= slugs


def test_some_visitors_met_more_than_one_creator(clicks):
    met = {}
    for row in clicks.values():
        if row["visitor"].startswith("order-"):
            met.setdefault(row["visitor"], set()).add(row["slug"])
    assert sum(len(slugs) > 1 for slugs in met.values()) > 500
