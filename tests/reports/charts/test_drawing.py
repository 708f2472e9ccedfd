from importlib.util import find_spec

import pytest
from jsonschema import ValidationError

from truelift.reports.charts.drawing import Drawing, left_out, named, percent, table_of, told
from truelift.reports.table import Cell


def test_a_chart_without_figures_says_why():
    empty = Drawing("Title", "Note.", table_of("Title", [], (), ""), [], [], {})
    assert empty.spec["usermeta"] == {"empty": "There is nothing to draw yet."}
    some = Drawing("Title", "Note.", empty.table, [], [{"x": 1}], {}, pending=3)
    assert some.spec["usermeta"] == {"pending": 3}


def test_a_layer_has_what_all_share_unless_its_data_are_its_own():
    own = {"data": {"values": [{}]}, "mark": "rule", "encoding": {"x": {"datum": 0}}}
    drawing = Drawing("Title", "Note.", table_of("", [], (), ""),
                      [own, {"mark": "point", "encoding": {"x": {"field": "x"}}}],
                      [{"x": 1}], {"y": {"field": "name"}})  # fmt: skip
    first, second = drawing.spec["layer"]
    assert first == own
    assert second["encoding"] == {"x": {"field": "x"}, "y": {"field": "name"}}


def test_the_table_has_the_figures_and_not_the_words():
    table = table_of("Title", [{"name": "ana", "roi": 0.5, "told": "x"}], ("name", "roi"), "Note.")
    assert [(column.name, column.cell) for column in table.columns] == [
        ("name", Cell.TEXT), ("roi", Cell.NUMBER),
    ]  # fmt: skip
    assert table.rows == ({"name": "ana", "roi": 0.5},)


def test_rows_are_named_by_whom_they_are_about():
    assert named({"campaign": "spring", "creator": "ana"}) == "spring / ana"
    assert named({"campaign": None, "creator": None}) == "(no campaign)"
    assert named({"campaign": "spring", "creator": None, "cohort": "beauty"}) == "spring / beauty"
    assert named({"campaign": None, "creator": None, "programme": None}) == "(none)"


def test_words_are_plain():
    assert [percent(value) for value in (0.365, 0, -1.2)] == ["+36%", "0%", "\u2212120%"]
    assert told(creator="ana; bo", of_reach="5 %") == "creator: ana, bo; of reach: 5 %"
    assert left_out([], "withheld") == ""
    assert left_out(["a", "b", "c"], "withheld", most=2) == "Left out, withheld: a, b and 1 more."


def test_charts_are_checked_by_the_schema_of_vega_lite(valid):
    if find_spec("altair") is None:
        pytest.skip("charts are not checked by Vega-Lite's schema: altair is not installed")
    layer = {"mark": "no such", "encoding": {}}
    drawing = Drawing("Title", "Note.", table_of("", [], (), ""), [layer], [], {})
    with pytest.raises(ValidationError):
        valid(drawing)
