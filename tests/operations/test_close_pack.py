"""The files of a pack: amounts are numbers, text is text, and the bytes are the same again."""

from __future__ import annotations

import datetime as dt
import io

import python_calamine

from truelift.operations.close_pack import pdf, workbook
from truelift.reports.table import Cell, Table, TableColumn

AT = dt.datetime(2026, 6, 3, 10)
TABLE = Table(
    "A title that is longer than a sheet's name may be",
    (TableColumn("who"), TableColumn("cost", Cell.MONEY), TableColumn("found", Cell.COUNT)),
    (
        {"who": "=1+1", "cost": "-12.500", "found": 3},
        {"who": None, "cost": "NO_ORDER_BASELINE", "found": 0},
        {"who": "yen", "cost": "1200", "found": 1},
    ),
)


def test_amounts_are_numbers_and_formulas_are_text():
    content = workbook([TABLE], AT)
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(
        0
    )
    assert sheet.to_python() == [
        ["who", "cost", "found"],
        ["'=1+1", -12.5, 3.0],
        ["", "NO_ORDER_BASELINE", 0.0],
        ["yen", 1200.0, 1.0],
    ]
    assert workbook([TABLE], AT) == content


def test_a_pdf_is_the_same_bytes_again():
    content = pdf("= Close pack\n#table(columns: 2, [a], [1])", AT)
    assert content.startswith(b"%PDF")
    assert pdf("= Close pack\n#table(columns: 2, [a], [1])", AT) == content
