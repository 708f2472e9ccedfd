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
    comes off the tracked contribution, under the name tracked_return. A ladder that stops (no rate,
    no margin) ends at its last known level.
    """
    levels = {level.step: level for level in ladder.levels()}
    parts = ladder.components
    rows: list[BridgeRow] = []

    def level(step: str, amount: int | None, withheld: Withheld | None = None) -> None:
        rows.append(BridgeRow(campaign, step, LEVEL, amount, None, withheld))

    def delta(step: str, amount: int, account: str | None = None) -> None:
        rows.append(BridgeRow(campaign, step, DELTA, amount, account))

    level("reported", ladder.reported)
    if levels["matched"].amount is None:
        level("matched", None, levels["matched"].withheld)
        return rows
    if ladder.reported is not None:
        delta("not_matched", parts.matched - ladder.reported)
    level("matched", parts.matched)
    delta("discounts", -parts.discounts)
    delta("tax", -parts.tax)
    delta("refunds", -parts.refunds)
    delta("returns_reserve", -parts.reserve)
    level("net", parts.net)
    if levels["contribution"].amount is None:
        level("contribution", None, levels["contribution"].withheld)
        return rows
    delta("goods", -parts.goods_cost)
    delta("fulfilment", -parts.fulfilment)
    delta("fees", -(parts.payment_fees + parts.refund_fees))
    level("contribution", parts.contribution)
    reached = parts.contribution
    incremental = ladder.incremental_minor
    if incremental is None:
        level("incremental", None, levels["incremental"].withheld)
    else:
        delta("not_measured", -ladder.unmeasured)
        delta("baseline", incremental - (parts.contribution - ladder.unmeasured))
        level("incremental", incremental)
        reached = incremental
    for account, amount in sorted(cost_by_account.items()):
        delta("creator_cost", -amount, account)
    cost = sum(cost_by_account.values())
    level("tracked_return" if incremental is None else "return", reached - cost)
    rows.append(BridgeRow(campaign, "committed_minus_accrued", MEMO, committed - cost))
    rows.append(BridgeRow(campaign, "residual", CHECK, residual(rows)))
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
