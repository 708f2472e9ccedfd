"""Deliveries: who hands over what when, as folders of canonical files.

In:   the tables with the instant at which each row is known.
Out:  one folder per delivery, holding only what is new since the last one, a few rows sent again,
      and the latest state of what changed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from truelift.connectors.sample_programme.table import Table
from truelift.connectors.sample_programme.timeline import DELIVERIES, Indexes
from truelift.facts.kinds import kind_named

_AGAIN = {"orders": 5, "clicks": 10, "observations": 20}
"""How many rows of a delivery are sent again, unchanged, with the next one."""


def write_deliveries(folder: Path, tables: list[Table]) -> None:
    """Write every delivery's folder; a kind without new rows has no file there."""
    for delivery in DELIVERIES:
        (folder / delivery.folder).mkdir(parents=True, exist_ok=True)
    for table in tables:
        for delivery, rows in zip(DELIVERIES, _per_delivery(table), strict=True):
            if rows.rows:
                rows.write(folder / delivery.folder / f"{table.kind}.csv")


def _per_delivery(table: Table) -> list[Table]:
    cuts = np.array([np.datetime64(delivery.at, "s") for delivery in DELIVERIES])
    # A row known at the very instant of a delivery belongs to it; one after the last to none.
    due = np.searchsorted(cuts, table.known_at, side="left")
    by_time = np.argsort(table.known_at, kind="stable")
    parts = []
    again = table.chosen(np.array([], dtype=np.int64))
    for number in range(len(DELIVERIES)):
        indexes = by_time[due[by_time] == number]
        latest = _latest(table, indexes)
        fresh = table.chosen(latest)
        parts.append(_with_again(fresh, again))
        again = table.chosen(latest[-_AGAIN.get(table.kind, 0) :][: _AGAIN.get(table.kind, 0)])
    return parts


def _key_places(table: Table) -> list[int]:
    return [table.header.index(name) for name in kind_named(table.kind).key if name in table.header]


def _latest(table: Table, indexes: Indexes) -> Indexes:
    """Keep the last state of each natural key, in the order of their first mention."""
    places = _key_places(table)
    last: dict[tuple[str, ...], int] = {}
    for index in indexes.tolist():
        row = table.rows[index]
        last[tuple([row[place] for place in places])] = index
    return np.fromiter(last.values(), np.int64, len(last))


def _with_again(fresh: Table, again: Table) -> Table:
    """Add rows of the delivery before, unless they come with a new state anyway."""
    places = _key_places(fresh)
    keys = {tuple([row[place] for place in places]) for row in fresh.rows}
    kept = [
        index
        for index, row in enumerate(again.rows)
        if tuple([row[place] for place in places]) not in keys
    ]
    more = again.chosen(np.array(kept, dtype=np.int64))
    return fresh.with_rows(more.rows, more.known_at)
