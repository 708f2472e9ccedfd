"""Drain: what the collector kept on disk becomes facts, each hit once, whatever crashes when.

In:   the spool, and how far it is taken in (which stands in the facts file).
Out:  facts, and the new offset in the same transaction; refused rows in quarantine.

Rows are known by their natural keys besides, so that a spool that is read again adds nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from truelift.base.errors import TrueliftError
from truelift.connectors import woocommerce_webhook
from truelift.facts.event import NOTES, DropReason, Fault
from truelift.facts.given_back import ORDER_NUMBER
from truelift.facts.hit import Hit, Hook
from truelift.operations.completed import click_brands, housed, timed
from truelift.operations.deliveries import Deliveries
from truelift.operations.hits import Place, Refusal, Taken, batches, taken
from truelift.operations.ingest import Tally, keep_faults, take_in
from truelift.operations.people import Action, needs
from truelift.operations.recompute import recompute
from truelift.store import spool_reader
from truelift.store import workspace_database as records
from truelift.store.facts_engine import FactsEngine
from truelift.store.ground import Ground
from truelift.store.spool_reader import Offset, Reading

SPOOL = "spool"

Came = Callable[[str, FactsEngine], None]

MOST_HITS = 5_000
"""How many hits are taken in at once; they are on the page together."""

KEPT_DAYS = 7
"""How long segments stay after they were taken in, to be read again with other rules."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one round took in.

    damaged: what of the spool cannot be read. repeated: webhooks that were applied before.
    """

    hits: int = 0
    rows: int = 0
    refused: int = 0
    damaged: tuple[str, ...] = ()
    repeated: int = 0

    def __add__(self, other: Drained) -> Drained:
        """Add two rounds."""
        return Drained(
            self.hits + other.hits,
            self.rows + other.rows,
            self.refused + other.refused,
            self.damaged + other.damaged,
            self.repeated + other.repeated,
        )


class BrandToOpen(TrueliftError):
    """The spool holds hits of a brand of the workspace that was not handed in."""


def offsets(ground: Ground) -> dict[str, Offset]:
    """Give how far each worker's spool is taken in."""
    rows = ground.facts.read("live.taken", {}).to_pylist()
    return {row["worker"]: Offset(row["worker"], row["segment"], row["byte"]) for row in rows}


def waiting_bytes(ground: Ground) -> dict[str, int]:
    """Give how much of each worker's spool is not taken in yet."""
    folder, known = ground.folder / SPOOL, offsets(ground)
    return {
        worker: spool_reader.waiting_bytes(folder, worker, known.get(worker))
        for worker in spool_reader.workers(folder)
    }


@needs(Action.IMPORT, logged=False, alone=False)
def drain(
    ground: Ground,
    brands: Mapping[str, Ground],
    *,
    shift: dt.timedelta = dt.timedelta(0),
    limit: int = MOST_HITS,
    fresh: bool = True,
    came: Came = lambda _brand, _facts: None,
) -> Drained:
    """Take in what the spool holds, at most `limit` hits of each worker.

    brands: every brand's ground. shift: what a simulated clock differs from the one that received.
    fresh: bring kept shares up in the same transaction; without, reports make them anew. came: told
    of each brand whose facts are in the file but not committed, as shares take a while yet.
    """
    folder, known = ground.folder / SPOOL, offsets(ground)
    done = Drained()
    readings = [
        (worker, spool_reader.read(folder, worker, known.get(worker), limit))
        for worker in spool_reader.workers(folder)
    ]
    # A click and its landing may have come to different workers.
    homes = click_brands(ground, [hit for _, reading in readings for hit in reading.hits])
    for worker, reading in readings:
        if reading.offset is None or reading.offset == known.get(worker):
            continue
        if not reading.hits and not reading.damaged:
            continue
        done += _take(ground, brands, worker, housed(reading, homes), shift, came=came, fresh=fresh)
    return done


@needs(Action.IMPORT, logged=False, alone=False)
def prune(ground: Ground, before: dt.datetime) -> int:
    """Delete segments that were taken in and begun before a time; give how many."""
    folder, known = ground.folder / SPOOL, offsets(ground)
    before_ms = int(before.replace(tzinfo=dt.UTC).timestamp() * 1000)
    return sum(
        len(spool_reader.prune(folder, worker, known.get(worker), before_ms))
        for worker in spool_reader.workers(folder)
    )


def _take(
    ground: Ground,
    brands: Mapping[str, Ground],
    worker: str,
    reading: Reading,
    shift: dt.timedelta,
    *,
    came: Came,
    fresh: bool,
) -> Drained:
    hits = [
        (hit, (f"{SPOOL}/{worker}/{segment}", byte))
        for hit, (segment, byte) in zip(reading.hits, reading.places, strict=True)
    ]
    deliveries = Deliveries(ground, hits)
    rows, refusals, repeated = _sifted(ground, brands, hits, deliveries, shift)
    tallies: list[Tally] = []
    files: list[str] = []
    changed: dict[str, Ground] = {}
    with ground.turn, ground.facts.together():
        dated = _dated(ground, brands, _named(ground, brands, rows))
        for brand, batch, beside in batches(dated):
            tally = Tally(batch.origin, batch.sha256)
            standing = replace(brands[brand], facts=ground.facts)
            now = standing.clock.now()
            take_in(
                standing, batch, tally, now,
                labels=beside.labels or None, received=beside.received,
            )  # fmt: skip
            tallies.append(tally)
            files.append(batch.source_file)
            if tally.accepted or tally.updated:
                changed[brand] = standing
        for brand, standing in changed.items():
            came(brand, ground.facts)
            if fresh:
                recompute(standing)
        _keep_refusals(brands, refusals)
        deliveries.keep(ground, zip(files, tallies, strict=True))
        if reading.offset is not None:
            place = reading.offset
            ground.facts.keep(
                "live.take",
                {"worker": place.worker, "segment": place.segment, "byte": place.byte},
            )
    return Drained(
        hits=len(reading.hits),
        rows=sum(tally.accepted + tally.updated for tally in tallies),
        refused=sum(tally.quarantined for tally in tallies) + len(refusals),
        repeated=repeated,
        damaged=tuple(each.sentence for each in reading.damaged),
    )


def _sifted(
    ground: Ground,
    brands: Mapping[str, Ground],
    hits: Sequence[tuple[Hit, Place]],
    deliveries: Deliveries,
    shift: dt.timedelta,
) -> tuple[list[Taken], list[Refusal], int]:
    """Give the rows of hits, what is refused of them, and how many deliveries came again."""
    rows: list[Taken] = []
    refusals: list[Refusal] = []
    repeated = 0
    only = ground.brand.brand
    for hit, place in hits:
        if isinstance(hit, Hook) and deliveries.repeated(hit, place):
            repeated += 1
            continue
        before = len(rows)
        for each in taken(hit, *place, shift):
            named = each if each.brand else replace(each, brand=only)
            if named.brand not in brands:
                named = _homeless(ground, named)
            rows.append(named) if isinstance(named, Taken) else refusals.append(named)
        if isinstance(hit, Hook):
            deliveries.applied(hit, place, rows[before:])
    return timed(ground, rows), refusals, repeated


def _homeless(ground: Ground, row: Taken | Refusal) -> Refusal:
    """Refuse a row of a brand that is none; BrandToOpen when it was added meanwhile."""
    with ground.workspace.transaction() as connection:
        known = {record.brand for record in records.brands(connection)}
    if row.brand in known:
        msg = f"The brand {row.brand} was added meanwhile; open it, then take the spool in."
        raise BrandToOpen(msg)
    if isinstance(row, Refusal):
        return replace(row, brand=ground.brand.brand)
    sentence = (
        f"{row.file} byte {row.line}: a row of {row.kind} is of brand {row.brand[:80]!r}, which "
        "this workspace has not; add the brand, or find out whose spool this is."
    )
    fault = Fault(row.file, row.line, "", DropReason.UNKNOWN_BRAND, sentence)
    return Refusal(ground.brand.brand, row.kind, fault)


def _keep_refusals(brands: Mapping[str, Ground], refusals: Sequence[Refusal]) -> None:
    found: dict[tuple[str, str], list[Refusal]] = defaultdict(list)
    for each in refusals:
        found[(each.brand, each.kind)].append(each)
    for (brand, kind), several in found.items():
        ground = brands[brand]
        faults = [each.fault for each in several]
        keep_faults(ground, faults[0].source_file, kind, faults, ground.clock.now())


def _named(ground: Ground, brands: Mapping[str, Ground], rows: list[Taken]) -> list[Taken]:
    """Give refunds that name their order by number the order's own name, where it is known."""
    number_of: dict[int, str] = {}
    for at, each in enumerate(rows):
        notes = json.loads(each.cells.get(NOTES) or "{}") if each.kind == "refunds" else {}
        if ORDER_NUMBER in notes:
            number_of[at] = notes[ORDER_NUMBER]
    if not number_of:
        return rows
    known = _numbered(ground, brands, set(number_of.values()))
    for each in rows:
        if each.kind == "orders" and ORDER_NUMBER in (each.cells.get(NOTES) or ""):
            number = json.loads(each.cells[NOTES] or "{}").get(ORDER_NUMBER)
            known[(each.brand, str(number))] = str(each.cells["order_id"])
    told = list(rows)
    for at, number in number_of.items():
        name = known.get((rows[at].brand, number))
        if name is not None:
            told[at] = replace(rows[at], cells={**rows[at].cells, "order_id": name})
    return told


def _numbered(
    ground: Ground, brands: Mapping[str, Ground], numbers: set[str]
) -> dict[tuple[str, str], str]:
    given = {"given_numbers": pa.table({"number": pa.array(sorted(numbers), pa.string())})}
    found: dict[tuple[str, str], str] = {}
    for brand, standing in brands.items():
        parameters = {
            "brand": brand,
            "known_at": standing.clock.now(),
            "note": f'$."{ORDER_NUMBER}"',
        }
        rows = ground.facts.read("live.numbered_orders", parameters, given).to_pylist()
        found |= {(brand, row["number"]): row["order_id"] for row in rows}
    return found


def _dated(ground: Ground, brands: Mapping[str, Ground], rows: list[Taken]) -> list[Taken]:
    """Give refunds that are dated by the last change of their order the day they were first seen.

    WooCommerce gives refunds no date, and every later change of the order would move them.
    """
    undated = [
        at
        for at, each in enumerate(rows)
        if each.kind == "refunds" and each.origin == woocommerce_webhook.SOURCE
    ]
    if not undated:
        return rows
    first = _refund_days(ground, brands, [rows[at] for at in undated])
    told = list(rows)
    for at in undated:
        cells = rows[at].cells
        name, said = (rows[at].brand, str(cells["refund_id"])), cells.get("refunded_at")
        if said is None:
            continue
        day = first[name] = min(first.get(name, said), said)
        told[at] = replace(rows[at], cells={**cells, "refunded_at": day})
    return told


def _refund_days(
    ground: Ground, brands: Mapping[str, Ground], rows: Sequence[Taken]
) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for brand in {each.brand for each in rows}:
        several = [each.cells for each in rows if each.brand == brand]
        names = {
            name: pa.array([cells[name] for cells in several], pa.string())
            for name in ("source", "refund_id")
        }
        parameters = {"brand": brand, "known_at": brands[brand].clock.now()}
        known = ground.facts.read(
            "live.refund_days", parameters, {"given_refunds": pa.table(names)}
        )
        found |= {
            (brand, row["refund_id"]): row["refunded_at"].isoformat() + "Z"
            for row in known.to_pylist()
        }
    return found
