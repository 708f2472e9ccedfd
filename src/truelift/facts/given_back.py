"""Given back: how much of an order's goods a refund holds, where its notice alone does not say it.

In:   the refunds of some orders, and those orders as far as they are known.
Out:  the amount of every refund, the same in whatever order all of them arrived.

Three kinds of refund need the others or their order. One is priced as the shop prices, and only the
order says whether that holds the tax. One is money that may hold tax and shipping: it counts as
goods up to what is left of them. One is the sum of an export: it counts what the refunds that have
ids of their own do not hold. What the notice said stays in the notes of the row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.money import format_minor, parse_minor
from truelift.facts.consistency import Finding, goods_paid
from truelift.facts.event import NOTES, DropReason, Fault

ORDER_NUMBER = "shopify order"
"""Note: the number that a shop gives an order beside its name; refunds may name the order by it."""

CUMULATIVE = "-cumulative"
"""How the id of a refund ends that is the sum of all that was given back for its order."""

UNSPLIT = "unsplit"
"""Note: money given back that may hold tax and shipping; the amount is what of it is goods."""

HANDED = "handed back"
"""Note: all the money of a refund, with tax and shipping, whose goods are known."""

PRICED = "at shop prices"
"""Note: the goods of a refund as the shop prices them, with the tax if its prices hold it."""

TAX = "tax of goods"
"""Note: the tax of the goods of a refund, whether the shop's prices hold it or not."""

_SUMS = ("refunded amount", "order refund amount")
"""Notes, in small letters, in which exports write all the money given back for an order."""

_Refund = Mapping[str, Any]
_Order = Mapping[str, Any]
_Name = tuple[str | None, str]


def is_sum(refund: _Refund) -> bool:
    """Say whether a refund is the sum of all that was given back for its order."""
    return bool(refund["refund_id"] == f"{refund['order_id']}{CUMULATIVE}")


def depends(refund: _Refund) -> bool:
    """Say whether the amount of a refund is found with its order or the refunds beside it."""
    notes = refund[NOTES] or ""
    return is_sum(refund) or f'"{UNSPLIT}"' in notes or f'"{PRICED}"' in notes


def any_depends(refunds: pa.Table) -> bool:
    """Say whether any refund of a table may depend on others, without reading row by row."""
    words = "|".join(f'"{word}"' for word in (UNSPLIT, PRICED))
    sums = pc.any(pc.ends_with(refunds["refund_id"], CUMULATIVE)).as_py()
    told = pc.any(pc.match_substring_regex(refunds[NOTES], words)).as_py()
    return bool(sums or told)


def amounts(refunds: Sequence[_Refund], orders: Sequence[_Order]) -> list[int]:
    """Give the amount of each refund in minor units; all refunds of an order are handed in."""
    known = {(order["source"], order["order_id"]): order for order in orders}
    grouped: dict[_Name, list[int]] = defaultdict(list)
    for at, refund in enumerate(refunds):
        grouped[(refund["source"], refund["order_id"])].append(at)
    found = [refund["amount"] for refund in refunds]
    for name, places in grouped.items():
        several = [refunds[at] for at in places]
        if any(map(depends, several)):
            told = _of_an_order(several, known.get(name))
            for at, amount in zip(places, told, strict=True):
                found[at] = amount
    return found


def fitted(
    coming: pa.Table, standing: pa.Table, orders: pa.Table
) -> tuple[pa.Table, pa.Table, list[int]]:
    """Give incoming refunds and those that stand with their amounts beside each other.

    Those that stand and come again give way. The rows (0-based) given last are sums that hold
    nothing beyond the refunds with ids of their own, and that were not there before.
    """
    keys = set(_keys(coming))
    before = _keys(standing)
    stays = standing.filter(pa.array([key not in keys for key in before], pa.bool_()))
    if not (any_depends(coming) or any_depends(stays)):
        return coming, stays, []
    together = [*coming.to_pylist(), *stays.to_pylist()]
    told = amounts(together, orders.to_pylist())
    split = coming.num_rows
    empty = [
        at
        for at, refund in enumerate(together[:split])
        if is_sum(refund)
        and refund["amount"]
        and not told[at]
        and (refund["source"], refund["refund_id"]) not in set(before)
    ]
    return with_amounts(coming, told[:split]), with_amounts(stays, told[split:]), empty


def with_amounts(refunds: pa.Table, told: Sequence[int]) -> pa.Table:
    """Give refunds with other amounts; what a sum held as it was given goes to its notes."""
    notes = [
        _with_given(refund) if is_sum(refund) and refund["amount"] != amount else refund[NOTES]
        for refund, amount in zip(refunds.to_pylist(), told, strict=True)
    ]
    for name, cells in (("amount", list(told)), (NOTES, notes)):
        place = refunds.schema.get_field_index(name)
        field = refunds.schema.field(place)
        refunds = refunds.set_column(place, field, pa.array(cells, field.type))
    return refunds


def _with_given(refund: _Refund) -> str:
    given = format_minor(refund["amount"], refund["currency"])
    return json.dumps({UNSPLIT: given} | json.loads(refund[NOTES] or "{}"), ensure_ascii=False)


def _keys(refunds: pa.Table) -> list[_Name]:
    return list(zip(refunds["source"].to_pylist(), refunds["refund_id"].to_pylist(), strict=True))


def known_by_their_parts(refunds: pa.Table, rows: Sequence[int], file: str) -> list[Finding]:
    """Say of sums that all they hold is known from refunds with ids of their own."""
    findings = []
    for row in rows:
        refund = refunds.slice(row, 1).to_pylist()[0]
        line = refund["source_line"]
        sentence = (
            f"what was given back for order {refund['order_id']} is known already from refunds "
            "with ids of their own; the sum adds nothing."
        )
        message = f"{file} line {line}, column amount: {sentence}"
        fault = Fault(file, line, "amount", DropReason.NOT_ADVANCING, message)
        findings.append(Finding(row, fault))
    return findings


def _of_an_order(refunds: Sequence[_Refund], order: _Order | None) -> list[int]:
    """Weigh the refunds of one order: known goods first, then money, at last the sum."""
    left = None if order is None else goods_paid(order)
    notes = [_notes(refund) for refund in refunds]
    found = [0] * len(refunds)
    turns = sorted(
        range(len(refunds)),
        key=lambda at: (
            is_sum(refunds[at]),
            UNSPLIT in notes[at],
            refunds[at]["refunded_at"],
            refunds[at]["refund_id"],
        ),
    )
    handed = 0
    for at in turns:
        refund, told = refunds[at], notes[at]
        if is_sum(refund):
            amount = _beyond(refund, told, sum(found), handed)
        elif UNSPLIT in told:
            amount = _minor(refund, told[UNSPLIT], refund["amount"])
        else:
            amount = _goods(refund, told, order)
        if left is not None and (is_sum(refund) or UNSPLIT in told):
            amount = min(amount, max(left - sum(found), 0))
        found[at] = amount
        handed += _handed(refund, told, amount)
    return found


def _beyond(refund: _Refund, notes: Mapping[str, str], goods: int, handed: int) -> int:
    """Give what a sum holds beyond the goods and the money of the other refunds."""
    beyond = _minor(refund, notes.get(UNSPLIT), refund["amount"]) - goods
    said = {name.casefold(): text for name, text in notes.items()}
    whole = next((said[name] for name in _SUMS if name in said), None)
    if whole is not None:
        beyond = min(beyond, _minor(refund, whole, beyond + handed) - handed)
    return max(beyond, 0)


def _goods(refund: _Refund, notes: Mapping[str, str], order: _Order | None) -> int:
    if PRICED not in notes:
        return int(refund["amount"])
    goods = _minor(refund, notes[PRICED], refund["amount"])
    if order is not None and order["prices_include_tax"]:
        goods -= _minor(refund, notes.get(TAX), 0)
    return max(goods, 0)


def _handed(refund: _Refund, notes: Mapping[str, str], amount: int) -> int:
    """Give all the money of a refund, as far as it is known."""
    whole = amount + (refund["shipping"] or 0)
    return max(whole, _minor(refund, notes.get(HANDED) or notes.get(UNSPLIT), whole))


def _minor(refund: _Refund, text: str | None, otherwise: int) -> int:
    """Read an amount of the notes in the refund's currency."""
    if text is None:
        return otherwise
    try:
        return parse_minor(text.replace(",", ""), refund["currency"])
    except ValueError:
        return otherwise


def _notes(refund: _Refund) -> dict[str, str]:
    found = json.loads(refund[NOTES] or "{}")
    return {name: text for name, text in found.items() if isinstance(text, str)}
