"""The flat table says what the JSON says, one figure a column."""

from __future__ import annotations

from dataclasses import replace

import pytest

from truelift.reports.roi_table import roi_table
from truelift.reports.table import Cell


def test_a_known_row_is_flat_with_amounts_as_decimal_text(header, row):
    table = roi_table(header, [row])
    (flat,) = table.rows
    assert set(flat) == set(table.names)
    assert (flat["accrued"], flat["matched"], flat["incremental"]) == (
        "200.00",
        "1050.00",
        "273.00",
    )
    assert (flat["return"], flat["media_value"]) == ("73.00", "880.00")
    assert (flat["roas"], flat["roi"], flat["reported_roas"]) == (5.0, 1.1, 10.0)
    assert (flat["incremental_roi_point"], flat["incremental_roi_low"]) == (0.365, -0.95)
    assert (flat["grade"], flat["withheld"], flat["late"]) == ("C", None, "late")
    assert (flat["lift_log"], flat["limits"], flat["lift_withheld"]) == (0.41, "theory", None)
    assert flat["break_even_incrementality"] == 0.47619
    assert "America/New_York; as of 2026-05-31" in table.note


def test_a_withheld_figure_is_empty_and_its_reason_stands_beside_it(header, withheld_row):
    none = replace(withheld_row.ratios, break_even_incrementality=None)
    (flat,) = roi_table(header, [replace(withheld_row, ratios=none)]).rows
    empty = ("reported", "incremental", "return", "media_value", "roas", "reported_roas",
             "incremental_roi_point", "valued_roi_low", "lift_log", "limits", "late",
             "break_even_incrementality")  # fmt: skip
    assert [name for name in empty if flat[name] is not None] == []
    assert (flat["grade"], flat["withheld"]) == ("D", "NO_ORDER_BASELINE")
    assert flat["lift_withheld"] == "NO_ORDER_BASELINE"


def test_a_flagged_lift_says_so_and_another_does_not(header, row):
    marked = replace(row, lift=replace(row.lift, p=0.001, flagged=True))
    first, second = roi_table(header, [marked, row]).rows
    assert (first["lift_p"], first["lift_flagged"]) == (0.001, "flagged")
    assert (second["lift_p"], second["lift_flagged"]) == (None, None)


def test_a_lift_in_time_says_nothing_about_late(header, row):
    (flat,) = roi_table(header, [replace(row, lift=replace(row.lift, late=False))]).rows
    assert flat["late"] is None


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("creator", []),
        ("platform", ["platform"]),
        ("post", ["platform", "post_id"]),
        ("day", ["day"]),
    ],
)
def test_the_columns_that_tell_rows_apart_come_after_who(header, row, by, columns):
    table = roi_table(replace(header, by=by), [row])
    assert table.names[: len(columns) + 3] == ["campaign", "creator", *columns, "goal"]
    kinds = {column.name: column.cell for column in table.columns}
    assert (kinds["net"], kinds["orders"], kinds["roi"]) == (Cell.MONEY, Cell.COUNT, Cell.NUMBER)
