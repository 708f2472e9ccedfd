"""The commands that look ahead print rows, and refuse in a sentence."""

from __future__ import annotations

import csv
import io

import pytest


def test_pacing_and_forecast_say_what_there_is(data):
    paces = data("pacing")["rows"]
    assert [row["withheld"] for row in paces] == ["NO_TARGET", "NO_BUDGET"]
    rows = {row["creator"]: row for row in data("forecast", "--campaign", "spring")["rows"]}
    assert rows["ana"]["so_far"] == 1
    assert rows["ana"]["incremental"]["withheld"] == "NO_ORDER_BASELINE"
    assert rows[None]["tracked"]["p10"] <= rows[None]["tracked"]["p90"]


def test_the_same_rows_as_csv_and_as_a_table(command, shop):
    _, out, _ = command("forecast", "-w", shop, "--format", "csv")
    names = [row["creator"] for row in csv.DictReader(io.StringIO(out))]
    assert names == ["", "ana", "bo"]
    code, out, _ = command("pacing", "-w", shop)
    assert code == 0
    assert "NO_TARGET" in out


def test_rates_and_backtest_need_a_history(command, data, shop):
    assert data("forecast", "rates")["rows"][0]["withheld"] == "NO_HISTORY"
    code, _, said = command("forecast", "propose-rates", "-w", shop)
    assert code == 2
    assert "a development needs 4" in said
    code, _, said = command("forecast", "approve-rates", "none", "-w", shop)
    assert code == 1
    assert "There is no proposal 'none'" in said


def test_a_backtest_says_what_it_had_to_go_by(command, shop):
    code, out, said = command("forecast", "backtest", "-w", shop, "--format", "csv")
    assert code == 0
    assert "No campaign that is over" in out
    assert "Traceback" not in said


@pytest.mark.parametrize("target", ["nan", "inf"])
def test_a_target_that_is_no_number_is_refused(command, shop, target):
    code, out, err = command("forecast", "-w", shop, "--target", target)
    assert (code, out) == (2, "")
    assert "0.5 for +50 %" in err
