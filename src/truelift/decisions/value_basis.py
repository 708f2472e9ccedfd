"""Value basis: which money every decision on a campaign counts, by one rule.

In:   the campaign's goal, days since its flight ended, the approved value of a lead, the schedule.
Out:  ValueBasis, with the words that stand in figures and sentences.

Sales count what orders contributed. Leads are won weeks after they came, so until LEAD_DAYS after
the flight those that are not won yet count by their approved value; from then on only what was won
counts, as in incremental ROI. Awareness has no cash: its outputs count by their approved values. So
a decision on a campaign that is over agrees with what the books can show. What a campaign brings
beside its goal (orders of a leads campaign) has a lift of its own and is in the ROI report only;
every decision says how much that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from truelift.base.money import format_minor

LEAD_DAYS = 21
"""So many days after the flight a lead that is not won counts nothing any more."""


class Counted(StrEnum):
    """Which money is counted."""

    ORDERS = "won contribution of orders"
    WON_LEADS = "won contribution of leads"
    OPEN_LEADS = "won contribution of leads and approved values of those not won yet"
    OUTPUTS = "approved values of outputs"


WON = "won contribution"
"""What incremental ROI counts: orders and won leads, each at its own lift."""


@dataclass(frozen=True, slots=True)
class ValueBasis:
    """Which money is counted, and the version of the value schedule where one is used."""

    counted: Counted
    schedule: str | None = None

    @property
    def words(self) -> str:
        """Name the basis as it is written in figures and sentences."""
        return self.counted.value + (f", schedule {self.schedule}" if self.schedule else "")

    def money(
        self, orders: float, won_leads: float, not_won: float, lead_value: float | None
    ) -> float:
        """Give the money of what orders and won leads contributed and of leads that are not won."""
        if self.counted is Counted.OPEN_LEADS:
            return won_leads + max(not_won, 0.0) * (lead_value or 0.0)
        return won_leads if self.counted is Counted.WON_LEADS else orders


def value_basis(
    goal: str, days_since_end: int, lead_value: float | None, schedule: str | None
) -> ValueBasis:
    """Give the basis of every decision on a campaign. days_since_end: below 0 while it runs."""
    if goal == "awareness":
        return ValueBasis(Counted.OUTPUTS, schedule)
    if goal != "leads":
        return ValueBasis(Counted.ORDERS)
    if lead_value is not None and days_since_end < LEAD_DAYS:
        return ValueBasis(Counted.OPEN_LEADS, schedule)
    return ValueBasis(Counted.WON_LEADS)


def other_basis(
    goal: str, days_since_end: int, lead_value: float | None, schedule: str | None
) -> ValueBasis | None:
    """Give the basis that could be counted as well; None where there is one only.

    While the flight runs what will be won is not known, so won leads alone say nothing yet.
    """
    if goal != "leads" or lead_value is None or days_since_end < 0:
        return None
    if days_since_end >= LEAD_DAYS:
        return ValueBasis(Counted.OPEN_LEADS, schedule)
    return ValueBasis(Counted.WON_LEADS)


@dataclass(frozen=True, slots=True)
class Beside:
    """Contribution that a campaign brings beside its goal, in minor units; it is not counted."""

    amount: int
    what: str
    currency: str

    @property
    def sentence(self) -> str:
        """Say how much is tracked beside, and where it is."""
        told = f"{format_minor(self.amount, self.currency)} {self.currency}"
        return (
            f"Not in it: {told} that {self.what} contributed so far, tracked; their lift is their "
            "own, see `truelift roi`."
        )


def beside(goal: str, orders: int, won_leads: int, currency: str) -> Beside | None:
    """Give what orders and won leads contributed beside a campaign's goal; None where nothing."""
    found = {
        "awareness": (orders + won_leads, "orders and won leads" if won_leads else "orders"),
        "leads": (orders, "orders"),
    }.get(goal, (won_leads, "won leads"))
    return Beside(*found, currency) if found[0] else None
