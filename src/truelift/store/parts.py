"""Parts: a pure function applied to many inputs that know nothing of each other, here or elsewhere.

In:   the function, by its name in a module of ours, and inputs.
Out:  what it gives of each, in their order: a matrix of numbers. The same bytes wherever it runs.

Inputs are pickled by the process that asks and read by its own workers; what comes back is numbers
alone, so that nothing an engine says is run here. Workers import this module and the function's.
"""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Matrix = npt.NDArray[np.float64]
Work = Callable[[Any], Matrix]

VERSION: str = importlib.import_module("truelift").__version__

MOST_BYTES = 48 * 2**20
"""So much is handed to an engine with one question; a part is never cut."""

FOUND = "part bigint, wide bigint, found binary"
ANOTHER = "This worker has Truelift"


def here(work: Work, inputs: Iterable[object]) -> Iterator[Matrix]:
    """Apply the function in this process, one input after the other."""
    return map(work, inputs)


def questions(inputs: Iterable[object]) -> Iterator[pa.Table]:
    """Write inputs as rows that an engine spreads over its workers, some megabytes at a time."""
    rows: list[bytes] = []
    for each in inputs:
        row = pickle.dumps(each, protocol=5)
        if rows and sum(map(len, rows)) + len(row) > MOST_BYTES:
            yield _question(rows)
            rows = []
        rows.append(row)
    if rows:
        yield _question(rows)


def answered(
    work: Work, version: str, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Apply the function on a worker; version: of the Truelift that asks."""
    if version != VERSION:
        msg = f"{ANOTHER} {VERSION}, the one that asks is {version}"
        raise RuntimeError(msg)
    for batch in batches:
        for part, given in zip(batch["part"].to_pylist(), batch["given"].to_pylist(), strict=True):
            found = np.ascontiguousarray(work(pickle.loads(given)), dtype="<f8")  # noqa: S301 - made by `questions` of the process that asks
            columns = {"part": [part], "wide": [found.shape[1]], "found": [found.tobytes()]}
            yield pa.RecordBatch.from_pydict(columns)


def matrices(answers: pa.Table) -> Iterator[Matrix]:
    """Read what the workers gave, in the order of the parts."""
    rows = answers.sort_by("part")
    for wide, found in zip(rows["wide"].to_pylist(), rows["found"].to_pylist(), strict=True):
        yield np.frombuffer(found, dtype="<f8").reshape(-1, wide)


def _question(rows: list[bytes]) -> pa.Table:
    return pa.table({
        "part": pa.array(range(len(rows)), pa.int64()), "given": pa.array(rows, pa.binary()),
    })  # fmt: skip
