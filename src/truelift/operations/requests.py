"""Requests of other programs: rows of one kind, each with its verdict, the same answer if repeated.

In:   rows as JSON objects; a key of the request, under which it may be sent again.
Out:  facts and catalog rows, a verdict per row in their order; the answer is kept in the
      transaction of the facts, so that a request whose answer was lost is not done twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from truelift.base.errors import Repeated
from truelift.facts.event import EventBatch, Fault
from truelift.facts.kinds import kind_named
from truelift.operations.hits import table_of, with_notes
from truelift.operations.ingest import Tally, take_in
from truelift.operations.people import Action, needs
from truelift.operations.recompute import recompute
from truelift.store.ground import Ground

KEPT = dt.timedelta(days=7)
"""How long a request may be repeated under its key."""

OK, SEVERAL = 200, 207
_WORDS = {"new": "accepted", "update": "updated"}


@dataclass(frozen=True, slots=True)
class Request:
    """Rows of a kind, under a key or none. body_sha256: of the request's bytes."""

    kind: str
    rows: tuple[Mapping[str, Any], ...]
    key: str | None = None
    body_sha256: str = ""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What became of one row, by its place in the request (from 0).

    verdict: accepted, updated, duplicate or quarantined; the rest only for the last.
    """

    row: int
    verdict: str
    field: str | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a request. repeated: it was answered before, and nothing was done now."""

    verdicts: tuple[RowVerdict, ...]
    repeated: bool = False

    @property
    def status(self) -> int:
        """Give 200 when every row stands, 207 when some do not."""
        refused = any(each.verdict == "quarantined" for each in self.verdicts)
        return SEVERAL if refused else OK


@needs(Action.IMPORT, logged=False, alone=False)
def take_rows(ground: Ground, asked: Request) -> Taken:
    """Take rows in; Repeated when the key was used for another request."""
    kind = kind_named(asked.kind)
    with ground.turn:
        with ground.facts.together():
            if (before := _answered(ground, asked)) is not None:
                return before
            batch = EventBatch(
                kind=kind.name,
                origin=f"api:{kind.name}",
                source_file=f"api:{kind.name}",
                sha256=asked.body_sha256 or _sha256(asked),
                rows=table_of(kind.names, [with_notes(kind.name, row) for row in asked.rows]),
                lines=pa.array(range(1, len(asked.rows) + 1), pa.int64()),
            )
            tally = Tally(batch.origin, batch.sha256)
            take_in(ground, batch, tally, ground.clock.now())
            done = Taken(_verdicts(len(asked.rows), tally))
            _keep(ground, asked, done)
        if tally.accepted or tally.updated:
            recompute(ground)
    return done


def _verdicts(rows: int, tally: Tally) -> tuple[RowVerdict, ...]:
    faults: dict[int, Fault] = {fault.line: fault for fault in tally.faults}
    said: dict[int, str] = {}
    for table in tally.lines:
        lines, words = (table[name].to_pylist() for name in ("source_line", "verdict"))
        said |= dict(zip(lines, words, strict=True))
    return tuple(
        RowVerdict(line - 1, "quarantined", faults[line].column or None,
                   faults[line].reason.value, faults[line].message)
        if line in faults
        else RowVerdict(line - 1, _WORDS.get(said.get(line, ""), "duplicate"))
        for line in range(1, rows + 1)
    )  # fmt: skip


def _answered(ground: Ground, asked: Request) -> Taken | None:
    if asked.key is None:
        return None
    who = {"person": f"{ground.brand.brand}/{ground.person}", "request_key": asked.key}
    rows = ground.facts.read("live.answered", who).to_pylist()
    if not rows:
        return None
    if rows[0]["body_sha256"] != _sha256(asked):
        msg = (
            f"The Idempotency-Key {asked.key!r} was used for another request; send each request "
            "under a key of its own."
        )
        raise Repeated(msg)
    verdicts = json.loads(rows[0]["answer"])
    return Taken(tuple(RowVerdict(**each) for each in verdicts), repeated=True)


def _keep(ground: Ground, asked: Request, done: Taken) -> None:
    if asked.key is None:
        return
    now = ground.clock.now()
    ground.facts.keep(
        "live.answer",
        {
            "person": f"{ground.brand.brand}/{ground.person}",
            "request_key": asked.key,
            "body_hash": _sha256(asked),
            "status": done.status,
            "answer": json.dumps([asdict(each) for each in done.verdicts]),
            "before": now - KEPT,
            "now": now,
        },
    )


def _sha256(asked: Request) -> str:
    told = json.dumps([asked.kind, asked.body_sha256 or list(map(dict, asked.rows))], default=str)
    return hashlib.sha256(told.encode()).hexdigest()
