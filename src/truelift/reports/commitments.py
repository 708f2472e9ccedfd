"""Commitments: what each agreement's fixed price was, what of it is used, and what can still go.

In:   sums of the commitment account by agreement; what the agreements say of cancelling.
Out:  a Statement, one row per agreement, in the agreement's currency.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from truelift.ledger.movement import is_reversal, plain_kind
from truelift.reports.statement import Row, Statement, columns, totals

MONEY = (
    "fixed_price", "amendments", "used", "released", "open", "other", "cancel_fee", "cancellable",
    "open_base",
)  # fmt: skip
TOTALLED = ("open_base",)
_COLUMNS = columns(
    "agreement", "creator", "campaign", "state", "cancellable_until",
    money=MONEY, last=("base_currency",),
)  # fmt: skip
SENTENCE = (
    "fixed price + amendments - used - released + other = open; cancellable: the open part that "
    "cancelling today would save, after the fee; the total is in the brand's currency."
)


class CommitmentLine(NamedTuple):
    """Postings of the commitment account of one agreement under one kind, summed.

    first: they are the first commitment of the agreement, the price as it was signed.
    """

    agreement: str | None
    creator: str | None
    campaign: str | None
    currency: str
    kind: str
    first: bool
    amount_minor: int
    base_minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says of cancelling; None where it says nothing."""

    cancellable_until: dt.date | None = None
    cancel_fee_minor: int | None = None
    cancelled_on: dt.date | None = None


def commitments(
    lines: Iterable[CommitmentLine], terms: Mapping[str, Terms], today: dt.date, currency: str
) -> Statement:
    """Write the report as of a day."""
    found: dict[tuple[str | None, str | None, str | None, str], dict[str, int]] = {}
    for line in lines:
        key = line.agreement, line.creator, line.campaign, line.currency
        sums = found.setdefault(key, dict.fromkeys((*MONEY[:6], "open_base"), 0))
        step = _step(line)
        taken_off = step in {"used", "released"}
        sums[step] += -line.amount_minor if taken_off else line.amount_minor
        sums["open"] += line.amount_minor
        sums["open_base"] += line.base_minor
    rows: list[Row] = []
    for key in sorted(found, key=lambda each: [(part is None, part or "") for part in each]):
        agreement, creator, campaign, code = key
        said = terms.get(agreement or "", Terms())
        sums = found[key]
        state, saved = standing(said, sums["open"], today)
        rows.append(
            {
                "agreement": agreement,
                "creator": creator,
                "campaign": campaign,
                "state": state,
                "cancellable_until": said.cancellable_until,
                "currency": code,
                **sums,
                "cancel_fee": said.cancel_fee_minor,
                "cancellable": saved,
                "base_currency": currency,
            }
        )
    total = totals(rows, TOTALLED, "agreement", "base_currency")
    return Statement(
        "commitments", f"Commitments on {today}", _COLUMNS, tuple(rows), total, (SENTENCE,),
        {"open_base": "base_currency"},
    )  # fmt: skip


def _step(line: CommitmentLine) -> str:
    kind = plain_kind(line.kind)
    if kind == "commitment":
        return "fixed_price" if line.first and not is_reversal(line.kind) else "amendments"
    return {"commitment_used": "used", "commitment_released": "released"}.get(kind, "other")


def standing(terms: Terms, open_minor: int, today: dt.date) -> tuple[str, int | None]:
    """Say in words whether an agreement can still be cancelled, and what that would save.

    The saving is None where the agreement does not say until when it can be cancelled.
    """
    if terms.cancelled_on is not None and terms.cancelled_on <= today:
        return f"cancelled on {terms.cancelled_on}", 0
    if open_minor <= 0:
        return "nothing is open", 0
    if terms.cancellable_until is None:
        return "the agreement names no last day", None
    if today > terms.cancellable_until:
        return "no longer cancellable", 0
    return "cancellable", max(0, open_minor - (terms.cancel_fee_minor or 0))
