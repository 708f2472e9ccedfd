"""The report as JSON: minor units, six decimals, a reason wherever a figure is not known."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.reports.figure import parse_figure_id
from truelift.reports.roi import (
    FIGURES,
    cost_per_json,
    instant_text,
    lift_json,
    money_text,
    number,
    report_json,
    row_json,
    whole,
)


def test_a_report_names_whose_it_is_and_as_of_when(header, row):
    told = report_json(header, [row])
    assert len(told.pop("rows")) == 1
    assert told == {
        "workspace": "w", "brand": "acme", "currency": "USD", "timezone": "America/New_York",
        "as_of": "2026-05-31T23:59:59.999999Z", "known_at": "2026-06-01T00:00:00Z",
        "basis": "event", "cost_basis": "accrued", "model": "code-first",
        "attribution_rule": "A rule.",
        "discoveries": {
            "rate": 0.05, "list": 0, "flagged": 0, "not_flagged": 0,
            "sentence": "none of 0 by creator above zero beyond chance, false-discovery rate 5 %",
        },
    }  # fmt: skip


def test_a_list_says_how_many_of_its_rows_are_flagged_and_withheld_rows_are_no_part_of_it(
    header, row, withheld_row
):
    listed = [
        replace(row, lift=replace(row.lift, p=0.000123456, flagged=True)),
        replace(row, lift=replace(row.lift, p=0.4, flagged=False)),
        row,
        withheld_row,
    ]
    told = report_json(header, listed)
    assert (told["discoveries"]["list"], told["discoveries"]["flagged"]) == (2, 1)
    assert told["discoveries"]["not_flagged"] == 1
    assert told["discoveries"]["sentence"].endswith("rate 5 %; 1 more, not beyond chance")
    assert [line["lift"].get("p") for line in told["rows"]] == [0.000123, 0.4, None, None]
    assert [line["lift"].get("flagged") for line in told["rows"]] == [True, False, None, None]


@given(
    st.one_of(st.integers(0, 10**12).map(float), st.floats(0, 1e7)),
    st.floats(-25.0, 0.999999),
)
def test_printed_units_and_what_was_expected_add_up_to_what_was_observed(observed, share):
    lift = LiftFigure(
        "orders", 0.1, 0.0, 0.2, 0.95, observed * share, 0.0, 0.0, observed - observed * share,
        observed, "theory", Grade.C,
    )  # fmt: skip
    told = lift_json(lift, "orders")
    parts = [Decimal(json.dumps(told[name])) for name in ("units", "expected", "observed")]
    assert parts[0] + parts[1] == parts[2]
    size = max(map(abs, (observed, lift.expected, lift.units)))
    for name in ("units", "expected", "observed"):
        assert told[name] == pytest.approx(getattr(lift, name), abs=max(2e-6, 2e-14 * size))


def test_a_row_that_is_all_known_holds_its_figures(header, row):
    told = row_json(header, row)
    assert told["cost"] == {
        "committed": 30000, "accrued": 20000, "invoiced": 10000, "paid": 5000,
    }  # fmt: skip
    assert [step["amount"] for step in told["ladder"]] == [
        200000, 105000, 100000, 42000, 27300, 7300,
    ]  # fmt: skip
    assert (told["reported_roas"], told["roas"], told["roi"]) == (10.0, 5.0, 1.1)
    assert told["incremental_roi"] == {
        "point": 0.365, "low": -0.95, "high": 1.0, "level": 0.95, "grade": "C",
    }  # fmt: skip
    assert told["valued_roi"]["schedule"] == "v3"
    assert (told["lift"]["units"], told["lift"]["late"]) == (12.1, True)
    assert (told["outputs"]["orders"], told["outputs"]["engagement"]) == (41, 2.5)
    assert (told["media_value"], told["baseline"], told["coverage"]) == (
        88000,
        {"late": True},
        None,
    )
    assert told["roi_at_completion"] is None


def test_a_row_that_is_withheld_holds_its_reasons_and_the_break_even(header, withheld_row):
    told = row_json(header, withheld_row)
    assert told["ladder"][0] == {"step": "reported", "amount": None}
    assert told["ladder"][4:] == [
        {"step": "incremental", "amount": None, "withheld": "NO_ORDER_BASELINE"},
        {"step": "return", "amount": None, "withheld": "NO_ORDER_BASELINE"},
    ]
    assert told["incremental_roi"] == {
        "withheld": "NO_ORDER_BASELINE", "detail": "No history.",
        "break_even_incrementality": 0.47619,
    }  # fmt: skip
    assert told["lift"] == {
        "withheld": "NO_ORDER_BASELINE", "detail": "No history.", "metric": "orders",
    }  # fmt: skip
    assert told["roas"]["withheld"] == "NO_COST"
    assert told["valued_roi"] == {"withheld": "NO_VALUES", "detail": "No values."}
    assert told["coverage"] == {
        "measured": 1, "creators": 2, "contribution_not_measured": 42000,
    }  # fmt: skip
    assert told["roi_at_completion"]["withheld"] == "NOT_FORECAST"
    assert (told["reported_roas"], told["baseline"]) == (None, None)
    none = replace(withheld_row.ratios, break_even_incrementality=None)
    told = row_json(header, replace(withheld_row, ratios=none))
    assert told["incremental_roi"]["break_even_incrementality"] is None


def test_the_return_is_after_the_cost_of_the_basis_asked_for(header, row):
    told = row_json(replace(header, cost_basis="paid"), replace(row, cost_basis=5000))
    assert [step["amount"] for step in told["ladder"][4:]] == [27300, 22300]


def test_what_tells_rows_apart_stands_in_them(header, row):
    placed = replace(row, platform="tiktok", post_id="p1", day=dt.date(2026, 5, 2))
    extra = {"platform": "tiktok", "post_id": "p1", "day": "2026-05-02"}
    for by, names in (
        ("creator", ()), ("platform", ("platform",)), ("post", ("platform", "post_id")),
        ("day", ("day",)),
    ):  # fmt: skip
        told = row_json(replace(header, by=by), placed)
        assert {name: told[name] for name in extra if name in told} == {n: extra[n] for n in names}
    assert row_json(replace(header, by="day"), row)["day"] is None


def test_cost_of_one_is_of_accrued_cost_and_swaps_the_limits(row, lift):
    told = cost_per_json(row)
    assert (told["order"], told["click"], told["engagement"]) == (488, 28, 8000)
    assert (told["view"], told["lead"], told["reach"]) == (None, None, None)
    assert told["incremental_order"] == {"point": 1653, "low": 1020, "high": 10526}
    assert "incremental_engagement" not in told
    engaged = replace(row, engagement_lift=replace(lift, units_low=-1.0))
    assert cost_per_json(engaged)["incremental_engagement"]["high"] is None


@pytest.mark.parametrize(
    ("metric", "name"),
    [("leads", "incremental_lead"), ("views", "incremental_view"), ("likes", "incremental_likes")],
)
def test_cost_of_one_is_named_by_what_it_is_of(row, metric, name):
    withheld = Withheld(Reason.NO_BASELINE, "None.")
    told = cost_per_json(replace(row, lift_metric=metric, lift=withheld))
    assert told[name] == {"withheld": "NO_BASELINE", "detail": "None."}


def test_every_figure_has_an_id_that_holds_what_it_depends_on(header, row):
    told = row_json(header, replace(row, creator="a;b=c%"))["figure_ids"]
    assert tuple(told) == FIGURES
    for name, figure in told.items():
        read, parts = parse_figure_id(figure)
        assert read == name
        assert parts == {
            "campaign": "spring", "creator": "a;b=c%", "by": "creator",
            "as_of": "2026-05-31T23:59:59.999999Z", "known_at": "2026-06-01T00:00:00Z",
            "basis": "event", "cost": "accrued", "model": "code-first",
        }  # fmt: skip


def test_numbers_are_rounded_for_print_and_what_is_no_number_is_null():
    assert (number(1 / 3), number(-0.0000001), number(math.inf)) == (0.333333, 0.0, None)
    assert str(number(-0.0000001)) == "0.0"
    assert (whole(3.0), whole(2.5), whole(7)) == (3, 2.5, 7)
    assert (money_text(-1250, "USD"), money_text(3, "JPY"), money_text(None, "USD")) == (
        "-12.50", "3", None,
    )  # fmt: skip
    assert instant_text(dt.datetime(2026, 5, 1, 12)) == "2026-05-01T12:00:00Z"


def test_what_nobody_read_is_null_and_what_was_read_as_nothing_is_zero(header, row):
    told = row_json(header, replace(row, outputs={"orders": 41.0, "views": 0, "reach": None}))
    outputs = told["outputs"]
    assert (outputs["orders"], outputs["views"]) == (41, 0)
    assert (outputs["reach"], outputs["sessions"], outputs["mentions"]) == (None, None, None)
    assert (told["cost_per"]["reach"], told["cost_per"]["view"]) == (None, None)


def test_what_is_committed_and_not_yet_accrued_is_no_cost_of_0_for_an_extra_outcome(row, lift):
    signed = replace(row, cost=replace(row.cost, accrued=0, committed=500), engagement_lift=lift)
    told = cost_per_json(signed)
    names = ("incremental_engagement", "incremental_order")
    assert [told[name]["withheld"] for name in names] == ["NO_COST", "NO_COST"]
    free = replace(signed, cost=replace(signed.cost, committed=0))
    assert cost_per_json(free)["incremental_order"]["point"] == 0


def test_a_row_whose_cost_is_not_all_booked_has_no_return_and_no_cost_per_outcome(header, row):
    missing = Withheld(Reason.NO_RATE, "A cost is not booked yet.")
    told = row_json(header, replace(row, incomplete=missing))
    assert told["ladder"][-1] == {"step": "return", "amount": None, "withheld": "NO_RATE"}
    assert told["ladder"][-2]["amount"] == 27300
    assert (told["cost_per"]["order"], told["cost_per"]["click"]) == (None, None)
    assert told["cost_per"]["incremental_order"]["withheld"] == "NO_RATE"
