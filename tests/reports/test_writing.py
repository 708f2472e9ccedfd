import json

from truelift.reports.table import Cell, Table, TableColumn
from truelift.reports.writing import csv_text, json_text


def test_csv_quotes_by_the_rfc_and_takes_the_edge_off_formulas():
    columns = (TableColumn("creator"), TableColumn("return", Cell.MONEY))
    rows = ({"creator": '=HYPERLINK("x")', "return": "-1.50"}, {"creator": None, "return": None})
    text = csv_text(Table("t", columns, rows))
    assert text == 'creator,return\r\n"\'=HYPERLINK(""x"")",-1.50\r\n,\r\n'


def test_json_keeps_letters_as_they_are_and_ends_with_a_line_break():
    text = json_text({"creator": "Zoë", "rows": []})
    assert text.endswith("}\n")
    assert "Zoë" in text
    assert json.loads(text) == {"creator": "Zoë", "rows": []}
