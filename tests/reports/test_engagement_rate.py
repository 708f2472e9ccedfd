"""Rates are written with the name of their formula, their peers, or why there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.engagement_rate import FORMULAS, Peers
from truelift.reports.engagement_rate import (
    RateRow,
    rate_json,
    rates_json,
    rates_table,
    sentence,
    typed_rows,
)

PEERS = Peers(
    np.array([1, -1]), np.array([12, 0]), np.array([0.75, np.nan]), np.array([0.01, np.nan]),
    np.array([0.02, np.nan]), np.array([0.04, np.nan]),
)  # fmt: skip
ROW = RateRow(
    creator="ana", platform="instagram", format="reel", followers=20_000, followers_from="counted",
    posts=4, formula=FORMULAS["by_followers"], rate=0.0345678912, hidden=(), peers=PEERS, at=0,
)  # fmt: skip


def test_a_rate_is_told_with_its_formula_its_posts_and_its_place():
    told = rate_json(ROW)
    assert told["rate"] == 0.034568
    assert (told["peers"], told["place"], told["peers_p50"]) == (12, 0.75, 0.02)
    assert sentence(ROW) == (
        "3.46 % by_followers over 4 posts (reel); above 75 % of 12 peers of the same platform and "
        "size, whose median is 2.00 %."
    )


def test_hidden_counters_and_missing_peers_are_said():
    alone = replace(ROW, at=1, posts=1, hidden=("shares", "saves"))
    assert sentence(alone) == (
        "3.46 % by_followers over 1 post (reel), shares and saves never shown and not in it; too "
        "few peers to compare with."
    )
    assert rate_json(alone)["peers"] is None


def test_an_unknown_rate_has_its_reason_and_no_number():
    row = replace(ROW, rate=Withheld(Reason.NOT_OBSERVED, "No reading."))
    told = rate_json(row)
    assert (told["rate"], told["withheld"], told["why"]) == (None, "NOT_OBSERVED", "No reading.")
    assert told["place"] is None
    assert rates_json([row])["version"] == "engagement-rates-1"
    assert "by_followers = mean over posts" in rates_table([row]).note


def test_numbers_typed_in_name_what_a_formula_lacks():
    rows = {
        row["formula"]: row
        for row in typed_rows({"followers": 1000, "likes": 30, "comments": 2, "reach": 0})
    }
    assert rows["by_followers_likes_and_comments"]["rate"] == 0.032
    assert rows["by_followers"]["missing"] == "shares, saves"
    assert rows["by_reach_likes_and_comments"]["missing"] == "reach above 0"
