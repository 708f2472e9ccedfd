import numpy as np
import pyarrow as pa
import pytest

from truelift.connectors.table import (
    CHUNK_CHARACTERS,
    CHUNK_ROWS,
    ChunkBuilder,
    Unreadable,
    checked_header,
    normalised,
    without_empty_rows,
)


@pytest.mark.parametrize(
    ("header", "folded"),
    [("\ufeff Inläggs-ID ", "inlaggs-id"), ("Fee\u00a0 ($)", "fee ($)"), ("Straße", "straße")],
)
def test_headers_are_folded_for_comparison(header, folded):
    assert normalised(header) == folded


def test_columns_without_a_name_are_called_by_their_place():
    assert checked_header(["a", "", "b", " "], 1) == ("a", "column 2", "b", "column 4")


@pytest.mark.parametrize(
    "cells", [["a", "A "], ["é", "e"], ["x"] * 513, [str(i) for i in range(513)]]
)
def test_two_columns_of_one_name_and_too_many_are_refused(cells):
    with pytest.raises(Unreadable):
        checked_header(cells, 1)


def test_chunks_are_bounded_by_rows_and_by_characters():
    builder = ChunkBuilder(["a"])
    builder.add(2, ["x" * CHUNK_CHARACTERS])
    assert builder.full
    (chunk,) = builder.take()
    assert not builder.full
    assert list(builder.take()) == []
    for line in range(CHUNK_ROWS):
        builder.add(line, ["x"])
    assert builder.full
    assert chunk.lines.to_pylist() == [2]


def test_rows_without_any_cell_are_left_out():
    builder = ChunkBuilder(["a", "b"])
    builder.add(2, ["", None])
    builder.add(3, ["", "x"])
    (chunk,) = builder.take()
    assert (chunk.lines.to_pylist(), chunk.rows.to_pylist()) == ([3], [{"a": None, "b": "x"}])
    rows = pa.table({"a": ["x", None, None], "b": [None, None, "y"]})
    chunk = without_empty_rows(rows, np.array([5, 6, 7]))
    assert chunk.lines.to_pylist() == [5, 7]
