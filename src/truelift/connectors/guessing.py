"""Guessing: which of a strange file's columns may be which of ours. A person confirms it.

In:   a header as it stands in the file.
Out:  for each column of a kind the header that seems to hold it, and the kind that fits best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from truelift.base.columns import Kind
from truelift.connectors.table import normalised
from truelift.facts.kinds import KINDS

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "order_id": ("order", "order no", "order number", "order name", "bestellnummer", "id"),
    "ordered_at": ("order date", "date", "created at", "ordered", "purchased on", "datum"),
    "subtotal": ("total", "net sales", "goods", "amount", "sales", "revenue", "order value"),
    "discount": ("discounts", "discount amount", "rabatt"),
    "code": ("coupon", "coupon code", "promo code", "voucher", "discount code", "gutschein"),
    "currency": ("ccy", "waehrung", "currency code"),
    "refund_id": ("refund", "refund no"),
    "refunded_at": ("refund date", "refunded on", "date"),
    "amount": ("total", "sum", "value", "net", "betrag"),
    "document": ("invoice", "invoice no", "invoice number", "beleg", "number"),
    "date": ("day", "datum", "invoice date", "on"),
    "creator": ("influencer", "person", "name", "talent", "partner", "affiliate"),
    "campaign": ("campaign name", "programme", "project"),
    "handle": ("username", "account", "profile"),
    "post_id": ("media id", "post", "id"),
    "published_at": ("published", "posted at", "date"),
    "observed_at": ("date", "as of", "measured at"),
    "fee": ("price", "cost", "flat fee"),
    "agreement": ("contract", "deal", "agreement id"),
    "signed_on": ("signed", "contract date", "date"),
    "starts": ("start", "start date", "from", "begin"),
    "ends": ("end", "end date", "to", "until"),
    "cogs": ("cost of goods", "goods cost", "wareneinsatz"),
}
"""Names by which others call a column of ours, the likeliest first."""

_BETWEEN = re.compile(r"[^a-z0-9]+")


def guessed(kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """Give, for the columns of a kind, the header that seems to hold each; no header twice."""
    by_name = {_plain(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for column in kind.columns:
        if (name := by_name.pop(_plain(column.name), None)) is not None:
            found[column.name] = name
    for column in kind.columns:
        if column.name in found:
            continue
        name = next(
            (by_name.pop(other) for other in OTHER_NAMES.get(column.name, ()) if other in by_name),
            None,
        )
        if name is not None:
            found[column.name] = name
    return found


def likeliest(header: Sequence[str], kinds: Iterable[Kind] = tuple(KINDS.values())) -> Kind:
    """Give the kind of which most needed columns, and then most columns, seem to be there."""

    def fit(kind: Kind) -> tuple[int, int]:
        found = guessed(kind, header)
        missing = sum(column.required and column.name not in found for column in kind.columns)
        return len(found) - 2 * missing, len(found)

    return max(kinds, key=fit)


def _plain(name: str) -> str:
    return _BETWEEN.sub(" ", normalised(name)).strip()
