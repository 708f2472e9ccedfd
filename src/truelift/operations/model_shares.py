"""Model shares: attribution models that have no SQL twin, run by the Python reference.

In:   touchpoints (the query attribution.touchpoints), visitor transitions for Markov.
Out:  shares with the columns that the SQL twins give.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pyarrow as pa

from truelift.attribution.markov import Outcome, Transition, removal_of
from truelift.attribution.models import Model, shares_of
from truelift.attribution.path import Conversion, ConversionId
from truelift.attribution.touchpoint import Evidence, Touchpoint

Row = dict[str, Any]

SCHEMA = pa.schema([
    ("conversion_kind", pa.string()), ("source", pa.string()), ("conversion_id", pa.string()),
    ("converted_at", pa.timestamp("us")), ("day", pa.date32()), ("creator", pa.string()),
    ("campaign", pa.string()), ("platform", pa.string()), ("post_id", pa.string()),
    ("evergreen", pa.bool_()), ("evidence", pa.string()), ("share_ppm", pa.int64()),
    ("position", pa.int64()),
])  # fmt: skip

_KEY = ("conversion_kind", "source", "conversion_id")


def model_shares(
    model: Model, touchpoints: pa.Table, effects: dict[str, int] | None = None
) -> pa.Table:
    """Give the shares of every conversion; effects are removal effects in ppm, for Markov."""
    order = [(name, "ascending") for name in (*_KEY, "position")]
    rows: list[Row] = []
    sorted_rows = touchpoints.sort_by(order).to_pylist()
    for key, group in groupby(sorted_rows, key=lambda row: tuple(row[name] for name in _KEY)):
        touches = list(group)
        first = touches[0]
        conversion = Conversion(id=ConversionId(*key), converted_at=first["converted_at"])
        path = [_touch(row) for row in touches if row["creator"] is not None]
        what = {name: first[name] for name in (*_KEY, "converted_at", "day")}
        rows += [
            what | {name: getattr(share, name) for name in SCHEMA.names[5:]}
            for share in shares_of(model, conversion, path, effects)
        ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def removal_effects(transitions: pa.Table) -> dict[str, int]:
    """Give each creator's Markov removal effect in parts per million of all conversions."""
    steps = [
        Transition(row["origin"], row["target"], Outcome(row["outcome"]), row["transitions"])
        for row in transitions.to_pylist()
    ]
    return removal_of(steps).effects_ppm


def _touch(row: Row) -> Touchpoint:
    return Touchpoint(
        creator=row["creator"],
        campaign=row["campaign"],
        platform=row["platform"],
        post_id=row["post_id"],
        evergreen=bool(row["evergreen"]),
        evidence=Evidence(row["evidence"]),
        touched_at=row["touched_at"] or row["converted_at"],
        reference=row["reference"] or "",
        click_id=row["click_id"],
    )
