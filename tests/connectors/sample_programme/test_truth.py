from math import exp

import pytest

from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, LEAKED, TRAP, TREATED


def test_every_pair_is_told(sample):
    told = [(pair["campaign"], pair["creator"]) for pair in sample.programme.truth["pairs"]]
    assert sorted(told) == sorted((name, who) for name, group in TREATED.items() for who in group)


def test_baseline_and_incremental_and_leaked_make_what_is_tracked(sample):
    for pair in sample.programme.truth["pairs"]:
        parts = pair["baseline_orders"] + pair["incremental_orders"] + pair["leaked_orders"]
        assert parts == pytest.approx(pair["expected_tracked_orders"], abs=0.002)
        assert bool(pair["leaked_orders"]) == (pair["creator"] == LEAKED)
        if pair["campaign"] == "signup-spring":
            leads = pair["baseline_leads"] + pair["incremental_leads"]
            assert leads == pytest.approx(pair["expected_tracked_leads"], abs=0.002)


def test_the_incremental_share_follows_from_the_log_lift(sample):
    for pair in sample.programme.truth["pairs"]:
        if not pair["leaked_orders"]:
            share = 1 - exp(-pair["order_log_lift"])
            assert pair["incremental_order_share"] == pytest.approx(share, abs=1e-5)


def test_the_holdout_agrees_with_the_truth(sample):
    truth = sample.programme.truth
    leads = next(c for c in truth["campaigns"] if c["campaign"] == "signup-spring")
    share = leads["incremental_leads"] / leads["expected_tracked_leads"]
    assert truth["holdout"]["low"] < share < truth["holdout"]["high"]
    assert share == pytest.approx(truth["holdout"]["factor"], abs=0.05)


def test_the_trap_looks_well_and_loses_money(sample):
    pair = sample.pair(TRAP, "summer")
    assert pair["roi"] > 1.5
    assert pair["incremental_roi"] < -0.7


def test_some_creators_pay_back_and_some_do_not(sample):
    returns = [
        p["incremental_roi"] for p in sample.programme.truth["pairs"] if p["goal"] == "sales"
    ]
    assert min(returns) < 0 < max(returns)


def test_returns_follow_from_money_and_cost(sample):
    for pair in sample.programme.truth["pairs"]:
        cost, gain = pair["accrued_cost_minor"], pair["incremental_contribution_minor"]
        assert pair["incremental_roi"] == pytest.approx((gain - cost) / cost, abs=1e-6)


def test_campaigns_are_the_sums_of_their_pairs(sample):
    for campaign in sample.programme.truth["campaigns"]:
        own = [p for p in sample.programme.truth["pairs"] if p["campaign"] == campaign["campaign"]]
        for name in ("tracked_orders", "accrued_cost_minor", "incremental_contribution_minor"):
            assert campaign[name] == sum(pair[name] for pair in own)


def test_a_campaigns_log_lift_is_that_of_its_sums(sample):
    for campaign in sample.programme.truth["campaigns"]:
        caused = campaign["baseline_orders"] * exp(campaign["order_log_lift"])
        expected = campaign["expected_tracked_orders"] - campaign["leaked_orders"]
        assert caused == pytest.approx(expected, abs=0.01)
        assert (campaign["lead_log_lift"] is None) == (campaign["goal"] != "leads")


def test_orders_by_a_campaign_code_are_among_the_tracked(sample):
    pair = sample.pair("flor", "summer")
    coded = sum(
        row["code"] == "FLOR-SUMMER" for row in sample.latest("orders", "order_id").values()
    )
    assert 0 < coded <= pair["tracked_orders"]


def test_special_cases_are_named(sample):
    special = sample.programme.truth["special"]
    assert set(special) >= {
        *("trap", "leaked_code", "late_fact", "late_seal", "other_brand", "deleted_post"),
        *("no_engagement_baseline", "no_order_baseline", "few_posts", "cancelled", "affiliate"),
        *("gift", "advance", "unallocated_cost", "updated_order"),
    }
    assert special["no_order_baseline"] == list(HIDDEN_BASELINE)
    assert len(special["other_brand"]["posts"]) == 3
