"""Bridge: the signed steps from reported to return, for campaigns, over all time or one period.

In:   the ground, a campaign or all of them, a period or none.
Out:  rows of reports.bridge; the cost lines are the ledger's cost accounts to the minor unit.
"""

from __future__ import annotations

from collections import defaultdict

from truelift.base.errors import NotFound
from truelift.base.time import Instant, Period
from truelift.operations.costs import Costs
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.people import Action, needs
from truelift.operations.roi import campaign_ladders
from truelift.reports.bridge import BridgeRow, bridge
from truelift.store.ground import Ground


@needs(Action.READ)
def bridges(
    ground: Ground,
    *,
    campaign: str | None = None,
    period: Period | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[BridgeRow]:
    """Give the bridge of one campaign, or of all; NotFound for a campaign that nothing names."""
    known = knowledge(ground, as_of=as_of, known_at=known_at, campaign=campaign)
    return bridge_rows(known, campaign, period)


def bridge_rows(
    known: Knowledge, campaign: str | None = None, period: Period | None = None
) -> list[BridgeRow]:
    """Give the bridge of one campaign, or of all, from what is known."""
    ladders = campaign_ladders(known, campaign, period)
    if campaign is not None and campaign not in ladders:
        msg = f"There is no campaign {campaign!r} in this brand; see `truelift roi --by campaign`."
        raise NotFound(msg)
    costs = Costs(known)
    by_account: dict[str | None, dict[str, int]] = defaultdict(dict)
    for (name, account), amount in costs.by_account(period).items():
        by_account[name][account] = amount
    committed = costs.by(("campaign",), period)
    rows: list[BridgeRow] = []
    for name, ladder in ladders.items():
        states = committed.get((name,))
        rows += bridge(
            name or "", ladder, by_account.get(name, {}), states.committed if states else 0
        )
    return rows
