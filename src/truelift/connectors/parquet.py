"""Parquet files, and Arrow tables handed in: typed columns become text, in bounded memory.

In:   a path, or an Arrow reader.
Out:  a TextTable; a row's line is its position, 1-based.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from truelift.connectors.table import Chunk, TextTable, Unreadable, checked_header
from truelift.connectors.textual import as_text
from truelift.facts.event import Fault

MAGIC = b"PAR1"
_ROWS = 100_000
_BYTES = 32 << 20


def read_parquet(path: Path, name: str) -> TextTable:
    """Open a Parquet file as a table of text; Unreadable when it is damaged."""
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            rows_a_batch = _rows_a_batch(file)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(_damaged(error)) from error
    header = checked_header(names, 1)

    def chunks() -> Iterator[Chunk | Fault]:
        first = 1
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=rows_a_batch):
                    yield text_chunk(batch, header, first)
                    first += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            yield Unreadable(_damaged(error), first).fault(name)

    return TextTable(name, header, 1, chunks)


def table_of(batches: pa.Table, name: str) -> TextTable:
    """See an Arrow table as a table of text, as if it had been read from a file."""
    header = checked_header(batches.schema.names, 1)

    def chunks() -> Iterator[Chunk | Fault]:
        first = 1
        for batch in batches.to_batches(max_chunksize=_ROWS):
            yield text_chunk(batch, header, first)
            first += batch.num_rows

    return TextTable(name, header, 1, chunks)


def text_chunk(batch: pa.RecordBatch, header: tuple[str, ...], first: int) -> Chunk:
    """Write a batch as text; `first` is the position of its first row."""
    rows = pa.table([as_text(column) for column in batch.columns], names=list(header))
    lines = np.arange(first, first + batch.num_rows, dtype=np.int64)
    return Chunk(rows, pa.array(lines, pa.int64()))


def _rows_a_batch(file: pq.ParquetFile) -> int:
    """Give how many rows stay within the batch size, by the file's own statement of its size."""
    metadata = file.metadata
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    a_row = max(1, size // max(1, metadata.num_rows))
    return int(min(_ROWS, max(1_000, _BYTES // a_row)))


def _damaged(error: Exception) -> str:
    return f"the Parquet file cannot be read ({str(error)[:200]}); make it again"
