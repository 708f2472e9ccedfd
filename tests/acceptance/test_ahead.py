"""The sample programme while it runs: pacing and forecast beside what came of it."""

from __future__ import annotations

import json

FOUR_WEEKS = "2026-05-31T18:00"
"""As known when two thirds of the summer campaign are over."""


def test_the_forecast_of_a_running_campaign_holds_and_sees_the_trap(demo, ws, report, show):
    rows = ws.forecast("summer", as_of=FOUR_WEEKS, known_at=FOUR_WEEKS).rows
    whole, *creators = rows
    came = {
        row["creator"]: report["summer", row["creator"]]["outputs"]["orders"] for row in creators
    }
    inside = [
        row["tracked"]["p10"] <= came[row["creator"]] <= row["tracked"]["p90"] for row in creators
    ]
    show("forecast of summer", whole["why"], f"{sum(inside)} of {len(inside)} creators held")
    assert whole["tracked"]["p10"] <= sum(came.values()) <= whole["tracked"]["p90"]
    assert sum(inside) >= 0.6 * len(inside)
    found = {row["creator"]: row for row in creators}
    trap = demo.truth["special"]["trap"]["creator"]
    assert found[trap]["chance_above_target"] < 0.1
    best = max(demo.truth["pairs"], key=lambda pair: pair["incremental_roi"] or -1)["creator"]
    assert found[best]["chance_above_target"] > 0.9
    for name in demo.truth["special"]["no_order_baseline"]:
        if name in found:
            assert found[name]["roi_at_completion"]["withheld"] == "NO_ORDER_BASELINE"


def test_targets_and_budgets_are_paced_at_every_door(demo, ws, truelift):
    asked = ("pacing", "-w", demo.workspace, "--as-of", FOUR_WEEKS, "--known-at", FOUR_WEEKS)
    told = json.loads(truelift(*asked))["rows"]
    assert told == json.loads(json.dumps(ws.pacing(as_of=FOUR_WEEKS, known_at=FOUR_WEEKS).rows,
                                         default=str))  # fmt: skip
    summer = {(row["creator"], row["metric"]): row for row in told if row["campaign"] == "summer"}
    assert summer[None, "orders"]["verdict"] == "over"
    assert summer[None, "budget"]["budget"] == 1_800_000
    assert all(row["why"] for row in told)
