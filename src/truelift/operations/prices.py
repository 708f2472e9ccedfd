"""Prices: what a deliverable of a creator costs, where an agreement or an imported row says so.

In:   Knowledge, names of creators, their notes.
Out:  per creator minor units of the brand's currency with where they are from, or why not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.money import exponent, parse_minor, round_half_even, translate
from truelift.base.time import brand_day
from truelift.operations.knowledge import Knowledge

Row = dict[str, Any]

NO_PRICE = Withheld(
    Reason.NO_PRICE,
    "No agreement with a fee per deliverable is known, and the creator's row names no price.",
)


@dataclass(frozen=True, slots=True)
class Price:
    """What a deliverable costs, in minor units of the brand's currency; whence: who says so."""

    minor: int
    whence: str


def prices(
    known: Knowledge, names: Sequence[str], notes: Mapping[str, Mapping[str, str]]
) -> dict[str, Price | Withheld]:
    """Give each creator's price of a deliverable: by the newest agreement, else as noted.

    notes: of each creator's rows; `price` in the currency that `currency` names, else the brand's.
    """
    signed = _newest_agreements(known)
    return {
        name: _agreed(known, *signed[name]) if name in signed else _noted(known, notes.get(name))
        for name in names
    }


def _newest_agreements(known: Knowledge) -> dict[str, tuple[Row, Decimal]]:
    """Give each creator's newest agreement that has a price per deliverable, in main units."""
    work: dict[str, list[Row]] = {}
    for row in known.rows("deliverables"):
        work.setdefault(row["agreement"], []).append(row)
    today = brand_day(known.as_of, known.ground.brand.timezone)
    found: dict[str, tuple[Row, Decimal]] = {}
    for row in sorted(
        known.rows("agreements"), key=lambda row: (row["signed_on"], row["agreement"])
    ):
        promised = work.get(row["agreement"], [])
        price = _each(row, promised)
        if price is not None and row["signed_on"] <= today:
            found[row["creator"]] = (row, price)
    return found


def _each(agreement: Row, promised: Sequence[Row]) -> Decimal | None:
    """Give the fee per deliverable: the whole fee by their number, else their mean price."""
    if not promised:
        return None
    if agreement["fee"]:
        whole = Decimal(agreement["fee"]).scaleb(-exponent(agreement["currency"]))
        return whole / len(promised)
    stated = [Decimal(row["price"]).scaleb(-6) for row in promised if row["price"]]
    return sum(stated, Decimal(0)) / len(stated) if stated else None


def _agreed(known: Knowledge, agreement: Row, each: Decimal) -> Price | Withheld:
    currency = agreement["currency"]
    minor = round_half_even(each.scaleb(exponent(currency)))
    return _translated(known, minor, currency, f"agreement {agreement['agreement']}")


def _noted(known: Knowledge, notes: Mapping[str, str] | None) -> Price | Withheld:
    text = (notes or {}).get("price", "")
    if notes is None or not text:
        return NO_PRICE
    currency = notes.get("currency", "").upper() or known.ground.brand.currency
    try:
        minor = parse_minor(text.replace(",", ""), currency)
    except (ValueError, UsageError):
        return Withheld(
            Reason.NO_PRICE,
            f"Its row names the price {text!r} {currency}, which is no amount; write 1200.00.",
        )
    if minor <= 0:
        return NO_PRICE
    return _translated(known, minor, currency, "note of the imported row")


def _translated(known: Knowledge, minor: int, currency: str, whence: str) -> Price | Withheld:
    brand = known.ground.brand
    day = brand_day(known.as_of, brand.timezone)
    rate = known.rate_set.find(day, currency, brand.currency)
    if rate is None:
        return Withheld(
            Reason.NO_RATE,
            f"Its price is in {currency}, without a rate to {brand.currency} on {day}.",
        )
    return Price(translate(minor, currency, brand.currency, rate.rate), whence)
