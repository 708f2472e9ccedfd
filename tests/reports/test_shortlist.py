"""The shortlist as rows: ranked or withheld, side by side, explained part by part."""

from __future__ import annotations

import math
from dataclasses import replace

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.authenticity import Signal
from truelift.reports.shortlist import (
    Outlook,
    PastReturn,
    ShortlistRow,
    compared_table,
    explained,
    flat_row,
    raw_return,
    row_json,
    shortlist_json,
    shortlist_table,
    size_name,
)
from truelift.reports.writing import csv_text

UNKNOWN = Withheld(Reason.NO_PRICE, "No price.")
UNSEEN = Withheld(Reason.NOT_OBSERVED, "No post.")
UNRANKED = Withheld(Reason.NO_PAST_RETURN, "Nobody was measured.")
SUMMER = PastReturn(
    campaign="summer", incremental=-0.13, low=-1.6, high=0.9, grade="B", raw=3.0, figure="roi;a=b"
)
GLOW = PastReturn(
    campaign="glow", incremental=Withheld(Reason.NO_CASH_OUTCOME, "No orders."), low=None,
    high=None, grade=None, raw=None, figure="",
)  # fmt: skip
OUTLOOK = Outlook(
    point=0.21, low=-0.6, high=1.0, level=0.8, own=0.83, own_return=-0.13, peers=1.9,
    peers_words="its peers", trait_effect=0.05,
)  # fmt: skip
PEERS = {"peers": 14, "peers_are": "platform", "place": 0.857, "peers_p25": 0.02,
         "peers_p50": 0.03, "peers_p75": 0.05}  # fmt: skip
NO_PEERS = dict.fromkeys(PEERS)
VERA = ShortlistRow(
    rank=39, creator="vera", platform="tiktok", category="fitness", country="FR", followers=46_143,
    followers_from="counted", size="micro", price=80_000, price_from="agreement a",
    usual_price=51_000, outlook=OUTLOOK, past=(GLOW, SUMMER), rate_formula="by_followers",
    rate=0.0744, rate_peers=PEERS, smallest_engagement=math.log(3.6), smallest_orders=math.inf,
    shared_with="ana", shared_audience=0.0346,
    signals=(Signal("follower_jump", "A jump.", {"from": 1}),), not_used=(), why="Because.",
)  # fmt: skip
NEW = replace(
    VERA, rank=12, creator="new", outlook=replace(OUTLOOK, own_return=None), past=(), price=UNKNOWN,
    price_from=None, rate=UNSEEN, rate_peers=NO_PEERS, shared_audience=None, shared_with=None,
    signals=(), smallest_engagement=None, not_used=("price",),
)  # fmt: skip
NOBODY = replace(NEW, rank=None, outlook=UNRANKED)


def test_what_a_row_rests_on_is_its_own_past_its_peers_or_nothing():
    assert (VERA.evidence, VERA.grade) == ("own", "B")
    assert (NEW.evidence, NEW.grade) == ("peers", None)
    assert NOBODY.evidence == "none"
    assert (size_name(0), size_name(-1)) == ("nano", None)


def test_a_row_holds_every_figure_or_why_there_is_none():
    told = row_json(VERA)
    assert told["expected_return"]["own_return"] == -0.13
    assert told["past"][0]["withheld"] == "NO_CASH_OUTCOME"
    assert told["past"][1] == {
        "campaign": "summer", "raw_return": 3.0, "return": -0.13, "low": -1.6, "high": 0.9,
        "grade": "B", "figure_id": "roi;a=b",
    }  # fmt: skip
    assert told["smallest_lift"] == {"engagement": 3.6, "orders": None}
    assert told["shared_audience"] == {"with": "ana", "share": 0.0346}
    assert told["signals"][0]["evidence"] == {"from": 1}
    told = row_json(NOBODY)
    assert told["expected_return"]["withheld"] == "NO_PAST_RETURN"
    assert told["price"]["withheld"] == "NO_PRICE"
    assert told["engagement_rate"]["withheld"] == "NOT_OBSERVED"
    assert told["shared_audience"] is None
    assert shortlist_json([VERA], {"brand": "acme"})["versions"]["expected_return"]


def test_the_table_leaves_out_columns_that_are_empty_everywhere():
    table = shortlist_table([NOBODY], "USD", "note")
    assert {"rank", "price", "expected_return"}.isdisjoint(table.names)
    assert shortlist_table([], "USD", "").rows == ()
    flat = flat_row(VERA, "USD")
    assert (flat["price"], flat["above_peers"], flat["signals"]) == (
        "800.00", 0.857, "follower_jump",
    )  # fmt: skip


def test_creators_stand_side_by_side():
    table = compared_table([VERA, NEW], "USD", "")
    assert table.names == ["property", "vera", "new"]
    lines = {row["property"]: (row["vera"], row["new"]) for row in table.rows}
    assert lines["price"] == ("800.00", None)
    assert lines["rank"] == (39, 12)
    assert "low,-0.6,-0.6" in csv_text(table)
    assert "smallest_lift_orders" not in lines
    assert compared_table([], "USD", "").rows == ()


def test_a_rank_is_explained_part_by_part():
    parts = {line["part"]: (line["value"], line["from"]) for line in explained(VERA, 40, "USD")}
    assert parts["rank"] == ("39 of 40", "Because.")
    assert parts["price of a deliverable"] == ("800.00 USD", "agreement a")
    assert parts["past return, summer"][1].endswith("truelift explain 'roi;a=b'")
    assert parts["past return, glow"] == (None, "No orders.")
    assert parts["raw return, summer"][0] == "3.00"
    assert "above 86 % of 14 peers" in parts["engagement rate by_followers"][1]
    assert parts["signal: follower_jump"] == (None, "A jump.")
    assert "-0.13" in parts["own weight"][1]


def test_what_is_not_known_is_explained_too():
    parts = {line["part"]: (line["value"], line["from"]) for line in explained(NOBODY, 40, "USD")}
    assert parts["rank"][0] is None
    assert parts["expected return"] == (None, "Nobody was measured.")
    assert parts["price"] == (None, "No price.")
    assert parts["engagement rate"] == (None, "No post.")
    lines = explained(replace(NEW, rate=0.01), 40, "USD")
    parts = {line["part"]: line["from"] for line in lines}
    assert parts["own weight"].endswith("no own history")
    assert parts["engagement rate by_followers"] == "too few peers to compare with"


def test_raw_return_is_of_campaigns_whose_incremental_return_is_known():
    assert raw_return([GLOW, SUMMER, replace(SUMMER, raw=1.0)]) == 2.0
    assert raw_return([GLOW]) is None
