"""Budgets: what a campaign may cost beside what it does, state by state.

In:   budgets of campaigns in the brand's currency, or why there is none; the versions that were
      accepted since; their states of cost.
Out:  a Statement, one row per campaign; cost without campaign last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from truelift.base.estimate import Reason, Withheld
from truelift.ledger.movement import Span
from truelift.reports.statement import Row, Statement, columns, totals

MONEY = (
    "budget", "imported", "committed", "commission", "accrued", "invoiced", "paid", "remaining",
    "variance", "forecast",
)  # fmt: skip
_COLUMNS = columns(
    "campaign", money=MONEY, last=("version", "accepted_by", "accepted_at", "withheld")
)
NOT_FORECAST = Withheld(
    Reason.NOT_FORECAST,
    "This report makes no forecast; `truelift forecast` has cost at completion.",
)
SENTENCE = (
    "budget: in force, the accepted version's where there is one, else as imported; remaining: "
    "budget less what is bound (committed, and commission earned); variance: budget less accrued; "
    "the forecast is withheld (NOT_FORECAST): `truelift forecast` has cost at completion."
)


class Accepted(NamedTuple):
    """A budget version that is in force: its budget, its number, who accepted it and when."""

    budget: int
    version: int
    by: str
    at: str


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
    accepted: Mapping[str, Accepted] | None = None,
) -> Statement:
    """Write the report; given: campaign -> imported budget, None where it has none.

    accepted: campaign -> the version in force, where one is.
    """
    rows: list[Row] = []
    for campaign in sorted({*given, *spent}, key=lambda name: (name is None, name or "")):
        budget = given.get(campaign) if campaign is not None else None
        version = (accepted or {}).get(campaign or "")
        states = spent.get(campaign, Spent())
        imported = budget if isinstance(budget, int) else None
        known = version.budget if version else imported
        reasons = [NOT_FORECAST.reason.value]
        if isinstance(budget, Withheld):
            reasons.insert(0, budget.reason.value)
        used = states.committed + states.commission
        rows.append(
            {
                "campaign": campaign,
                "currency": currency,
                "budget": known,
                "imported": imported,
                **states._asdict(),
                "remaining": None if known is None else known - used,
                "variance": None if known is None else known - states.accrued,
                "forecast": None,
                "version": version.version if version else None,
                "accepted_by": version.by if version else None,
                "accepted_at": version.at if version else None,
                "withheld": "; ".join(reasons),
            }
        )
    total = totals(rows, MONEY, "campaign")
    title = f"Budget and cost of campaigns, {Span(None, span.last)}"
    return Statement("budget", title, _COLUMNS, tuple(rows), total, (SENTENCE,))
