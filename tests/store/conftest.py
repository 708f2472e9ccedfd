"""Facts as files bring them, taken into a facts engine that stands in a folder of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os

import pyarrow as pa
import pytest

from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.event import EventBatch
from truelift.facts.kinds import KINDS
from truelift.store import workspace_database
from truelift.store.facts_engine import FactsEngine
from truelift.store.segments import SegmentLog
from truelift.store.stamp import Stamp

ON_BOTH = frozenset(
    {
        "test_accounting_periods", "test_audit_log", "test_catalog_store", "test_control_records",
        "test_journal_export", "test_keeper", "test_kept_records", "test_leases",
        "test_people_store",
        "test_rates", "test_science_records", "test_session_store", "test_share_store",
        "test_workspace_database",
    }
)  # fmt: skip
"""Modules whose workspace databases are kept in a file and in PostgreSQL, one after the other."""


def heavy(metafunc):
    """Say whether PostgreSQL's turn is left to `make test-cluster`: nothing there is its own."""
    return metafunc.module.__name__.rpartition(".")[2] in {
        "test_journal_export", "test_rates", "test_science_records", "test_accounting_periods",
        "test_share_store", "test_session_store",
    }  # fmt: skip


def pytest_generate_tests(metafunc):
    here = os.environ.get("TRUELIFT_TEST_DATABASE", "sqlite")
    if metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        server = pytest.param("postgresql", marks=pytest.mark.soak if heavy(metafunc) else ())
        kinds = ("sqlite", server) if here == "sqlite" else ("postgresql",)
        metafunc.parametrize("kept_in", kinds, indirect=True)


@pytest.fixture(autouse=True)
def kept_in(request, monkeypatch):
    """Say what workspaces are kept in: in PostgreSQL where that is this test's turn."""
    kind = getattr(request, "param", "sqlite")
    if kind == "sqlite":
        yield kind
        return
    copies, folder = (request.getfixturevalue(name) for name in ("copies", "tmp_path"))
    monkeypatch.setattr(workspace_database, "sqlite_engine", copies.engine_of)
    yield kind
    copies.drop_below(folder)


CONTEXT = AcceptanceContext("America/New_York", "USD", b"salt")
MONDAY = dt.datetime(2026, 6, 1, 9)
DAY = dt.timedelta(days=1)


def order(number, subtotal="10.00", **more):
    return {
        "order_id": str(number),
        "ordered_at": "2026-05-01T12:00:00Z",
        "currency": "USD",
        "subtotal": subtotal,
    } | more


def accepted(kind, rows, first_line=2):
    """Give the rows that acceptance makes of cells of text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = pa.table(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    )
    lines = pa.array(range(first_line, first_line + len(rows)), pa.int64())
    taken = accept(EventBatch(kind, "x", "x.csv", "", cells, lines), CONTEXT)
    assert not taken.faults, taken.faults
    return taken.rows


def content(rows):
    """Give the hash of a file that holds these rows."""
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


class Facts:
    """A facts engine in a folder; files are brought to it, and it is opened again at will."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = None
        self.open()

    def open(self):
        self.close()
        log = SegmentLog(self.folder / "segments")
        self.engine = FactsEngine(self.folder / "facts.duckdb", log)
        return self

    def close(self):
        if self.engine is not None:
            self.engine.close()
            self.engine = None

    def stamp(self, rows, *, file="orders.csv", at=MONDAY, brand="acme", sha256=None):
        return Stamp(brand, file, f"inbox/{file}", sha256 or content(rows), at)

    def bring(self, rows, *, kind="orders", first_line=2, keep=True, **stamp):
        """Import rows; give (accepted, updated, duplicate, conflicts)."""
        table = accepted(kind, rows, first_line)
        verdict = self.engine.append(KINDS[kind], table, self.stamp(rows, **stamp), keep=keep)
        return verdict.accepted, verdict.updated, verdict.duplicate, list(verdict.conflicts)

    def subtotals(self, known_at=MONDAY + 365 * DAY, brand="acme"):
        """Give order -> subtotal in cents, as known at a time."""
        parameters = {"brand": brand, "known_at": known_at, "limit": 1000}
        rows = self.engine.listing(KINDS["orders"], (), parameters).to_pylist()
        assert len({row["order_id"] for row in rows}) == len(rows)
        return {row["order_id"]: row["subtotal"] for row in rows}

    def contents(self):
        """Give every stored row of every kind, superseded ones too, in a fixed order."""
        found = {}
        for kind in KINDS.values():
            if kind.plane.value == "facts":
                asked = f"select * from fact_{kind.name} order by all nulls first"
                found[kind.name] = self.engine._connection.sql(asked).to_arrow_table().to_pylist()
        return found

    def segments(self):
        return sorted(path.name for path in (self.folder / "segments").iterdir())


@pytest.fixture
def facts(tmp_path):
    made = Facts(tmp_path)
    yield made
    made.close()


@pytest.fixture
def facts_in():
    """Open facts engines in folders that a test names; all are closed at the end."""
    opened = []

    def make(folder):
        opened.append(Facts(folder))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
