"""The sample programme through the whole river, as `make demo` plays it, beside its known truth."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from truelift.cli.main import run

LATE_FACTS = "2026-07-05"
"""The last delivery: what comes with it is not known before its day."""


def test_the_demo_prints_estimate_beside_truth_and_exits_0(demo, show):
    show("truelift demo", f"{demo.seconds:.1f} s on this machine, as loaded as it is")
    assert demo.code == 0
    assert "Traceback" not in demo.errors
    assert "Simulated clock: 2026-07-05 22:00:00 UTC" in demo.errors
    by_campaign, by_creator = demo.printed.split("known at")[:2]
    lines = {tuple(line.split()[:2]): line for line in by_creator.splitlines() if line.split()}
    for pair in demo.truth["pairs"]:
        assert f" {pair['incremental_roi']:+.0%}" in lines[pair["campaign"], pair["creator"]]
    for campaign in demo.truth["campaigns"]:
        assert campaign["campaign"] in by_campaign
        assert f" {campaign['incremental_roi']:+.0%}" in by_campaign


def test_the_truth_lies_inside_the_limits_of_nine_in_ten_creators(demo, report, show):
    leaked = demo.truth["special"]["leaked_code"]["creator"]
    inside = {}
    for pair in demo.truth["pairs"]:
        found = report[pair["campaign"], pair["creator"]]["incremental_roi"]
        if "point" in found and pair["creator"] != leaked:
            inside[pair["creator"]] = found["low"] <= pair["incremental_roi"] <= found["high"]
    share = sum(inside.values()) / len(inside)
    outside = ", ".join(name for name, yes in inside.items() if not yes) or "nobody"
    show("true incremental ROI inside the limits", f"{share:.0%} of {len(inside)}; out: {outside}")
    assert len(inside) >= 15
    assert share >= 0.9


def test_the_trap_looks_well_and_is_seen_to_lose_money(demo, report):
    trap = demo.truth["special"]["trap"]
    row = report[trap["campaign"], trap["creator"]]
    assert row["roi"] > 1
    assert row["incremental_roi"]["point"] < 0
    assert row["incremental_roi"]["high"] < 0


def test_a_leaked_code_flatters_its_creator(demo, report):
    leak = demo.truth["special"]["leaked_code"]
    pair = next(pair for pair in demo.truth["pairs"] if pair["creator"] == leak["creator"])
    row = report[leak["campaign"], leak["creator"]]
    assert row["outputs"]["orders"] > pair["expected_tracked_orders"] - pair["leaked_orders"]
    assert row["incremental_roi"]["point"] > pair["incremental_roi"]


def test_who_has_no_history_gets_a_reason_and_never_a_number(demo, report):
    special = demo.truth["special"]
    for (_, creator), row in report.items():
        if creator in special["no_engagement_baseline"]:
            assert row["lift"]["withheld"] == "NO_BASELINE"
        if creator in special["no_order_baseline"] and row["goal"] == "sales":
            assert row["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"
            assert 0 < row["incremental_roi"]["break_even_incrementality"] < 1
    assert {"kira", "flor"} <= {creator for _, creator in report}


def test_a_baseline_sealed_late_says_so_everywhere(demo, report):
    late = demo.truth["special"]["late_seal"]
    for (_, creator), row in report.items():
        if row["baseline"]:
            assert row["baseline"]["late"] == (creator == late["creator"])
        if "late" in row["lift"]:
            assert row["lift"]["late"] == (creator == late["creator"])
    row = report[late["campaign"], late["creator"]]
    assert row["lift"]["grade"] == "C"


def test_a_late_fact_changes_today_and_not_what_was_known_before(demo, ws):
    late = demo.truth["special"]["late_fact"]
    before = [row["order_id"] for row in ws.list(late["kind"], known_at="2026-07-04").rows]
    after = [row["order_id"] for row in ws.list(late["kind"], known_at=LATE_FACTS).rows]
    assert late["order_id"] not in before
    assert late["order_id"] in after
    earlier = {row["campaign"]: row for row in ws.roi(by="campaign", known_at="2026-07-04").rows}
    newest = {row["campaign"]: row for row in ws.roi(by="campaign").rows}
    assert earlier["summer"]["ladder"] != newest["summer"]["ladder"]


def test_every_bridge_adds_up(ws):
    checks = [row for row in ws.bridge().rows if row["step"] == "residual"]
    assert {row["campaign"] for row in checks} == {
        "autumn",
        "glow",
        "signup-spring",
        "summer",
        None,
    }
    assert {row["amount"] for row in checks} == {0}


def test_the_books_balance_in_every_currency_and_their_chain_verifies(ws):
    totals = [row for row in ws.trial_balance().rows if row["account"] == "total"]
    assert {row["currency"] for row in totals} == {"EUR", "GBP", "USD"}
    for row in totals:
        assert (row["amount_minor"], row["base_minor"]) == (0, 0)
    assert ws.verify_ledger() == []


def test_the_cost_of_the_bridges_is_the_ledgers_cost_accounts(ws):
    booked, bridged = defaultdict(int), defaultdict(int)
    for row in ws.journal().rows:
        if "6100" <= row["account"] <= "6199":
            booked[row["campaign"], row["account"]] += round(float(row["base"]) * 100)
    for row in ws.bridge().rows:
        if row["step"] == "creator_cost":
            bridged[row["campaign"], row["account"]] -= row["amount"]
    assert bridged == {key: amount for key, amount in booked.items() if amount}
    balance = {}
    for row in ws.trial_balance().rows:
        if "6100" <= row["account"] <= "6199":
            balance[row["account"]] = balance.get(row["account"], 0) + row["base_minor"]
    by_account = defaultdict(int)
    for (_, account), amount in bridged.items():
        by_account[account] += amount
    assert by_account == balance


@pytest.mark.soak
@pytest.mark.parametrize("by", ["creator", "campaign"])
def test_a_rebuild_from_the_log_gives_the_same_bytes(own, truelift, by):
    before = truelift("roi", "-w", own, "--by", by)
    assert run(["rebuild", "-w", str(own)]) == 0
    assert truelift("roi", "-w", own, "--by", by) == before


@pytest.mark.soak
def test_every_delivery_imported_again_changes_nothing(own, truelift):
    asked = [("roi", "-w", own), ("bridge", "-w", own), ("ledger", "journal", "-w", own)]
    before = [truelift(*words) for words in asked]
    deliveries = sorted(path for path in (own / "programme").iterdir() if path.is_dir())
    for folder in deliveries:
        records = json.loads(truelift("import", folder, "-w", own))["rows"]
        assert sum(record["accepted"] + record["updated"] for record in records) == 0
    assert len(deliveries) == 9
    assert [truelift(*words) for words in asked] == before
