"""Rows as they come out of a file, and what acceptance makes of them."""

import pyarrow as pa
import pytest

from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.event import EventBatch

BERLIN = AcceptanceContext("Europe/Berlin", "EUR", b"a salt of the workspace")

GOOD = {
    "orders": {
        "order_id": "1",
        "ordered_at": "2026-05-01T12:00:00Z",
        "currency": "USD",
        "subtotal": "12.50",
    },
    "observations": {"platform": "tiktok", "post_id": "p1", "observed_at": "2026-05-01T12:00Z"},
    "posts": {
        "platform": "tiktok",
        "post_id": "p1",
        "handle": "ana",
        "published_at": "2026-05-01T12:00Z",
    },
    "codes": {"code": "ANA10", "creator": "ana"},
    "refunds": {
        "refund_id": "r1",
        "order_id": "1",
        "refunded_at": "2026-05-02T12:00Z",
        "amount": "5.00",
        "currency": "USD",
    },
    "leads": {"lead_id": "l1", "created_at": "2026-05-01T12:00Z"},
    "campaigns": {
        "campaign": "spring",
        "goal": "sales",
        "starts": "2026-05-01",
        "ends": "2026-05-31",
        "currency": "USD",
    },
    "rates": {"date": "2026-05-01", "base": "EUR", "quote": "USD", "rate": "1.08"},
    "aliases": {"kind": "name", "alias": "Ana B"},
    "mentions": {"platform": "tiktok", "post_id": "p1", "tag": "spring"},
    "allocations": {"document": "d1", "valid_from": "2026-05-01"},
    "agreements": {
        "agreement": "a1",
        "creator": "ana",
        "currency": "USD",
        "signed_on": "2026-05-01",
    },
    "creators": {"creator": "ana"},
    "order_lines": {"order_id": "1", "line": "1"},
    "values": {
        "metric": "leads",
        "valid_from": "2026-05-01",
        "unit_value": "5",
        "currency": "USD",
        "basis": "lead_value",
    },
    "sessions": {"date": "2026-05-01", "source": "ig", "medium": "social", "campaign": "spring"},
    "events": {"event": "e1", "starts": "2026-05-01", "kind": "promotion"},
    "experiments": {
        "experiment": "e1",
        "campaign": "spring",
        "design": "geo",
        "outcome": "orders",
        "factor": "0.8",
    },
}


def batch_of(kind, rows):
    """Lay rows (dicts of text) out as a batch; the first is line 2 of the file."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    )
    lines = pa.array(range(2, len(rows) + 2), pa.int64())
    return EventBatch(kind, "shop", f"{kind}.csv", "0" * 64, table, lines)


@pytest.fixture(scope="session")
def batch():
    """Lay rows out as a batch."""
    return batch_of


@pytest.fixture(scope="session")
def accepting():
    """Accept rows of a kind; each needs only the cells that the test is about."""

    def run(kind, *rows, context=BERLIN):
        return accept(batch_of(kind, [{**GOOD[kind], **row} for row in rows]), context)

    return run


@pytest.fixture(scope="session")
def value_of(accepting):
    """Accept one row of one cell and give what became of it; the row must be accepted."""

    def run(kind, column, text, /, context=BERLIN, **cells):
        accepted = accepting(kind, {column: text, **cells}, context=context)
        assert accepted.faults == []
        return accepted.rows[column][0].as_py()

    return run


@pytest.fixture(scope="session")
def fault_of(accepting):
    """Accept one row of one bad cell and give its reason and message without the place."""

    def run(kind, column, text, /, context=BERLIN, **cells):
        accepted = accepting(kind, {column: text, **cells}, context=context)
        (fault,) = accepted.faults
        assert accepted.rows.num_rows == 0
        place = f"{kind}.csv line 2, column {fault.column}: "
        assert fault.message.startswith(place)
        assert fault.message.endswith(".")
        return fault.reason.value, fault.column, fault.message.removeprefix(place)

    return run
