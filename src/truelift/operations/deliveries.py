"""Deliveries: which webhooks were applied, for ever, so that one that comes again counts once.

In:   webhooks of the spool with their places; which of their rows stand.
Out:  which are repeated; the others are kept in the facts file, in the transaction of their rows.

A delivery is known by what its sender signed: the id of Stripe and Standard Webhooks, else the
topic and the body (Shopify and WooCommerce name an id in a header that anybody can change). It is
kept when every row of it stands, with its place: the same place read again is no repetition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa

from truelift.facts.hit import Hit, Hook
from truelift.operations.hits import Place, Taken
from truelift.operations.ingest import Tally
from truelift.store.ground import Ground

SIGNED_IDS = frozenset({"stripe", "standard"})
"""Sources that sign the id of a delivery with its body."""

STANDS = frozenset({"new", "update", "duplicate", "stale"})
"""Verdicts of rows that need not be sent again."""


def delivery_of(hook: Hook) -> str:
    """Name a delivery by what was signed of it."""
    told = hook.delivery_id
    if hook.source not in SIGNED_IDS:
        told = f"{hook.topic}:{hashlib.sha256(hook.body).hexdigest()}"
    return f"{hook.brand}/{hook.source}/{hook.hook_id}/{told}"


class Deliveries:
    """The deliveries of one stretch of the spool beside all that were applied before."""

    def __init__(self, ground: Ground, hits: Sequence[tuple[Hit, Place]]) -> None:
        """Read which of them are known."""
        self._rows: dict[str, list[Place]] = {}
        self._first: dict[str, Place] = {}
        names = {delivery_of(hit) for hit, _ in hits if isinstance(hit, Hook)}
        if names:
            given = pa.table({"delivery": pa.array(sorted(names), pa.string())})
            found = ground.facts.read("live.applied", {}, {"given_deliveries": given})
            self._first = {row["delivery"]: (row["file"], row["byte"]) for row in found.to_pylist()}
        self._known = frozenset(self._first)

    def repeated(self, hook: Hook, place: Place) -> bool:
        """Say whether a delivery was applied before, from another place."""
        return self._first.get(delivery_of(hook), place) != place

    def applied(self, hook: Hook, place: Place, rows: Iterable[Taken]) -> None:
        """Say which rows a delivery has; without any it may come again."""
        places = [(each.file, each.line) for each in rows]
        name = delivery_of(hook)
        if places and name not in self._known:
            self._first[name] = place
            self._rows[name] = places

    def keep(self, ground: Ground, tallies: Iterable[tuple[str, Tally]]) -> None:
        """Keep the deliveries of which every row stands; tallies: with their files."""
        if not self._rows:
            return
        standing = {
            (file, row["source_line"])
            for file, tally in tallies
            for table in tally.lines
            for row in table.to_pylist()
            if row["verdict"] in STANDS
        }
        kept = [name for name, places in self._rows.items() if standing.issuperset(places)]
        if kept:
            given = pa.table({
                "delivery": pa.array(kept, pa.string()),
                "file": pa.array([self._first[name][0] for name in kept], pa.string()),
                "byte": pa.array([self._first[name][1] for name in kept], pa.int64()),
            })  # fmt: skip
            ground.facts.keep("live.apply", {}, {"given_deliveries": given})
