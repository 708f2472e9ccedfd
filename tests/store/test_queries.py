"""Queries are files: found by name, rendered by few words, with parameters that are named."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

import truelift.store
from truelift.store import queries

SQL = Path(truelift.store.__file__).parent / "sql"
NAMES = sorted(path.stem for path in SQL.glob("*.sql"))


def test_a_query_that_does_not_exist_is_a_key_error():
    with pytest.raises(KeyError, match="no such query"):
        queries.text("no such query")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_our_own_words_is_left_after_rendering(name):
    for dialect in ("duckdb", "spark"):
        assert not re.search(r"(?<![\w.])@\w+\(", queries.render(queries.text(name), dialect))


@pytest.mark.parametrize("name", NAMES)
def test_every_query_says_what_it_is_for(name):
    assert queries.text(name).startswith("-- ")


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("@seconds(timestamp '2026-01-01 00:00:00', timestamp '2026-01-01 00:01:30')", 90),
        ("@whole(7, 2)", 3),
        ("@share(7, 3, 2)", 10),
        ("@days_before(timestamp '2026-03-01', 1) = timestamp '2026-02-28'", True),
    ],
)
def test_a_word_means_what_its_description_says(sql, value):
    with duckdb.connect() as connection:
        assert connection.execute(f"select {queries.render(sql)}").fetchall() == [(value,)]


def test_known_rows_are_those_recorded_by_then_and_not_yet_replaced():
    sql = queries.render("select word from @known(words) as words")
    with duckdb.connect() as connection:
        connection.execute(
            "create table fact_words (brand text, word text, recorded_at int, superseded_at int)"
        )
        connection.execute(
            "insert into fact_words values"
            " ('acme', 'old', 1, 3), ('acme', 'new', 3, null), ('bolt', 'theirs', 1, null)"
        )
        for known_at, words in ((0, []), (1, ["old"]), (2, ["old"]), (3, ["new"]), (9, ["new"])):
            rows = connection.execute(sql, {"brand": "acme", "known_at": known_at}).fetchall()
            assert [row[0] for row in rows] == words


def test_parameters_and_relations_are_told_apart():
    sql = "select * from @known(orders), @catalog(codes), @given(path) where day = $day and $brand"
    assert queries.parameters(sql) == {"day", "brand"}
    assert queries.relations(sql) == {"known": {"orders"}, "catalog": {"codes"}, "given": {"path"}}
    assert queries.render("@catalog(codes) @given(path)") == "catalog_codes given_path"


def test_a_query_can_be_asked_of_a_few_known_rows():
    sql = (
        "select word from @known(words) as words union all select word from @known(names) as names"
    )
    assert queries.render(sql, narrowed={"words"}) == (
        "select word from narrowed_words as words union all select word from "
        + queries.render("@known(names)")
        + " as names"
    )
