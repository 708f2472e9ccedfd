"""The stamp: what every stored row carries of where it came from.

In:   accepted rows of one batch.
Out:  the same rows with the columns of a stamp.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every stored row carries: whose, who says so, from which file, and when it was recorded.

    recorded_at: naive UTC. sha256: of the file.
    """

    brand: str
    origin: str
    source_file: str
    sha256: str
    recorded_at: dt.datetime

    @property
    def parameters(self) -> dict[str, object]:
        """Give what a batch is judged by."""
        return {"brand": self.brand, "origin": self.origin, "sha256": self.sha256}


def stamped(rows: pa.Table, stamp: Stamp) -> pa.Table:
    """Give rows with the columns of a stamp, the same for each."""
    values = (
        ("brand", pa.string(), stamp.brand),
        ("origin", pa.string(), stamp.origin),
        ("source_file", pa.string(), stamp.source_file),
        ("source_sha256", pa.string(), stamp.sha256),
        ("recorded_at", pa.timestamp("us"), stamp.recorded_at),
    )
    for name, arrow_type, value in values:
        column = pa.repeat(pa.scalar(value, arrow_type), rows.num_rows)
        rows = rows.append_column(name, column)
    return rows
