"""A table on a page is the table of its CSV: sorted, and with the columns that were chosen."""

import datetime as dt

import pytest

from truelift.reports.table import Cell, Table, TableColumn
from truelift.web.asked import Asked, BadParameter
from truelift.web.grid import arranged, chooser, grid

TABLE = Table(
    "Costs",
    (
        TableColumn("creator"), TableColumn("amount", Cell.MONEY), TableColumn("posts", Cell.COUNT),
        TableColumn("why"), TableColumn("seen", Cell.INSTANT),
    ),
    (
        {"creator": "bo", "amount": "9.50", "posts": 3, "why": "fee", "seen": None},
        {"creator": "Ana", "amount": "100.00", "posts": None, "why": "gift",
         "seen": dt.datetime(2026, 5, 1)},
        {"creator": "<cy>", "amount": "-1.00", "posts": 7, "why": "fee", "seen": None},
    ),
)  # fmt: skip


def asked(**given):
    return Asked("/costs", given)


def order(**given):
    return [row["creator"] for row in arranged(TABLE, asked(**given)).rows]


def test_amounts_sort_as_amounts_names_as_names_and_what_is_missing_stands_last():
    assert order() == ["bo", "Ana", "<cy>"]
    assert order(sort="amount") == ["<cy>", "bo", "Ana"]
    assert order(sort="-amount") == ["Ana", "bo", "<cy>"]
    assert order(sort="creator") == ["<cy>", "Ana", "bo"]
    assert order(sort="-posts") == ["<cy>", "bo", "Ana"]
    assert order(sort="posts") == ["bo", "<cy>", "Ana"]
    mixed = Table("", (TableColumn("x"),), ({"x": 1}, {"x": "b"}))
    assert [row["x"] for row in arranged(mixed, asked(sort="-x")).rows] == ["b", 1]


def test_columns_are_those_chosen_else_those_shown_first_in_the_tables_own_order():
    assert arranged(TABLE, asked()).names == TABLE.names
    assert arranged(TABLE, asked(), ("why", "creator", "gone")).names == ["creator", "why"]
    assert arranged(TABLE, asked(columns="posts,creator"), ("why",)).names == ["creator", "posts"]
    assert arranged(Table("", (), ()), asked(sort="x")).rows == ()


@pytest.mark.parametrize("given", [{"sort": "gone"}, {"columns": "creator,gone"}])
def test_a_column_that_is_none_is_named_with_those_there_are(given):
    with pytest.raises(BadParameter, match="no column 'gone' here; there are creator, amount"):
        arranged(TABLE, asked(**given))


def shown(table=TABLE, **given):
    request = asked(**given)
    return str(grid("list", table, table.rows, request, title="Costs", note="n", zone="UTC"))


def test_heads_sort_numbers_from_the_largest_and_names_from_the_first_and_turn():
    page = shown(campaign="a b")
    assert "?campaign=a+b&amp;sort=-amount" in page
    assert "?campaign=a+b&amp;sort=creator" in page
    assert "aria-sort" not in page
    assert 'aria-sort="descending"' in shown(sort="-amount")
    assert "sort=amount" in shown(sort="-amount")
    assert "sort=-creator" in shown(sort="creator")


def test_it_says_how_many_rows_there_are_and_writes_text_as_text():
    page = shown()
    assert "3 rows" in page
    assert "&lt;cy&gt;" in page
    assert '<td class="t words">gift</td>' in page
    total = Table("", (TableColumn("account"),), ({"account": "total"},))
    assert "0 rows" in shown(total)
    assert "colspan" not in shown(Table("", (TableColumn("x"),), ({"x": True},)))


def test_the_chooser_is_a_form_that_keeps_the_rest_of_the_address():
    page = str(chooser(TABLE, arranged(TABLE, asked(columns="creator")), asked(campaign="x")))
    assert "Columns: 1 of 5" in page
    assert '<input type="hidden" name="campaign" value="x">' in page
    assert page.count("checked") == 1
    assert "columns=creator%2Camount%2Cposts%2Cwhy%2Cseen" in page
    assert chooser(Table("", (), ()), Table("", (), ()), asked()) is None


def test_a_sentence_leads_to_pages_instead_of_naming_commands():
    table = Table(
        "", (TableColumn("x"), TableColumn("why")), ({"x": 1, "why": "See `truelift fee`."},)
    )
    shown = str(grid("list", table, table.rows, asked(), title="", note="", zone="UTC"))
    assert 'See <a href="/fees">Highest fees</a>.' in shown
