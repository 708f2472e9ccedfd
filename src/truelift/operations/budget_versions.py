"""Budget versions: the budget and the plan that a campaign goes by once a proposal was accepted.

In:   Knowledge, a campaign.
Out:  the version in force, the budget in the brand's currency, and what of it is not signed yet.

What is imported after a version was accepted stands before it: a budget that is no longer the one
it was made on, agreements of a creator that no longer come to the same sum.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import translate
from truelift.ledger.fx import RateRow, RateSet
from truelift.operations.knowledge import Knowledge
from truelift.store import control_records
from truelift.store.control_records import BUDGET

Row = dict[str, Any]

BUDGET_RATE = "budget"
BUDGET_RATE_AGE = dt.timedelta(days=400)
"""A budget rate is set once a year; it holds from its day for a little longer than that."""


def in_force(known: Knowledge, campaign: str, *, without: str | None = None) -> Row | None:
    """Give the newest version that was accepted by the knowledge's time; None without one.

    without: a proposal that is made again as it was asked; its own version is left out, which is
    known already where the clock stood still between the two.
    """
    ground = known.ground
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, BUDGET, known.known_at)
    mine = [item.record for item in kept if item.name == campaign]
    return next((row for row in reversed(mine) if row.get("proposal", "") != without), None)


def accepted_budget(known: Knowledge, campaign: str, *, without: str | None = None) -> Row | None:
    """Give the version whose budget is in force; None where what was imported stands."""
    version = in_force(known, campaign, without=without)
    if version is None or version.get("budget") is None:
        return None
    given = imported_budget(known, campaign)
    stands = not isinstance(given, int) or given == version.get("imported_budget")
    return version if stands else None


def budget_of(
    known: Knowledge, campaign: str, *, without: str | None = None
) -> int | Withheld | None:
    """Give a campaign's budget in minor units of the brand's currency; None where it has none."""
    version = accepted_budget(known, campaign, without=without)
    if version is None:
        return imported_budget(known, campaign)
    accepted: int = version["budget"]
    return accepted


def imported_budget(known: Knowledge, campaign: str) -> int | Withheld | None:
    """Give the budget that was imported, at its budget rate, else that of the flight's start."""
    row, target = known.campaigns[campaign], known.ground.brand.currency
    amount, currency = row["budget"], row["currency"]
    if amount is None or currency == target:
        whole: int | None = amount
        return whole
    found = _budget_rates(known).find(row["starts"], currency, target)
    found = found or known.rate_set.find(row["starts"], currency, target)
    if found is None:
        words = (
            f"The budget of {campaign} is in {currency} and no rate to {target} is known; import "
            "one."
        )
        return Withheld(Reason.NO_RATE, words)
    return translate(amount, currency, target, found.rate)


def _budget_rates(known: Knowledge) -> RateSet:
    rows = [
        RateRow(row["date"].isoformat(), row["base"], row["quote"], row["rate"], BUDGET_RATE)
        for row in known.rows("rates")
        if row["kind"] == BUDGET_RATE
    ]
    return RateSet(rows, max_age=BUDGET_RATE_AGE)


def accepted_of(version: Row | None, creator: str, agreed: int) -> Row | None:
    """Give what a version gives a creator while agreements still come to what it was made on."""
    for each in (version or {}).get("creators", ()):
        if each["creator"] == creator and each.get("agreed") == agreed:
            found: Row = each
            return found
    return None
