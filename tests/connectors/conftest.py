"""Reads a small file made by a test and gives what came of it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from truelift.connectors.files import ReadOptions, open_source
from truelift.facts.event import Fault


@dataclass
class Reading:
    """What came of a file: rows and lines by kind, faults, and the batches themselves."""

    batches: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    skipped: int = 0

    def rows(self, kind):
        return [
            {name: cell for name, cell in row.items() if cell is not None}
            for batch in self.batches
            if batch.kind == kind
            for row in batch.rows.to_pylist()
        ]

    def lines(self, kind):
        return [n for batch in self.batches if batch.kind == kind for n in batch.lines.to_pylist()]

    @property
    def kinds(self):
        return list(dict.fromkeys(batch.kind for batch in self.batches))

    @property
    def messages(self):
        return [fault.message for fault in self.faults]


def read_source(source):
    found = Reading()
    for item in source.batches():
        (found.faults if isinstance(item, Fault) else found.batches).append(item)
    found.skipped = source.skipped
    return found


@pytest.fixture
def reading(tmp_path):
    """Write a file and read it: reading("name.csv", content, set={...}, currency="USD")."""

    def read(name, content=None, **options):
        path = Path(name) if content is None else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            path.write_text(content, encoding="utf-8", newline="")
        return read_source(open_source(path, ReadOptions(**options)))

    return read
