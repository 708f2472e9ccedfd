"""Accrual letters: what the books hold of a creator's work without an invoice, for them to confirm.

In:   open accruals, the brand's name, the day.
Out:  one text per creator, which nobody has to format before sending it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from truelift.base.money import format_minor
from truelift.ledger.open_accruals import OpenAccrual

BREAK = "\f"
"""Between two letters: a printer begins a new page there."""


def letters(accruals: Iterable[OpenAccrual], brand: str, day: dt.date) -> str:
    """Write the letters of all creators, one after the other."""
    by_creator: dict[str, list[OpenAccrual]] = defaultdict(list)
    for each in accruals:
        by_creator[each.creator or "unknown"].append(each)
    return BREAK.join(_letter(name, rows, brand, day) for name, rows in sorted(by_creator.items()))


def _letter(creator: str, rows: list[OpenAccrual], brand: str, day: dt.date) -> str:
    totals: dict[str, int] = defaultdict(int)
    lines = []
    for row in rows:
        totals[row.currency] += row.amount_minor
        amount = format_minor(row.amount_minor, row.currency)
        about = f"agreement {row.agreement}, {row.what}" if row.agreement else row.what
        lines.append(f"  {row.since}  {amount:>14} {row.currency}  {about} ({row.cost_type})")
    sums = [
        f"  {'total':10}  {format_minor(total, currency):>14} {currency}"
        for currency, total in sorted(totals.items())
    ]
    return "\n".join([
        f"Accrual confirmation, {brand}, {day}",
        f"To: {creator}",
        "",
        f"On {day} our books hold this work of yours for which we have no invoice:",
        "",
        *lines,
        *sums,
        "",
        "Amounts are without tax. Please send the invoice, naming the agreement, or tell us what",
        "differs: work that is missing here, that was invoiced already, or another amount.",
        "",
    ])  # fmt: skip
