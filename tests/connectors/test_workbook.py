import datetime as dt
import zipfile

import pytest
import xlsxwriter


@pytest.fixture
def workbook(tmp_path):
    """Write sheets given as {name: rows} and give the path."""

    def write(sheets, name="book.xlsx"):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return path

    return write


def test_cells_are_written_as_a_csv_would_hold_them(reading, workbook):
    rows = [
        ["code", "valid_from", "x", "y", "z"],
        ["A", dt.datetime(2026, 5, 1, 10, 30), 7, 0.1, True],
        ["B", dt.date(2026, 5, 1), 1e15, 0.1 + 0.2, "  "],
    ]
    found = reading(workbook({"Sheet1": rows}))
    assert found.rows("codes") == [
        {
            "code": "A",
            "valid_from": "2026-05-01T10:30:00",
            "notes": '{"x": "7", "y": "0.1", "z": "true"}',
        },
        {"code": "B", "valid_from": "2026-05-01", "notes": '{"x": "1000000000000000", "y": "0.3"}'},
    ]


def test_each_sheet_named_like_a_kind_is_read_and_others_are_not(reading, workbook):
    path = workbook(
        {
            "Read me": [["words"], ["more"]],
            "Codes": [["code", "creator"], ["A", "ana"]],
            "creators": [["creator", "name"], ["ana", "Ana"]],
        }
    )
    found = reading(path)
    assert found.kinds == ["codes", "creators"]
    assert found.batches[0].source_file.endswith("book.xlsx[Codes]")
    assert found.batches[0].origin == "book.xlsx"


def test_without_such_a_sheet_the_first_is_read_below_its_title(reading, workbook):
    rows = [["Our codes"], [], ["code", "creator"], ["A", "ana"], [], ["B", "bo"]]
    found = reading(workbook({"Plan": rows, "Old": rows}))
    assert found.lines("codes") == [4, 6]


def test_a_cell_beyond_the_header_costs_its_row_only(reading, workbook):
    found = reading(workbook({"codes": [["code", "kind"], ["A", "", "x"], ["B"]]}))
    assert [row["code"] for row in found.rows("codes")] == ["B"]
    assert [fault.line for fault in found.faults] == [2]


def test_an_empty_sheet_and_a_header_without_rows_are_one_sentence(reading, workbook):
    assert "is empty" in reading(workbook({"codes": []})).messages[0]
    assert "no row below it" in reading(workbook({"codes": [["code", "creator"]]})).messages[0]


def rewritten(path, member, content):
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[member] = content(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_a_sheet_whose_cells_lie_far_apart_is_refused_before_it_is_opened(reading, workbook):
    sheet = "xl/worksheets/sheet1.xml"
    path = rewritten(
        workbook({"a": [["code"]]}), sheet, lambda xml: xml.replace(b'r="A1"', b'r="XFD1"')
    )
    assert "more than 512 columns" in reading(path).messages[0]
    path = workbook({"a": [["code"] * 60]})
    far = lambda xml: xml.replace(b'r="BH1"', b'r="BH1048576"')  # noqa: E731 - short
    assert "50,000,000 cells" in reading(rewritten(path, sheet, far)).messages[0]


def test_a_bomb_and_a_huge_workbook_are_refused(reading, workbook, tmp_path):
    path = workbook({"a": [["code"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.bin", bytes(80 << 20))
    assert "100 times its size" in reading(path).messages[0]
    huge = tmp_path / "huge.xlsx"
    with huge.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(51 << 20)
    assert "50 MiB" in reading(huge).messages[0]
