"""Money moved away from who only looks well, in the sample programme, beside its known truth."""

from __future__ import annotations

import json

import pytest

SECOND_WEEK = "2026-05-18"
"""Two weeks of summer are known, and what is not live yet can still be cancelled."""


def test_money_moves_away_from_the_trap_and_the_truth_agrees(demo, truelift, show):
    trap = demo.truth["special"]["trap"]
    truth = {
        pair["creator"]: pair["incremental_roi"]
        for pair in demo.truth["pairs"]
        if pair["campaign"] == trap["campaign"]
    }
    told = json.loads(
        truelift(
            "reallocate", "-w", demo.workspace, "--campaign", trap["campaign"],
            "--known-at", SECOND_WEEK,
        )
    )  # fmt: skip
    show("truelift reallocate, after two weeks of summer", told["proposal"]["sentence"])
    rows = {row["creator"]: row for row in told["rows"]}
    lost = rows[trap["creator"]]
    assert told["proposal"]["recommended"]
    assert lost["roi"] > 1
    assert lost["incremental_roi"] < 0
    assert lost["change"] == -lost["to_come"] * lost["price"] < 0
    assert truth[trap["creator"]] < 0
    gainers = [name for name, row in rows.items() if row["change"] > 0]
    assert gainers
    assert all(truth[name] > 0 for name in gainers)
    assert "would come anyway (80 %); incremental ROI " in told["proposal"]["sentence"]


@pytest.mark.soak
def test_the_regret_log_shows_afterwards_that_it_was_right(demo, truelift, ws, show):
    trap = demo.truth["special"]["trap"]
    card = json.loads(
        truelift("reallocate", "scorecard", "-w", demo.workspace, "--campaign", trap["campaign"])
    )
    show("truelift reallocate scorecard", card["sentence"])
    assert card == json.loads(json.dumps(ws.scorecard(trap["campaign"]).data, default=str))
    (advice,) = [row for row in card["rows"] if row["kind"] == "advice" and row["moves"]]
    assert advice["moves"][trap["creator"]] < 0
    assert advice["held"]
    assert advice["outcome"] > 0
    assert advice["regret"] == advice["outcome"], "nobody decided, so it was missed"
    tallies = {tally["kind"]: tally for tally in card["tallies"]}
    assert tallies["limits"]["share"] >= 0.95
    fees = {row["creator"]: row for row in ws.fees(trap["campaign"]).rows}
    assert fees[trap["creator"]]["fee_50"] < fees[trap["creator"]]["agreed"] / 10
