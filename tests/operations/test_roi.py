"""The report's rows: what may be asked, which rows there are, and that groupings add up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from truelift.base.errors import UsageError
from truelift.operations.knowledge import knowledge
from truelift.operations.roi import RoiRequest, campaign_ladders, in_a_list, roi

STEPS = {"matched": 1, "net": 2, "contribution": 3}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": "week"}, "--by week is not known; use one of campaign, creator"),
        ({"basis": "click"}, "--basis click"),
        ({"cost": "invoiced"}, "--cost invoiced"),
        ({"model": "magic"}, "--model magic"),
        ({"metric": "fame"}, "no metric 'fame'"),
    ],
)
def test_words_that_the_report_does_not_know_are_refused_with_those_it_does(season, asked, said):
    with pytest.raises(UsageError, match=said):
        roi(season.ground, RoiRequest(**asked))


def sums(rows):
    """Sum levels and costs per campaign; a level that is withheld in a row is none of the sum."""
    found = {}
    for row in rows:
        total = found.setdefault(row["campaign"], dict.fromkeys((*STEPS, *row["cost"]), 0))
        for step, place in STEPS.items():
            total[step] += row["ladder"][place]["amount"] or 0
        for state, amount in row["cost"].items():
            total[state] += amount
    return found


def test_a_campaign_is_the_sum_of_its_rows_however_they_are_grouped(season):
    whole = sums(season.roi(by="campaign"))
    assert whole["spring"]["net"] > 0
    for by in ("creator", "platform", "post", "day"):
        assert sums(season.roi(by=by)) == whole, by


def test_both_bases_reach_the_same_total_of_a_life(season):
    whole = sums(season.roi(by="creator"))
    for by in ("creator", "day"):
        assert sums(season.roi(by=by, basis="order")) == whole, by


def test_rows_can_be_narrowed_to_a_campaign_and_a_creator(season):
    narrowed = season.ws.roi(campaign="spring", creator="bo").rows
    assert [(row["campaign"], row["creator"]) for row in narrowed] == [("spring", "bo")]
    assert narrowed[0]["ladder"] == season.row(campaign="spring", creator="bo")["ladder"]


def test_cost_of_no_campaign_or_no_creator_has_a_row_of_its_own_at_the_end(season):
    rows = season.roi()
    assert [(row["campaign"], row["creator"]) for row in rows][-2:] == [
        ("spring", None), (None, None),
    ]  # fmt: skip
    assert rows[-1]["cost"]["accrued"] == 5000
    assert rows[-1]["lift"]["withheld"] == "NO_BASELINE"
    assert season.roi(by="campaign")[-1]["cost"]["accrued"] == 5000


def test_lift_is_of_creators_and_campaigns_and_says_so_elsewhere(season):
    for by in ("platform", "post", "day"):
        for row in season.roi(by=by):
            assert row["lift"]["withheld"] == "NOT_AT_THIS_LEVEL"
            assert row["ladder"][4]["amount"] is None


def test_a_list_flags_the_lifts_above_zero_and_leaves_out_what_has_none_of_its_own(season):
    for by in ("creator", "campaign"):
        report = season.once("roi", by=by).data
        lifts = [row["lift"] for row in report["rows"]]
        listed = [lift for lift in lifts if lift.get("evidence") == "baseline"]
        assert report["discoveries"]["list"] == len(listed) > 0
        assert all(0 <= lift["p"] <= 1 and isinstance(lift["flagged"], bool) for lift in listed)
        assert all(lift["low"] > 0 for lift in listed if lift["flagged"])
        tested = [lift for lift in lifts if lift.get("evidence") == "experiment"]
        assert all(lift["p"] is None and lift["flagged"] is None for lift in tested)


def test_a_lift_that_is_flagged_alone_may_not_be_in_a_long_list(season):
    (alone,) = season.roi(by="creator", campaign="spring", creator="ana")
    request = RoiRequest(campaign="spring", creator="ana")
    _, (row,) = roi(season.ground, request)
    lift = replace(row.lift, p=0.03, log=0.5, flagged=None)
    nothing = replace(row, lift=replace(row.lift, p=1.0, flagged=None))
    marked = replace(row, lift=lift)
    assert in_a_list([marked])[0].lift.flagged
    assert not in_a_list([marked, nothing])[0].lift.flagged
    assert alone["lift"]["flagged"] == row.lift.flagged


def test_a_campaign_without_anything_yet_still_has_its_row(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        autumn   | sales | 09-01  | 09-30 | USD

        agreements
        agreement | campaign | creator | currency | signed_on
        a         | autumn   | ana     | USD      | 08-01
        """
    )
    assert told.row(by="campaign")["lift"]["withheld"] == "NOT_OBSERVED"
    assert told.row()["creator"] == "ana"
    # No order or lead was ever imported: nothing matched is not the same as zero.
    assert set(told.levels().values()) == {None, "NO_ORDERS"}


def test_ladders_of_campaigns_are_those_of_the_report(season):
    ladders = campaign_ladders(knowledge(season.ground), None)
    told = {row["campaign"]: row["ladder"] for row in season.roi(by="campaign")}
    assert {name: ladder.components.matched for name, ladder in ladders.items()} == {
        name: ladder[1]["amount"] for name, ladder in told.items()
    }


def test_incremental_amounts_of_creators_add_up_to_their_campaign_to_the_cent(season):
    whole = {row["campaign"]: row["ladder"][4]["amount"] for row in season.roi(by="campaign")}
    for campaign in ("spring", "signup"):
        parts = [row["ladder"][4]["amount"] for row in season.roi(campaign=campaign)]
        assert sum(part for part in parts if part is not None) == whole[campaign]


def test_cohorts_and_the_programme_are_the_sums_of_their_creators(season):
    creators = [row for row in season.roi(by="creator") if row["campaign"]]
    (whole,) = [row for row in season.roi(by="programme") if row["programme"]]
    cohorts = season.roi(by="cohort")
    for rows in ([whole], [row for row in cohorts if row["campaign"]]):
        for place in STEPS.values():
            told = [
                sum(r["ladder"][place]["amount"] or 0 for r in part) for part in (rows, creators)
            ]
            assert told[0] == told[1]
        assert sum(r["cost"]["accrued"] for r in rows) == sum(
            r["cost"]["accrued"] for r in creators
        )
    assert {row["cohort"] for row in cohorts if row["campaign"] == "spring"} == {"food", None}
    assert (whole["campaign"], whole["creator"], whole["goal"]) == (None, None, None)
    assert whole["coverage"]["creators"] >= 4


@pytest.mark.soak
def test_a_cohort_has_a_lift_of_its_own_and_says_what_is_not_to_be_had(season):
    rows = {
        row["cohort"]: row
        for row in season.roi(by="cohort", metric="orders")
        if row["campaign"] == "spring"
    }
    by_creator = {
        row["creator"]: row["lift"]
        for row in season.roi(by="creator", metric="orders")
        if row["campaign"] == "spring"
    }
    assert rows["food"]["lift"]["units"] == pytest.approx(
        sum(by_creator[name]["units"] for name in ("ana", "bo"))
    )
    assert rows["food"]["lift"]["mean_log"] is not None
    assert rows["food"]["incremental_roi"]["point"] is not None
    (whole,) = [row for row in season.roi(by="programme", metric="orders") if row["programme"]]
    everybody = [row["lift"].get("units", 0) for row in season.roi(by="creator", metric="orders")]
    assert whole["lift"]["units"] == pytest.approx(sum(everybody))
    (leads,) = [row for row in season.roi(by="programme", metric="leads") if row["programme"]]
    assert leads["lift"]["withheld"] == "NOT_AT_THIS_LEVEL"  # one campaign rests on an experiment
    assert season.ws.explain(whole["figure_ids"]["lift"])["rows"]["orders"]["count"] > 0


@pytest.mark.parametrize(
    "asked", [{"by": "programme", "campaign": "spring"}, {"by": "cohort", "creator": "ana"}]
)
def test_a_row_of_many_is_not_narrowed_to_one(season, asked):
    with pytest.raises(UsageError, match="does not go with"):
        roi(season.ground, RoiRequest(**asked))


@pytest.mark.parametrize("metric", [None, "engagement", "views", "orders", "leads"])
@pytest.mark.parametrize("by", ["creator", "campaign", "cohort", "programme"])
def test_on_every_row_expected_and_lift_make_up_the_observed_in_json_and_in_files(
    season, by, metric
):
    report = season.once("roi", by=by, **({"metric": metric} if metric else {}))
    flat = report.table.rows
    measured = 0
    for row, line in zip(report.rows, flat, strict=True):
        lift = row["lift"]
        if "log" not in lift:
            assert line["lift_units"] is line["lift_expected"] is line["lift_observed"] is None
            continue
        measured += 1
        for told in (
            [lift[name] for name in ("units", "expected", "observed")],
            [line[f"lift_{name}"] for name in ("units", "expected", "observed")],
        ):
            units, expected, observed = (Decimal(str(value)) for value in told)
            assert units + expected == observed
    assert measured or (metric == "leads" and by in {"cohort", "programme"})  # an experiment


def test_above_break_even_is_where_the_incremental_contribution_is_surely_above_cost(season):
    for by in ("creator", "campaign"):
        for row in season.roi(by=by):
            found = row["incremental_roi"]
            cost, level = row["cost"]["accrued"], row["ladder"][4]["amount"]
            if "point" in found and level is not None:
                assert found["point"] == pytest.approx((level - cost) / cost, abs=1 / cost)
                assert found["low"] <= found["point"] <= found["high"]


def test_the_return_at_completion_names_the_forecast_that_has_it(season):
    (row, *_) = season.roi(campaign="spring")
    assert row["roi_at_completion"]["withheld"] == "NOT_FORECAST"
    assert "`truelift forecast --campaign spring`" in row["roi_at_completion"]["detail"]
