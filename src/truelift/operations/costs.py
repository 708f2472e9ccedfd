"""Costs: the states of cost from the journal, summed to the rows of a report.

In:   the journal as known, up to a day.
Out:  CostStates per group; cost without campaign or creator keeps None there and never vanishes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Period, brand_day
from truelift.ledger.source import FaultCode
from truelift.operations.knowledge import Knowledge
from truelift.store import journal_balances
from truelift.store import workspace_database as records
from truelift.valuation.cost_states import CostStates

Key = tuple[object, ...]

_NO_RATE = FaultCode.NO_RATE.value


@dataclass(frozen=True, slots=True)
class Costs:
    """What campaigns and creators cost up to and on the report's day, in the brand's currency."""

    known: Knowledge

    @property
    def day(self) -> dt.date:
        """Give the last day that counts, in the brand's time zone."""
        return brand_day(self.known.as_of, self.known.ground.brand.timezone)

    def by(self, columns: tuple[str, ...], period: Period | None = None) -> dict[Key, CostStates]:
        """Sum the states by columns of a report; a row without any cost is left out."""
        ground = self.known.ground
        with ground.workspace.transaction() as connection:
            rows = journal_balances.states_by_campaign_creator(
                connection,
                ground.brand.brand,
                period=period,
                as_of=self.day,
                known_at=self.known.known_at,
            )
        found: dict[Key, CostStates] = defaultdict(CostStates)
        for row in rows:
            states = CostStates(
                row.committed, row.accrued, row.invoiced, row.paid, row.accrued_commission
            )
            if states != CostStates():
                found[tuple(getattr(row, name, None) for name in columns)] += states
        return dict(found)

    def incomplete(self, columns: tuple[str, ...]) -> dict[Key, Withheld]:
        """Say of which rows a cost is in no entry of the books; its ratios are withheld.

        columns: of campaign and creator, those that tell the rows apart.
        """
        ground = self.known.ground
        with ground.workspace.transaction() as connection:
            rows = records.unbooked(connection, ground.brand.brand, self.known.known_at)
        found: dict[Key, Withheld] = {}
        for row in rows:
            if row.on is not None and row.on <= self.day:
                key = tuple(getattr(row, name) for name in columns)
                reason = Reason.NO_RATE if row.reason == _NO_RATE else Reason.NOT_BOOKED
                found.setdefault(key, Withheld(reason, f"A cost is not booked yet. {row.sentence}"))
        return found

    def by_account(self, period: Period | None = None) -> dict[tuple[str | None, str], int]:
        """Sum the cost accounts: (campaign, account) -> minor units."""
        ground = self.known.ground
        with ground.workspace.transaction() as connection:
            rows = journal_balances.cost_by_campaign_creator(
                connection,
                ground.brand.brand,
                period=period,
                as_of=self.day,
                known_at=self.known.known_at,
            )
        found: dict[tuple[str | None, str], int] = defaultdict(int)
        for row in rows:
            found[row.campaign, row.account] += row.base_minor
        return {key: amount for key, amount in found.items() if amount}
