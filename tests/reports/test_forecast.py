"""The forecast report: bands apart from limits, reasons in place of numbers, a sentence per row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from truelift.base.estimate import Grade, Reason, Withheld
from truelift.decisions.backtest import Judged
from truelift.decisions.completion import Outlook
from truelift.decisions.forecast import Band
from truelift.measurement.figure import LiftFigure
from truelift.reports.forecast import (
    ForecastRow,
    OtherBasis,
    backtest_json,
    backtest_sentence,
    forecast_json,
    forecast_table,
    why,
)

NO_HISTORY = Withheld(Reason.NO_ORDER_BASELINE, "No history.")
NO_COST = Withheld(Reason.NO_COST, "No cost.")
LIFT = LiftFigure(
    "orders", 0.4, 0.1, 0.7, 0.95, 10.0, 2.0, 15.0, 20.0, 30.0, "theory", Grade.B
)  # fmt: skip
OUTLOOK = Outlook(
    creator="ana",
    so_far=30.0,
    tracked=Band(50.0, 60.0, 70.0),
    incremental=Band(10.0, 20.0, 30.0),
    value=Band(1000.4, 2000.0, 3000.0),
    cost=Band(1000.0, 1000.0, 1000.0),
    roi=Band(0.0, 1.0, 2.0),
    chance=0.9,
    log_mean=0.69,
    log_variance=0.1,
)
ROW = ForecastRow(
    campaign="spring", creator="ana", goal="sales", metric="orders", outlook=OUTLOOK, lift=LIFT,
    value_basis="won contribution", scale=1.2, scale_from="default", target=0.0,
    as_of="2026-05-19T00:00:00Z", known_at="2026-05-19T00:00:00Z",
    inputs={"days_left": 12.5, "nothing": None},
)  # fmt: skip


def test_a_row_has_its_bands_and_beside_them_the_limits_of_the_lift():
    told = forecast_json(ROW)
    assert told["tracked"] == {"p10": 50.0, "p50": 60.0, "p90": 70.0}
    assert told["value"] == {"p10": 1000, "p50": 2000, "p90": 3000}
    assert told["roi_at_completion"]["p50"] == 1.0
    assert told["lift_limits"]["low"] == 0.1
    assert told["inputs"] == {"days_left": 12.5, "nothing": None}
    assert told["chance_above_target"] == 0.9
    assert told["figure_ids"]["roi"].startswith("forecast_roi;as_of=2026-05-19T00:00:00Z;")
    assert told["why"] == (
        "ana: 30 orders so far, 60 by the end (50 to 70), 20 of it extra; ROI at completion by won "
        "contribution +100% (+0% to +200%), above +0% with a chance of 90%."
    )


def test_a_second_value_basis_stands_beside_with_its_own_chance():
    dear = replace(OUTLOOK, roi=Band(1.0, 2.0, 3.0), chance=0.97)
    row = replace(ROW, other_basis=OtherBasis("approved values, schedule v3", dear))
    told = forecast_json(row)["other_basis"]
    assert (told["value_basis"], told["chance_above_target"]) == (
        "approved values, schedule v3", 0.97,
    )  # fmt: skip
    assert why(row).endswith(
        "chance of 90%; by approved values, schedule v3 +200% (+100% to +300%), above +0% with a "
        "chance of 97%."
    )
    unknown = replace(dear, roi=NO_COST, chance=NO_COST)
    assert why(replace(ROW, other_basis=OtherBasis("x", unknown))) == why(ROW)


def test_a_flight_that_is_over_is_spoken_of_as_over():
    done = replace(OUTLOOK, tracked=Band(30.0, 30.0, 30.0))
    told = forecast_json(replace(ROW, outlook=done, over=True))
    assert told["flight_over"]
    assert told["why"].startswith(
        "ana: the flight is over with 30 orders, 20 of it extra; ROI of the flight by won "
    )
    read_early = why(replace(ROW, over=True))
    assert "over with 30 orders read before its end, 60 at it (50 to 70)" in read_early


def test_what_is_not_known_has_its_reason():
    unknown = replace(
        OUTLOOK, incremental=NO_HISTORY, value=NO_HISTORY, roi=NO_HISTORY, chance=NO_HISTORY
    )
    told = forecast_json(replace(ROW, outlook=unknown, lift=NO_HISTORY))
    assert told["incremental"]["withheld"] == "NO_ORDER_BASELINE"
    assert told["chance_above_target"]["withheld"] == "NO_ORDER_BASELINE"
    assert told["lift_limits"]["withheld"] == "NO_ORDER_BASELINE"
    assert told["why"].endswith("what of it is extra is not known. No history.")
    free = replace(OUTLOOK, roi=NO_COST, chance=NO_COST)
    assert why(replace(ROW, outlook=free)).endswith("20 of it extra; no return: No cost.")
    nothing = replace(ROW, outlook=NO_HISTORY, creator=None)
    assert forecast_json(nothing)["why"] == why(nothing) == "No history."


def test_the_table_has_money_as_text_and_the_first_reason():
    unknown = replace(OUTLOOK, value=NO_HISTORY, roi=NO_COST, chance=NO_COST)
    rows = [ROW, replace(ROW, outlook=unknown), replace(ROW, outlook=NO_HISTORY, creator=None)]
    first, second, third = forecast_table(rows, "USD").rows
    assert (first["value_p50"], first["cost_p50"], first["roi_p50"]) == ("20.00", "10.00", 1.0)
    assert (first["chance"], first["withheld"]) == (0.9, None)
    assert (second["value_p50"], second["withheld"]) == (None, "NO_ORDER_BASELINE")
    assert (third["so_far"], third["withheld"]) == (None, "NO_ORDER_BASELINE")
    assert "prediction band" in forecast_table(rows, "USD").note


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (
            Judged(1.3, 40, 40, 0.81, 0.7, ((0.5, 40, 0.81),), in_force=True),
            "81% lie in their 80 % band",
        ),
        (Judged(1.0, 3, 2, 0.5, 0.5, (), in_force=False), "Too few to put the scale in force."),
        (Judged(1.0, 0, 0, None, None, (), in_force=False), "No campaign of the past"),
    ],
)
def test_a_backtest_is_said_in_words(judged, words):
    assert words in backtest_sentence(judged)
    rows = backtest_json("counts", judged, "ab")
    assert rows[-1]["stage"] is None
    assert rows[-1]["covered"] == judged.covered
    assert len(rows) == len(judged.by_stage) + 1
