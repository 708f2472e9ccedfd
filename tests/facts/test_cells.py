import pyarrow as pa
import pytest

from truelift.facts import cells


@pytest.mark.parametrize(
    ("text", "bare"),
    [("  a b\t", "a b"), ("\u00a0a\u2003", "a"), ("", None), (" \u3000 ", None), (None, None)],
)
def test_white_space_around_a_cell_is_nothing(text, bare):
    assert cells.trimmed(pa.array([text, "x"])).to_pylist() == [bare, "x"]


def test_clean_cells_stay_as_they_are():
    assert cells.trimmed(pa.array(["a", None])).to_pylist() == ["a", None]


def test_the_range_of_bytes_is_that_of_the_cells_looked_at():
    column = pa.array(["\x01", "b", "ac", "~"])
    assert cells.byte_range(column[1:3]) == (ord("a"), ord("c"))


@pytest.mark.parametrize("column", [[], [None], [None, ""]])
def test_a_column_without_bytes_promises_nothing(column):
    assert cells.byte_range(pa.array(column, pa.string())) == (0, 255)


def test_what_was_found_is_shown_cut_to_a_readable_length():
    assert cells.quoted("it's") == '"it\'s"'
    assert cells.quoted("a" * 70) == f"'{'a' * 60}...'"


def test_a_distinct_text_is_read_once():
    asked = []

    def reader(text):
        asked.append(text)
        return len(text)

    reading = cells.read_distinct(pa.array(["aa", "b", None, "aa"]), pa.int64(), reader)
    assert reading == (pa.array([2, 1, None, 2]), [])
    assert asked == ["aa", "b"]
