"""Budgets: what a campaign may cost beside what it does, state by state.

In:   budgets of campaigns in the brand's currency, or why there is none; their states of cost.
Out:  a Statement, one row per campaign; cost without campaign last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from truelift.base.estimate import Reason, Withheld
from truelift.ledger.movement import Span
from truelift.reports.statement import Row, Statement, columns, totals

MONEY = (
    "budget", "committed", "commission", "accrued", "invoiced", "paid", "remaining", "variance",
    "forecast",
)  # fmt: skip
_COLUMNS = columns("campaign", money=MONEY, last=("withheld",))
NOT_FORECAST = Withheld(Reason.NOT_FORECAST, "No forecast to the end of a campaign is made yet.")
SENTENCE = (
    "remaining: budget less what is bound (committed, and commission earned); variance: budget "
    "less accrued; the forecast is withheld (NOT_FORECAST), for no forecast to the end of a "
    "campaign is made yet."
)


class Spent(NamedTuple):
    """The states of cost of a campaign, in the brand's currency; committed is the fixed price."""

    committed: int = 0
    commission: int = 0
    accrued: int = 0
    invoiced: int = 0
    paid: int = 0


def budgets(
    given: Mapping[str, int | Withheld | None],
    spent: Mapping[str | None, Spent],
    span: Span,
    currency: str,
) -> Statement:
    """Write the report; given: campaign -> budget, None where it has none."""
    rows: list[Row] = []
    for campaign in sorted({*given, *spent}, key=lambda name: (name is None, name or "")):
        budget = given.get(campaign) if campaign is not None else None
        states = spent.get(campaign, Spent())
        known = budget if isinstance(budget, int) else None
        reasons = [NOT_FORECAST.reason.value]
        if isinstance(budget, Withheld):
            reasons.insert(0, budget.reason.value)
        used = states.committed + states.commission
        rows.append(
            {
                "campaign": campaign,
                "currency": currency,
                "budget": known,
                **states._asdict(),
                "remaining": None if known is None else known - used,
                "variance": None if known is None else known - states.accrued,
                "forecast": None,
                "withheld": "; ".join(reasons),
            }
        )
    total = totals(rows, MONEY, "campaign")
    title = f"Budget and cost of campaigns, {Span(None, span.last)}"
    return Statement("budget", title, _COLUMNS, tuple(rows), total, (SENTENCE,))
