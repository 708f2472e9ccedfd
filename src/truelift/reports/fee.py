"""The fee report: the highest fee worth paying each creator, beside what was agreed.

In:   fees by confidence, or the reason why there are none.
Out:  JSON rows in minor units, and a flat table.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.estimate import Withheld
from truelift.base.money import format_minor
from truelift.decisions.candidate import Candidate
from truelift.decisions.fee import HighestFee
from truelift.decisions.value_basis import Beside
from truelift.reports.beside import beside_json
from truelift.reports.roi import instant_text, number
from truelift.reports.table import Cell, Table, TableColumn

FORMULA = (
    "tracked so far / days live x days of the whole flight x (1 - e^-lift) at the lift that is "
    "exceeded with 50 or 80 % probability, less the commission owed on all that is tracked"
)
_MONEY = ("agreed", "fee_50", "fee_80", "headroom_50")


@dataclass(frozen=True, slots=True)
class FeeHeader:
    """What the report is of."""

    campaign: str
    as_of: dt.datetime
    known_at: dt.datetime
    currency: str
    metric: str
    days_left: float
    value_basis: str
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One creator. agreed: committed, in minor units. candidate: what the fee comes from."""

    creator: str
    agreed: int
    fee: HighestFee | Withheld
    candidate: Candidate | None


def fee_json(header: FeeHeader, rows: Sequence[FeeRow]) -> dict[str, Any]:
    """Give the report as one JSON object."""
    return {
        "campaign": header.campaign,
        "as_of": instant_text(header.as_of),
        "known_at": instant_text(header.known_at),
        "metric": header.metric,
        "value_basis": header.value_basis,
        "beside": beside_json(header.beside),
        "formula": FORMULA,
        "rows": [_row_json(header, row) for row in rows],
    }


def _row_json(header: FeeHeader, row: FeeRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "campaign": header.campaign, "creator": row.creator, "agreed": row.agreed,
        "value_basis": header.value_basis,
    }  # fmt: skip
    if isinstance(row.fee, Withheld) or row.candidate is None:
        reason = row.fee.reason.value if isinstance(row.fee, Withheld) else None
        return told | dict.fromkeys(
            ("fee_50", "fee_80", "headroom_50", "tracked", "commission", "believed_lift",
             "believed_sd")
        ) | {"withheld": reason, "why": _why(header, row)}  # fmt: skip
    return told | {
        "fee_50": row.fee.at(0.5),
        "fee_80": row.fee.at(0.8),
        "headroom_50": row.fee.at(0.5) - row.agreed,
        "tracked": round(row.candidate.tracked),
        "commission": round(row.candidate.commission),
        "believed_lift": number(row.candidate.lift.log),
        "believed_sd": number(math.sqrt(row.candidate.lift.variance)),
        "withheld": None,
        "why": _why(header, row),
    }


def _why(header: FeeHeader, row: FeeRow) -> str:
    if isinstance(row.fee, Withheld):
        return row.fee.detail

    def text(minor: int) -> str:
        return f"{format_minor(minor, header.currency)} {header.currency}"

    by = f", by {header.value_basis}"
    even, sure = row.fee.at(0.5), row.fee.at(0.8)
    if not even:
        return f"No fee is worth paying: most probably nothing extra comes of it{by}."
    surely = f"up to {text(sure)} four in five" if sure else "and no fee is sure to, four in five"
    told = f"Up to {text(even)} it is as likely as not to pay back, {surely}{by}"
    if not row.agreed:
        return f"{told}."
    verdict = "more than both" if row.agreed > even else "less than both"
    if sure < row.agreed <= even:
        verdict = "between the two"
    return f"{told}; {text(row.agreed)} was agreed, {verdict}."


def fee_table(header: FeeHeader, rows: Sequence[FeeRow]) -> Table:
    """Lay the rows out flat."""
    names = ("creator", "agreed", "fee_50", "fee_80", "headroom_50", "withheld", "why")
    columns = tuple(
        TableColumn(name, Cell.MONEY if name in _MONEY else Cell.TEXT) for name in names
    )
    flat = []
    for row in rows:
        told = _row_json(header, row)
        written = {
            name: None if told[name] is None else format_minor(told[name], header.currency)
            for name in _MONEY
        }
        flat.append({name: (told | written)[name] for name in names})
    note = (
        f"{header.campaign}: highest fee worth paying for the same again, {header.currency}, by "
        f"{header.value_basis}"
    )
    note += f". {header.beside.sentence}" if header.beside else ""
    return Table("Highest fees", columns, tuple(flat), note)
