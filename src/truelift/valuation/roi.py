"""ROI: the words of return, never mixed.

ROAS = attributed net revenue / cost. ROI = (contribution - cost) / cost. Incremental ROI =
(incremental contribution - cost) / cost. All are cash: orders and won leads. Valued ROI adds the
approved values of incremental leads and engagement. Cost is known, so limits map one to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.valuation.ladder import Ladder

DIGITS = 6
"""Decimals of a printed ratio."""

NO_COST = Withheld(Reason.NO_COST, "There is no cost on this basis yet, so nothing divides by it.")


@dataclass(frozen=True, slots=True)
class Ratios:
    """The ratios of one campaign or creator on one cost basis; pure numbers, 0.41 is +41 %.

    reported_roas: what platforms or sheets claim over the cost; not reconcilable, None without one.
    """

    reported_roas: Decimal | Withheld | None
    roas: Decimal | Withheld
    roi: Decimal | Withheld
    incremental_roi: Estimate | Withheld
    break_even_incrementality: Decimal | None
    valued_roi: Estimate | Withheld


def ratio(numerator: int, denominator: int) -> Decimal | Withheld:
    """Divide whole minor units exactly and round once; withheld when there is no cost."""
    if denominator <= 0:
        return NO_COST
    with localcontext() as context:
        context.prec = 40
        quotient = Decimal(numerator) / Decimal(denominator)
        return quotient.quantize(Decimal(1).scaleb(-DIGITS))


def break_even_incrementality(contribution: int, cost: int) -> Decimal | None:
    """Give the share of tracked contribution that must be incremental to pay the cost back.

    None when there is no contribution. Above 1 it cannot pay back even if all of it is extra.
    """
    if contribution <= 0 or cost < 0:
        return None
    share = ratio(cost, contribution)
    return share if isinstance(share, Decimal) else None


def ratios(
    ladder: Ladder,
    cost: int,
    valued: Estimate | Withheld,
    *,
    cash_outcome: bool,
    incomplete: Withheld | None = None,
) -> Ratios:
    """Give every ratio of a ladder on a cost (minor units of the brand's currency).

    valued: approved value of incremental leads and engagement in minor units. cash_outcome: False
    for an awareness campaign without orders, whose cash ROI is withheld. incomplete: why some cost
    is not in the books, which withholds everything that divides by cost.
    """
    if incomplete is not None:
        stated = None if ladder.reported is None else incomplete
        return Ratios(stated, incomplete, incomplete, incomplete, None, incomplete)
    money = ladder.withheld_money
    no_rate = money if money is not None and money.reason is not Reason.NO_MARGIN else None
    contribution = ladder.contribution
    no_cash = Withheld(
        Reason.NO_CASH_OUTCOME,
        "An awareness campaign has no orders of its own; see cost per outcome and valued ROI.",
    )
    claimed = ratio(ladder.reported, cost) if isinstance(ladder.reported, int) else ladder.reported
    if not cash_outcome:
        alone = valued if isinstance(valued, Withheld) else _return_on(valued, cost)
        return Ratios(claimed, no_cash, no_cash, no_cash, None, alone)
    return Ratios(
        reported_roas=claimed,
        roas=no_rate or ratio(ladder.components.net, cost),
        roi=contribution
        if isinstance(contribution, Withheld)
        else ratio(contribution - cost, cost),
        incremental_roi=money or _return_on(ladder.incremental, cost),
        break_even_incrementality=(
            None
            if isinstance(contribution, Withheld)
            else break_even_incrementality(contribution, cost)
        ),
        valued_roi=_valued(ladder, cost, valued),
    )


def _return_on(gain: Estimate | Withheld, cost: int) -> Estimate | Withheld:
    if isinstance(gain, Withheld):
        return gain
    if cost <= 0:
        return NO_COST
    return gain.scaled(1 / cost, -1.0)


def _valued(ladder: Ladder, cost: int, valued: Estimate | Withheld) -> Estimate | Withheld:
    """Add cash and approved values; both ends of both limits, so the sum errs to the wide side.

    Where there is cash whose incremental part is not known, the sum is not known either. Where no
    order or lead was ever tracked there is no cash to add.
    """
    if isinstance(valued, Withheld):
        return valued
    cash, contribution = ladder.incremental, ladder.contribution
    if isinstance(contribution, Withheld) and ladder.tracked:
        return contribution
    if isinstance(cash, Withheld):
        nothing = isinstance(contribution, Withheld) or contribution == 0
        return _return_on(valued, cost) if nothing else cash
    both = Estimate(
        cash.point + valued.point,
        cash.low + valued.low,
        cash.high + valued.high,
        min(cash.level, valued.level),
        max(cash.grade, valued.grade, key=lambda grade: list(Grade).index(grade)),
    )
    return _return_on(both, cost)
