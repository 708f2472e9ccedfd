"""What is compared stands beside each other under one definition."""

from truelift.reports.comparison import FUNNEL, comparison


def row(**changed):
    found = {
        "incremental_roi": {"point": 0.5, "low": 0.1, "high": 0.9, "grade": "B"},
        "roi": 2.0, "roas": {"withheld": "NO_COST"}, "valued_roi": {"withheld": "NO_SCHEDULE"},
        "lift": {"metric": "orders", "log": 0.2, "low": 0.1, "high": 0.3},
        "cost": dict.fromkeys(("committed", "accrued", "invoiced", "paid"), 12_345),
        "ladder": [
            {"step": name, "amount": 100}
            for name in ("reported", "matched", "net", "contribution")
        ] + [{"step": "incremental", "amount": None, "withheld": "NO_BASELINE"},
             {"step": "return", "amount": None}],
        "outputs": dict.fromkeys(FUNNEL) | {"orders": 7},
    }  # fmt: skip
    return found | changed


def test_measures_are_rows_and_what_is_compared_are_columns():
    table = comparison([row(), row(roi=3.0)], ["ana", "bo"], "USD")
    assert table.names == ["measure", "ana", "bo"]
    found = {each["measure"]: (each["ana"], each["bo"]) for each in table.rows}
    assert found["roi"] == (2.0, 3.0)
    assert found["roas"] == ("NO_COST", "NO_COST")
    assert found["accrued"] == ("123.45", "123.45")
    assert found["incremental"] == ("NO_BASELINE", "NO_BASELINE")
    assert found["return"] == (None, None)
    assert found["orders"] == (7, 7)
    assert found["reach"] == (None, None)
    assert found["incremental_roi_low"] == (0.1, 0.1)
    assert found["lift_log"] == (0.2, 0.2)
