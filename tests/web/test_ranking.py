"""Rows of return come in the order that was asked for, on the page, in its chart and its files."""

import csv
import io
import re
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from truelift.reports.table import Table, TableColumn
from truelift.web.asked import Asked, BadParameter
from truelift.web.ranking import MEASURES, heads, ranked


def order(client, address):
    return [row["creator"] for row in csv.DictReader(io.StringIO(client.get(address).text))]


def test_the_file_and_the_page_have_one_order(client):
    down = order(client, "/campaign/summer.csv?sort=-net")
    up = order(client, "/campaign/summer.csv?sort=net")
    assert down == up[::-1]
    page = client.get("/campaign/summer?sort=-net").text
    shown = re.findall(r'<th scope="row"><a href="/creator/([^"]*)"', page)
    assert [unquote(each) for each in shown[: len(down)]] == [
        each.removeprefix("'") for each in down
    ]


def test_what_is_unknown_stands_last_whichever_way():
    rows = [{"roi": found} for found in (0.5, {"withheld": "NO_COST"}, 2.0, None)]
    table = Table("", (TableColumn("roi"),), tuple({"roi": str(at)} for at in range(4)))
    given = SimpleNamespace(data={"rows": rows}, rows=rows, table=table)
    for sort, order in (("roi", "0213"), ("-roi", "2013")):
        found = ranked(given, Asked("/", {"sort": sort}))
        assert "".join(row["roi"] for row in found.table.rows) == order
        assert found.rows[0]["roi"] == rows[int(order[0])]["roi"]
        assert len(found) == 4


def test_every_measure_can_be_asked_for_and_no_other(client):
    for name in MEASURES:
        assert client.get(f"/roi.json?by=creator&sort=-{name}").status_code == 200
    assert client.get("/?sort=joy").status_code == 400
    with pytest.raises(BadParameter):
        ranked([], Asked("/", {"sort": "joy"}))


def test_a_head_asks_for_the_largest_first_and_then_for_the_other_way():
    plain, down = heads(Asked("/", {"by": "creator"})), heads(Asked("/", {"sort": "-net"}))
    assert "?by=creator&amp;sort=-net" in str(plain("Net"))
    assert "?sort=net" in str(down("Net"))
    assert "\u2193" in str(down("Net"))
    assert "?by=creator&amp;sort=creator" in str(plain("Creator"))
    assert plain("Grade") == "Grade"


def test_a_chart_draws_the_rows_that_the_page_shows_in_their_order(client):
    address = re.search(r'data-chart="([^"]*/chart/roi[^"]*)"', client.get(
        "/campaign/summer?sort=-net").text)[1].replace("&amp;", "&")  # fmt: skip
    assert "rank=-net" in address
    assert client.get(address).status_code == 200
