"""Completed: rows that came without a brand or a time get those of what they speak of.

In:   rows of the spool, and the clicks that came with them.
Out:  landings in the brand of their click; rows sent again without a time at the time they have.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec
import pyarrow as pa

from truelift.facts.hit import Beacon, Click, Hit
from truelift.facts.kinds import KINDS
from truelift.operations.hits import Taken
from truelift.store.ground import Ground
from truelift.store.spool_reader import Reading


def click_brands(ground: Ground, hits: Iterable[Hit]) -> dict[str, str]:
    """Give the brands of the clicks that pixels without a key name: of these hits, else known."""
    came: dict[str, str] = {}
    named: set[str] = set()
    for hit in hits:
        if isinstance(hit, Click):
            came.setdefault(hit.click_id, hit.brand)
        elif isinstance(hit, Beacon) and not hit.brand:
            named.add(hit.click_id)
    if not named:
        return {}
    given = {"given_clicks": pa.table({"click_id": pa.array(sorted(named), pa.string())})}
    known = ground.facts.read("live.click_brands", {}, given).to_pylist()
    return came | {row["click_id"]: row["brand"] for row in known}


def housed(reading: Reading, brands: Mapping[str, str]) -> Reading:
    """Give what was read with the landings of pixels without a key in the brand of their click."""
    hits = [
        msgspec.structs.replace(hit, brand=brands[hit.click_id])
        if isinstance(hit, Beacon) and not hit.brand and hit.click_id in brands
        else hit
        for hit in reading.hits
    ]
    return replace(reading, hits=hits)


def timed(ground: Ground, rows: Sequence[Taken]) -> list[Taken]:
    """Give rows that did not say when they happened the time that their natural key has already."""
    asked: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for each in rows:
        if each.untimed:
            asked[each.brand, each.kind].add(_key(each))
    if not asked:
        return list(rows)
    times: dict[tuple[object, ...], str] = {}
    for (brand, kind), keys in asked.items():
        names = KINDS[kind].key
        columns = zip(*sorted(keys), strict=True)
        given = pa.table(
            {name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)}
        )
        for row in ground.facts.occurred(KINDS[kind], brand, given).to_pylist():
            key = tuple(row[name] or "" for name in names)
            times[brand, kind, key] = _text(row["at"])
    return [_timed(each, times) for each in rows]


def _timed(row: Taken, times: dict[tuple[object, ...], str]) -> Taken:
    column = KINDS[row.kind].occurred
    if column is None or column in KINDS[row.kind].key:
        return row
    name = (row.brand, row.kind, _key(row))
    if row.untimed and name in times:
        return replace(row, cells={**row.cells, column: times[name]})
    if at := row.cells.get(column):
        times[name] = at
    return row


def _text(at: dt.date) -> str:
    return at.isoformat() + ("Z" if isinstance(at, dt.datetime) else "")


def _key(row: Taken) -> tuple[str, ...]:
    cells: Mapping[str, str | None] = row.cells
    return tuple((cells.get(name) or "").strip() for name in KINDS[row.kind].key)
