"""Refitting: refunds that are known are weighed again when their order or another refund comes in.

In:   rows of orders or refunds that came in.
Out:  newer versions of the refunds that hold another amount now, or whose order has its name now.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.columns import Kind
from truelift.base.time import Instant
from truelift.facts.event import NOTES
from truelift.facts.given_back import ORDER_NUMBER, amounts, any_depends, with_amounts
from truelift.facts.kinds import KINDS
from truelift.store.ground import Ground


def put_back(rows: pa.Table, places: npt.NDArray[np.bool_], few: pa.Table) -> pa.Table:
    """Give rows with some of them replaced; the others stay as they are."""
    at = np.arange(rows.num_rows)
    at[places] = rows.num_rows + np.arange(few.num_rows)
    return pa.concat_tables([rows, few.select(rows.column_names)]).take(pa.array(at))


def refit(ground: Ground, kind: Kind, rows: pa.Table, now: Instant) -> int:
    """Weigh the refunds that rows of orders or refunds touch; give how many are others now."""
    if kind.name not in {"orders", "refunds"} or not rows.num_rows:
        return 0
    numbers = _numbers(rows) if kind.name == "orders" else {}
    touched = rows.select(["source", "order_id"])
    if numbers:
        more = {
            "source": pa.array([source for source, _ in numbers], pa.string()),
            "order_id": pa.array([number for _, number in numbers], pa.string()),
        }
        touched = pa.concat_tables([touched, pa.table(more)])
    parameters = {"brand": ground.brand.brand, "known_at": now}
    known = ground.facts.read("facts.refunds_of", parameters, {"given_orders": touched})
    named = _named(known, numbers)
    if not known.num_rows or not (named is not known or any_depends(known)):
        return 0
    given = {"given_refunds": named.select(["source", "order_id"])}
    orders = ground.facts.read("facts.orders_named", parameters, given)
    told = with_amounts(named, amounts(named.to_pylist(), orders.to_pylist()))
    other = pc.or_(
        pc.not_equal(told["amount"], known["amount"]),
        pc.not_equal(told["order_id"], known["order_id"]),
    )
    anew = told.filter(other)
    if anew.num_rows:
        ground.facts.revise(KINDS["refunds"], anew, now)
    return int(anew.num_rows)


def _numbers(orders: pa.Table) -> dict[tuple[str, str], str]:
    """Give the names of orders by source and the number that the shop gives them beside it."""
    told = orders.filter(pc.match_substring(orders[NOTES], f'"{ORDER_NUMBER}"'))
    return {
        (order["source"], str(json.loads(order[NOTES])[ORDER_NUMBER])): order["order_id"]
        for order in told.select(["source", "order_id", NOTES]).to_pylist()
    }


def _named(refunds: pa.Table, numbers: dict[tuple[str, str], str]) -> pa.Table:
    """Give refunds that named their order by number its name; the table itself when none did."""
    if not numbers:
        return refunds
    told = [
        numbers.get((row["source"], row["order_id"])) if _by_number(row) else None
        for row in refunds.select(["source", "order_id", NOTES]).to_pylist()
    ]
    if not any(told):
        return refunds
    place = refunds.schema.get_field_index("order_id")
    names = pc.coalesce(pa.array(told, pa.string()), refunds["order_id"])
    return refunds.set_column(place, "order_id", names)


def _by_number(refund: dict[str, Any]) -> bool:
    return f'"{ORDER_NUMBER}"' in (refund[NOTES] or "")
