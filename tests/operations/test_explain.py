"""Every figure says what it is made of: its own rows and entries, and no others."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.operations.explain import explain


def of(season, name="roi", **asked):
    (row,) = season.ws.roi(**asked).rows
    return explain(season.ground, row["figure_ids"][name])


def test_a_figure_names_its_orders_refunds_posts_and_postings_with_file_and_line(season):
    told = of(season, campaign="spring", creator="ana")
    counts = {kind: found["count"] for kind, found in told["rows"].items()}
    assert counts == {"orders": 13, "refunds": 1, "leads": 0, "posts": 1}
    (refund,) = told["rows"]["refunds"]["first"]
    assert refund["refund_id"] == "r1"
    assert (refund["file"].endswith("refunds.csv"), refund["line"]) == (True, 2)
    assert {entry["account"] for entry in told["entries"]["first"]} == {"6100", "6110"}
    assert {seal["metric"] for seal in told["baselines"]} >= {"engagement", "conversions"}
    assert told["versions"]["value_schedule"] == "v1"


def test_a_row_without_creator_or_campaign_lists_nobody_elses_orders(season):
    rows = {(row["campaign"], row["creator"]): row for row in season.roi()}
    studio = explain(season.ground, rows["spring", None]["figure_ids"]["cost"])
    assert {kind: found["count"] for kind, found in studio["rows"].items()} == {
        "orders": 0, "refunds": 0, "leads": 0, "posts": 0,
    }  # fmt: skip
    assert [entry["account"] for entry in studio["entries"]["first"]] == ["6160"]
    nobody = explain(season.ground, rows[None, None]["figure_ids"]["roas"])
    assert nobody["rows"]["orders"]["count"] == 0
    assert [entry["account"] for entry in nobody["entries"]["first"]] == ["6140"]
    assert nobody["baselines"] == []


def test_a_campaign_lists_all_of_its_creators_and_a_day_its_own_orders(season):
    spring = of(season, "incremental", by="campaign", campaign="spring")
    assert spring["rows"]["orders"]["count"] == 11 * 3 + 2 + 3
    assert len(spring["rows"]["orders"]["first"]) == 20
    assert {seal["creator"] for seal in spring["baselines"]} == {"ana", "bo", "cy"}
    assert {seal["late"] for seal in spring["baselines"]} == {True, False}
    rows = {(row["creator"], row["day"]): row for row in season.roi(by="day", campaign="spring")}
    day = explain(season.ground, rows["ana", "2026-05-18"]["figure_ids"]["roas"])
    assert (day["rows"]["orders"]["count"], day["rows"]["refunds"]["count"]) == (0, 1)
    assert day["entries"]["count"] == 0


@pytest.mark.soak
def test_a_lift_by_a_test_says_that_its_factor_is_the_campaigns(season):
    whole = of(season, "lift", by="campaign", campaign="signup")["inputs"]["limits"]
    assert (whole["in_force"], len(whole["sentences"])) == ("experiment", 1)
    one = of(season, "lift", campaign="signup", creator="ana")["inputs"]["limits"]
    assert "no lot was drawn between its creators" in one["sentences"][1]
    told = of(season, "lift", by="campaign", campaign="signup")
    assert "tracked x factor" in told["formula"]
    evidence = told["inputs"]["evidence"]
    assert (evidence["design"], evidence["factor"]) == ("geo", [0.4, 0.2, 0.6])
    assert [each["experiment"] for each in evidence["imported"]] == ["geo-1"]
    assert of(season, "lift", campaign="spring", creator="ana")["inputs"]["evidence"] is None


def test_a_figure_is_explained_as_it_was_known_then(season):
    (row,) = season.ws.roi(campaign="glow", creator="ana", known_at="2026-04-30T20:00+00:00").rows
    told = explain(season.ground, row["figure_ids"]["cost"])
    assert (told["entries"]["count"], told["value"]["accrued"]) == (0, 0)
    assert told["rows"]["posts"]["count"] == 0


UNDATED = "roi;as_of=yesterday;basis=event;by=creator;cost=accrued;known_at=x;model=last"
ABSENT = UNDATED.replace("yesterday", "2026-05-01T00:00:00Z").replace(
    "known_at=x", "creator=ana;campaign=winter;known_at=2026-05-01T00:00:00Z"
)


@pytest.mark.parametrize(
    ("figure", "error", "said"),
    [
        ("nonsense", UsageError, "not a figure id"),
        ("fame;by=creator", UsageError, "no figure of the ROI report"),
        ("roi;by=creator", UsageError, "not a whole figure id"),
        (UNDATED, UsageError, "not a whole figure id"),
        (ABSENT, NotFound, "no campaign 'winter'"),
    ],
)
def test_what_is_no_figure_is_refused_with_a_way_out(season, figure, error, said):
    with pytest.raises(error, match=said):
        explain(season.ground, figure)


@pytest.mark.soak
def test_every_figure_that_is_printed_can_be_explained_whatever_its_names(told):
    told.given(
        """
        campaigns
        campaign    | goal  | starts | ends  | currency
        a;b=c %20 é | sales | 05-01  | 05-31 | USD

        codes
        code | creator   | campaign
        ANA  | =ana;x%3B | a;b=c %20 é

        orders
        order_id | ordered_at | currency | subtotal | cogs | code
        1        | @05-02     | USD      | 10.00    | 4.00 | ANA
        """
    )
    for by in ("creator", "day"):
        (row,) = told.roi(by=by)
        figures = row["figure_ids"]
        for name in figures if by == "creator" else ("roi",):
            found = told.ws.explain(figures[name])
            assert (found["figure"], found["rows"]["orders"]["count"]) == (figures[name], 1)
            assert found["value"] == (row["ladder"][4] if name == "incremental" else row[name])
