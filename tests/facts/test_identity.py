import datetime as dt
import hashlib
import struct

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts import identity

ROWS = st.lists(
    st.tuples(
        st.none() | st.text(alphabet="ab\x1f", max_size=3),
        st.none() | st.integers(-3, 3),
        st.none() | st.text(alphabet="ab\x1f", max_size=3),
        st.none() | st.booleans(),
    ),
    min_size=1,
    max_size=30,
)
TYPES = (pa.string(), pa.int64(), pa.string(), pa.bool_())


def hashes(rows):
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, TYPES, strict=True)]
    return identity.row_hashes(arrays).to_pylist()


@given(ROWS)
def test_rows_have_one_hash_exactly_when_they_are_equal(rows):
    found = hashes(rows)
    assert len(set(zip(map(repr, rows), found, strict=True))) == len(set(found))
    assert len(set(map(repr, rows))) == len(set(found))


@given(ROWS)
def test_a_row_has_the_same_hash_in_every_batch(rows):
    assert hashes(rows) == [hashes([row])[0] for row in rows]


def test_a_hash_is_128_bits_and_the_same_on_every_machine():
    columns = [
        pa.array(["a", None]),
        pa.array([1, None], pa.int64()),
        pa.array([dt.date(2026, 5, 1), None]),
        pa.array([dt.datetime(2026, 5, 1), None], pa.timestamp("us")),
        pa.array([True, None]),
    ]
    day, moment, empty = 20574, 1777593600000000, -(2**63)
    written = (struct.pack("<5q", 1, 1, day, moment, 1) + b"a", struct.pack("<5q", *[empty] * 5))
    expected = [hashlib.blake2b(row, digest_size=16).hexdigest() for row in written]
    assert identity.row_hashes(columns).to_pylist() == expected


def test_rows_without_any_text_have_a_hash_too():
    assert len(set(identity.row_hashes([pa.array([1, 2, 2])]).to_pylist())) == 2


def test_a_column_cut_from_a_longer_one_hashes_as_itself():
    whole = pa.array(["a", "b", "c"])
    assert identity.row_hashes([whole[1:]]) == identity.row_hashes([pa.array(["b", "c"])])


def test_no_rows_have_no_hashes():
    assert identity.row_hashes([pa.array([], pa.string())]).to_pylist() == []


def repeats(names, contents, times=None, alive=None):
    return identity.repeats(
        [pa.array(names, pa.string())],
        pa.array(contents),
        pa.array(times, pa.int64()) if times else None,
        np.array(alive or [True] * len(names)),
    )


def test_of_equal_rows_the_first_stays():
    assert repeats(["a", "a", "b", "a"], ["1", "1", "1", "1"]) == ([1, 3], [], [])


def test_an_empty_key_is_a_key_like_any_other():
    assert repeats([None, None], ["1", "1"]) == ([1], [], [])


def test_a_row_that_says_something_else_clashes_with_the_one_that_stands():
    assert repeats(["a", "b", "a"], ["1", "1", "2"]) == ([], [], [(2, 0)])


def test_a_newer_row_replaces_an_older_one_wherever_it_stands():
    assert repeats(["a", "a", "a"], ["1", "2", "3"], [5, 7, 6]) == ([], [0, 2], [])
    assert repeats(["a", "a"], ["1", "2"], [7, 5]) == ([], [1], [])


def test_a_row_that_was_replaced_may_come_again():
    assert repeats(["a", "a", "a"], ["1", "2", "1"], [5, 7, 5]) == ([2], [0], [])


def test_rows_of_the_same_time_or_of_none_clash():
    assert repeats(["a", "a"], ["1", "2"], [5, 5]).clashes == [(1, 0)]
    assert repeats(["a", "a"], ["1", "2"], [5, None]).clashes == [(1, 0)]
    assert repeats(["a", "a"], ["1", "2"], [None, 5]).clashes == [(1, 0)]


def test_rows_that_were_dropped_repeat_nothing():
    assert repeats(["a", "a", "a"], ["1", "2", "2"], alive=[False, True, True]) == ([2], [], [])
