"""The ROI bridge: signed steps from what a platform reports to the return after creator cost.

In:   a campaign's ladder, its cost by ledger account, what is committed. Always accrued cost.
Out:  rows of levels and deltas; every level is the one before plus the deltas between, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from truelift.base.estimate import Withheld
from truelift.valuation.ladder import Ladder

LEVEL, DELTA, MEMO, CHECK = "level", "delta", "memo", "check"


@dataclass(frozen=True, slots=True)
class BridgeRow:
    """One line of the bridge, in minor units of the brand's currency.

    kind: level (a subtotal), delta (signed), memo (beside the bridge) or check (must be 0).
    account: ledger account of a cost line.
    """

    campaign: str
    step: str
    kind: str
    amount: int | None
    account: str | None = None
    withheld: Withheld | None = None


def bridge(
    campaign: str, ladder: Ladder, cost_by_account: Mapping[str, int], committed: int
) -> list[BridgeRow]:
    """Write the bridge of one campaign.

    Without a platform's report it begins at matched. Where incremental is withheld the creator cost
    comes off the tracked contribution, under the name tracked_return. Where a ladder stops (no
    order, no rate, no margin) the cost stands beside it as a memo.
    """
    rows = _levels(campaign, ladder)
    known = [row.amount for row in rows if row.kind == LEVEL and row.amount is not None]
    stopped = ladder.withheld_money is not None
    cost = sum(cost_by_account.values())
    for account, amount in sorted(cost_by_account.items()):
        kind = MEMO if stopped else DELTA
        rows.append(BridgeRow(campaign, "creator_cost", kind, -amount, account))
    if not stopped:
        name = "tracked_return" if ladder.incremental_minor is None else "return"
        rows.append(BridgeRow(campaign, name, LEVEL, known[-1] - cost))
    rows.append(BridgeRow(campaign, "committed_minus_accrued", MEMO, committed - cost))
    rows.append(BridgeRow(campaign, "residual", CHECK, residual(rows)))
    return rows


def _levels(campaign: str, ladder: Ladder) -> list[BridgeRow]:
    """Write the levels from reported to incremental and the deltas between them."""
    levels = {level.step: level for level in ladder.levels()}
    parts = ladder.components
    rows: list[BridgeRow] = []

    def level(step: str) -> bool:
        found = levels[step]
        rows.append(BridgeRow(campaign, step, LEVEL, found.amount, None, found.withheld))
        return found.amount is not None

    def delta(step: str, amount: int) -> None:
        rows.append(BridgeRow(campaign, step, DELTA, amount))

    level("reported")
    if isinstance(ladder.reported, int) and levels["matched"].amount is not None:
        delta("not_matched", parts.matched - ladder.reported)
    if not level("matched"):
        return rows
    delta("discounts", -parts.discounts)
    delta("tax", -parts.tax)
    delta("refunds", -parts.refunds)
    delta("returns_reserve", -parts.reserve)
    level("net")
    if levels["contribution"].amount is None:
        level("contribution")
        return rows
    delta("goods", -parts.goods_cost)
    delta("fulfilment", -parts.fulfilment)
    delta("fees", -(parts.payment_fees + parts.refund_fees))
    level("contribution")
    incremental = ladder.incremental_minor
    if incremental is not None:
        delta("not_measured", -ladder.unmeasured)
        delta("baseline", incremental - (parts.contribution - ladder.unmeasured))
    level("incremental")
    return rows


def residual(rows: list[BridgeRow]) -> int:
    """Add every delta to the first known level and compare with each level after; 0 when exact."""
    running: int | None = None
    off = 0
    for row in rows:
        if row.kind == DELTA and running is not None and row.amount is not None:
            running += row.amount
        if row.kind == LEVEL and row.amount is not None:
            off += abs(row.amount - running) if running is not None else 0
            running = row.amount
    return off
