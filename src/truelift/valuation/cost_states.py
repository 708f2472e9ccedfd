"""Cost states: what is committed, accrued, invoiced and paid, per campaign and creator.

Three clocks, never one bare "spend". Accrued comes from the ledger's cost accounts, so that it ties
to the books; committed, invoiced and paid come from agreements and cost documents. All amounts are
minor units of the brand's currency.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostStates:
    """What one campaign or creator costs, by state, in minor units of the brand's currency.

    committed: fixed prices signed, less what was released. accrued: cost in the books so far.
    commission: the part of it that is commission, which nobody signed as an amount.
    """

    committed: int = 0
    accrued: int = 0
    invoiced: int = 0
    paid: int = 0
    commission: int = 0

    def __add__(self, other: CostStates) -> CostStates:
        """Add two cost states, state by state."""
        return CostStates(
            self.committed + other.committed,
            self.accrued + other.accrued,
            self.invoiced + other.invoiced,
            self.paid + other.paid,
            self.commission + other.commission,
        )

    @property
    def bound(self) -> int:
        """Give what a budget is bound by: what is committed, and the commission earned to date."""
        return self.committed + self.commission

    def basis(self, name: str) -> int:
        """Give the cost on a basis: accrued, committed or paid."""
        amount: int = getattr(self, name)
        return amount
