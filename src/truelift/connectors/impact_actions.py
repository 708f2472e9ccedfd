"""impact.com's actions: the commission a partner earned, and the sales it claims.

A pending action is earned (accrued), one that is approved and locked is owed (invoiced), a reversed
one is worth nothing any more: neither what was earned nor what was owed, nor in the claim. Default
rule of impact.com contracts: the actions of a month lock at the end of the next and are paid on the
15th of the one after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from truelift.connectors.calendar_text import day
from truelift.connectors.numerals import number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row
from truelift.facts.event import DropReason

_DAYS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
)
_STATES = frozenset({"approved", "pending", "reversed"})
_LOCKED = frozenset({"locked", "cleared"})
_EVENT_DAYS = ("eventdate", "actiondate", "action date", "creationdate", "referringdate")
_LOCK_DAYS = ("lockingdate", "cleareddate", "locking date")
_USED = (
    "id",
    "state",
    "lockedstatus",
    "payout",
    "amount",
    "currency",
    "campaignname",
    "campaignid",
    "mediapartnername",
    "mediapartnerid",
    *_EVENT_DAYS,
    *_LOCK_DAYS,
)
_NO_DAY = (
    "the export holds no day of the action; export it with EventDate, or give the day with --set "
    "date=YYYY-MM-DD"
)


@dataclass(slots=True)
class _Claim:
    """What a partner claims for a day."""

    line: int
    conversions: int = 0
    revenue: Decimal = Decimal(0)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the export: each action is a cost, and all of a day and partner are one claim."""
    claims: dict[tuple[str, str, str, str], _Claim] = {}
    for row in rows:
        made = _cost(row, context, owed=_is_owed(row))
        yield made
        if isinstance(made, Refused):
            continue
        if _is_reversed(row):
            # The export does not say if it was owed before; a debt of nothing is none.
            yield _cost(row, context, owed=True)
        _claim(claims, row, made, context)
    for (campaign, creator, date, currency), claim in claims.items():
        values = {
            "source": "impact",
            "campaign": campaign,
            "creator": creator,
            "date": date,
            "revenue": written(claim.revenue),
            "conversions": str(claim.conversions),
            "currency": currency,
        }
        yield Made("reported", claim.line, values)


def _first(row: Row, names: tuple[str, ...]) -> str | None:
    return next((cell for name in names if (cell := row.get(name))), None)


def _is_reversed(row: Row) -> bool:
    return (row.get("state") or "").lower() == "reversed"


def _is_owed(row: Row) -> bool:
    approved = (row.get("state") or "").lower() == "approved"
    return approved and (row.get("lockedstatus") or "").lower() in _LOCKED


def _cost(row: Row, context: Context, *, owed: bool) -> Made | Refused:
    state = (row.get("state") or "").lower()
    raw = "; ".join(row.cells.values())
    if state not in _STATES or row.get("id") is None:
        message = "expected an Id and a State of Approved, Pending or Reversed"
        return Refused(row.line, "State", DropReason.NOT_A_CHOICE, message, raw)
    when = (_first(row, _LOCK_DAYS) if owed else None) or _first(row, _EVENT_DAYS)
    partner = row.get("mediapartnername") or row.get("mediapartnerid") or ""
    values = {
        "document": f"impact:{row.get('id')}",
        "state": "invoiced" if owed else "accrued",
        "date": day(when, _DAYS),
        "creator": _slug(partner),
        "campaign": context.said("campaign") or row.get("campaignname") or row.get("campaignid"),
        "type": "commission",
        "amount": "0" if state == "reversed" else plain(row.get("payout")),
        "currency": row.get("currency") or context.said("currency") or context.options.currency,
        "counterparty": partner or None,
    }
    notes = {**row.rest(*_USED), "state": row.cells["state"]}
    return Made("costs", row.line, values, notes)


def _slug(name: str) -> str | None:
    return re.sub(r"[^\w.]+", "-", name.lower()).strip("-.") or None


def _claim(
    claims: dict[tuple[str, str, str, str], _Claim], row: Row, cost: Made, context: Context
) -> None:
    """Add an action to the claim of its day; the day of the event, not of the lock."""
    date = day(_first(row, _EVENT_DAYS), _DAYS) or context.said("date") or ""
    key = tuple(cost.values.get(name) or "" for name in ("campaign", "creator", "currency"))
    claim = claims.setdefault((key[0], key[1], date, key[2]), _Claim(row.line))
    if _is_reversed(row):
        return  # a day of which all was reversed is claimed as nothing, so that an old claim falls
    claim.conversions += 1
    claim.revenue += number(row.get("amount")) or 0


FORMAT = Format(
    name="impact_actions",
    title="impact.com actions",
    fingerprints=(
        frozenset({"id", "state", "lockedstatus", "payout", "campaignname"}),
        frozenset({"id", "state", "payout", "mediapartnerid", "actiontrackerid"}),
    ),
    columns=frozenset({*_USED, "actiontrackerid", "actiontrackername", "adid", "deltapayout"}),
    kinds=("costs", "reported"),
    convert=convert,
    needs=(Need("costs", ("date",), _NO_DAY), Need("reported", ("date",), _NO_DAY)),
)
