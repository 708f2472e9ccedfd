from truelift.connectors.options import ReadOptions
from truelift.connectors.vendor import Context, Row, as_it_stands


def test_a_row_gives_its_cells_and_what_nobody_used():
    row = Row(2, {"a": "1", "b": "2"})
    assert (row.get("a"), row.get("c")) == ("1", None)
    assert row.rest("a", "c") == {"b": "2"}


def test_a_context_gives_what_was_said():
    context = Context(ReadOptions(set={"handle": "ana"}), {})
    assert (context.said("handle"), context.said("x")) == ("ana", None)
    assert as_it_stands("views") == "views"
