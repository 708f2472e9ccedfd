import datetime as dt

import pyarrow as pa
import pytest

from truelift.store.day_spans import DaySpan, joined, kind_by_day, spans

ONE, TWO, THREE = (dt.date(2026, 5, day) for day in (1, 2, 3))


def days(*counts):
    return [{"day": day, "rows": rows} for day, rows in zip((ONE, TWO, THREE), counts, strict=True)]


def test_a_query_says_by_whose_days_it_may_be_asked():
    assert kind_by_day("-- by day: clicks\nselect 1") == "clicks"
    assert kind_by_day("-- clicks by day\nselect 1") is None


@pytest.mark.parametrize(
    ("counts", "cuts"),
    [
        ((1, 1, 1), []),
        ((4, 1, 1), [TWO]),
        ((9, 9, 9), [TWO, THREE]),
        ((2, 2, 2), [THREE]),
    ],
)
def test_spans_hold_at_most_so_many_rows_and_no_day_is_cut(counts, cuts):
    found = spans(days(*counts), most=4)
    assert [span.until for span in found] == [*cuts, None]
    assert [span.since for span in found] == [None, *cuts]


def test_rows_without_a_day_are_asked_about_with_all_others():
    assert spans([{"day": None, "rows": 1}, *days(9, 9, 9)], most=4) == [DaySpan(None, None)]
    assert spans([], most=4) == [DaySpan(None, None)]


def test_a_span_looks_further_than_its_days_and_keeps_only_these():
    span = DaySpan(TWO, THREE)
    assert span.instants == (dt.datetime(2026, 4, 30), dt.datetime(2026, 5, 5))
    rows = pa.table({"day": [ONE, TWO, THREE], "units": [1, 2, 3]})
    assert span.own(rows)["units"].to_pylist() == [2]
    assert DaySpan(None, None).own(rows) == rows


def test_answers_are_in_the_order_of_one_question():
    first = pa.table({"creator": ["b", None], "day": [ONE, ONE], "units": [1, 2]})
    second = pa.table({"creator": ["a", "b"], "day": [TWO, TWO], "units": [3, 4]})
    assert joined([first, second])["units"].to_pylist() == [2, 3, 1, 4]
