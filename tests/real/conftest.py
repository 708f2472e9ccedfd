"""Real data, where it lies beside the tree: `../shared/data`. Nothing of it is kept in the tree.

Times are printed, never asserted: a loaded machine makes no test fail.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.csv
import pytest

from truelift.store import ground as grounds
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.workspace import Workspace

DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass
class Hand:
    """A clock that a test moves by hand; naive UTC."""

    at: dt.datetime

    def now(self):
        return self.at


class Played:
    """A workspace under a clock moved by hand, with what each of its steps took."""

    def __init__(self, folder, ground, clock):
        self.folder, self.ws, self.clock = folder, Workspace(ground), clock
        self.took = []

    def imported(self, tables, name):
        """Write Arrow tables as canonical CSV files, import them, and give the records by kind."""
        inbox = self.folder / "inbox" / name
        inbox.mkdir(parents=True)
        for kind, table in tables.items():
            pyarrow.csv.write_csv(table, inbox / f"{kind}.csv")
        with self.timed(f"import {name}"):
            report = self.ws.import_files([inbox])
        assert not report.faults, [fault.message for fault in report.faults[:5]]
        return {record.kind: record for record in report.records}

    @contextlib.contextmanager
    def timed(self, what):
        """Note how long a step takes: on the clock and of the processor."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.took.append((what, time.perf_counter() - wall, time.process_time() - cpu))

    def times(self):
        """Say what each step took, and all of them together."""
        total = ("together", *(sum(row[place] for row in self.took) for place in (1, 2)))
        return [
            f"{what:<28}{wall:7.1f} s {cpu:7.1f} s CPU" for what, wall, cpu in (*self.took, total)
        ]


@pytest.fixture
def play(tmp_path):
    """Open an empty workspace: play(at, timezone) -> Played."""
    with contextlib.ExitStack() as stack:

        def make(at, timezone="UTC"):
            clock = Hand(at)
            folder = tmp_path / "workspace"
            grounds.create(folder, BrandRecord("b", "b", "USD", timezone, "b", "months"), at)
            ground = stack.enter_context(grounds.opened(folder, None, clock, "tester"))
            return Played(tmp_path, ground, clock)

        yield make


@pytest.fixture
def show(capsys):
    """Print lines for the reader, whatever pytest captures; a worker has only stderr to itself."""

    def say(title, lines):
        with capsys.disabled():
            told = "\n  ".join(["", title, *lines])
            print(told, file=sys.stderr)  # noqa: T201 - these tables are for the reader

    return say


@pytest.fixture
def real():
    """Give the path of a real file, or skip with the reason: real(name) -> Path."""

    def find(name):
        if not (DATA / name).is_file():
            pytest.skip(f"no real data: ../shared/data/{name} is not beside the tree")
        return DATA / name

    return find
