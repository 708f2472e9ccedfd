"""Completion: what a forecast is worth at the campaign's end, and after its cost.

In:   draws of totals per creator, value of a unit, cost signed and still to come.
Out:  bands of units, value, cost and ROI per creator and for the campaign, P(ROI above a target).

Where the incremental part of a creator is not known, only what is tracked is forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.decisions.forecast import SEED, Band, Totals, band, log_return
from truelift.measurement.ragged import Floats, floats
from truelift.valuation.increment import LEAST_COVERED

ORDER_VARIANCE = 0.64
"""Variance of one order's contribution over its square, until orders say otherwise: sd is .8."""

_NOBODY = "No creator takes part in this campaign yet; import agreements or participants."
_NO_WORTH = "No order or lead says yet what one is worth; wait for the first, or import orders."
_NO_COST = "No cost is signed or booked yet, so nothing divides by it; import agreements or costs."

SHARED_ORDERS = 20.0
"""So many orders of the campaign stand beside a creator's own in the value of one."""


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """Money of a campaign as columns over creators, in minor units of the brand's currency.

    unit_value: contribution (or approved value) of one unit. relative_variance: of it, over its
    square; shared_variance: that of the campaign's part in it. fixed: cost booked and still open.
    per_unit: commission of one more tracked unit. cap: the most commission that can still be
    earned, inf without one. unallocated: fixed cost of the campaign that is no creator's.
    """

    unit_value: Floats
    relative_variance: Floats
    shared_variance: Floats
    fixed: Floats
    per_unit: Floats
    cap: Floats
    unallocated: float = 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a creator (None: the campaign) will have brought by the end.

    tracked: all counts. chance: P(ROI > target). log_mean, log_variance: of the incremental value
    of a unit of money. measured: creators it rests on, of `creators`.
    """

    creator: str | None
    so_far: float
    tracked: Band
    incremental: Band | Withheld
    value: Band | Withheld
    cost: Band
    roi: Band | Withheld
    chance: float | Withheld
    log_mean: float | None = None
    log_variance: float | None = None
    measured: int = 1
    creators: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Draws of everything, shape (draws, creators)."""

    total: Floats
    incremental: Floats
    value: Floats
    cost: Floats


def shared_value(value: Floats, units: Floats) -> tuple[Floats, Floats, Floats]:
    """Give each creator's value of a unit, drawn to the campaign's, and its relative variances.

    value, units: contribution and counts so far, shape (creators,). nan without any unit. Of the
    variances the first is the creator's own, the second comes with the campaign's part.
    """
    whole = float(np.sum(units))
    if whole <= 0:
        nothing = np.full(len(units), np.nan)
        return nothing, nothing, nothing
    mean = float(np.sum(value)) / whole
    weight = min(SHARED_ORDERS, whole)
    each = (value + weight * mean) / (units + weight)
    own, lent = units / (units + weight), weight / (units + weight)
    alone = ORDER_VARIANCE * (own / (units + weight) + lent**2 / SHARED_ORDERS)
    return floats(each), floats(alone), floats(lent**2 * ORDER_VARIANCE / whole)


def outlooks(
    names: Sequence[str],
    so_far: Floats,
    totals: Totals,
    money: Money | Withheld,
    *,
    withheld: Mapping[str, Withheld],
    values: Totals | None = None,
    target: float = 0.0,
    own_targets: Mapping[str, float] | None = None,
) -> list[Outlook]:
    """Give the campaign's outlook and then each creator's.

    withheld: why a creator's incremental part is not known. values: totals that are money already
    (a composite of valued outputs); else units are valued. target: ROI to be beaten; own_targets:
    of creators who have their own.
    """
    drawn = _drawn(totals, values, money)
    rows = [
        _row(
            name, so_far[at : at + 1], _taken(drawn, [at]), money,
            why=withheld.get(name), target=(own_targets or {}).get(name, target),
        )
        for at, name in enumerate(names)
    ]  # fmt: skip
    known = [at for at, name in enumerate(names) if name not in withheld]
    everything = float(np.sum(np.median(drawn.total, axis=0)))
    covered = float(np.sum(np.median(drawn.total[:, known], axis=0)))
    why = None
    if not known or covered < LEAST_COVERED * everything:
        first = next(iter(withheld.values()), None)
        why = first or Withheld(Reason.NO_HISTORY, _NOBODY)
    whole = _row(None, so_far, drawn, money, why=why, target=target, known=known)
    return [whole, *rows]


def _drawn(totals: Totals, values: Totals | None, money: Money | Withheld) -> _Drawn:
    total, incremental = totals.total, totals.incremental
    if isinstance(money, Withheld):
        nothing = np.zeros_like(total)
        return _Drawn(total, incremental, nothing, nothing)
    cost = money.fixed + np.minimum(totals.rest * money.per_unit, money.cap)
    if values is not None:
        return _Drawn(total, incremental, values.incremental, cost)
    random = np.random.default_rng([SEED, 1])
    noise = np.sqrt(money.relative_variance) * random.standard_normal(total.shape)
    noise = noise + np.sqrt(money.shared_variance) * random.standard_normal((len(total), 1))
    wide = money.relative_variance + money.shared_variance
    worth = incremental * money.unit_value * np.exp(noise - wide / 2)
    return _Drawn(total, incremental, worth, cost)


def _taken(drawn: _Drawn, rows: list[int]) -> _Drawn:
    return _Drawn(
        drawn.total[:, rows], drawn.incremental[:, rows], drawn.value[:, rows], drawn.cost[:, rows]
    )


def _row(
    name: str | None,
    so_far: Floats,
    drawn: _Drawn,
    money: Money | Withheld,
    *,
    why: Withheld | None,
    target: float,
    known: list[int] | None = None,
) -> Outlook:
    """Sum draws to one row; a campaign's value is that of the creators who are measured."""
    measured = list(range(drawn.total.shape[1])) if known is None else known
    value = drawn.value[:, measured].sum(axis=1)
    cost = drawn.cost.sum(axis=1)
    if name is None and isinstance(money, Money):
        cost = cost + money.unallocated
    no_money = money if isinstance(money, Withheld) else None
    no_value = why or no_money or _unknown(value)
    no_return = no_value or _costless(cost)
    ratio = value / np.where(cost > 0, cost, 1.0) - 1
    logs = (None, None) if no_return else log_return(value, cost)
    return Outlook(
        creator=name,
        so_far=float(np.sum(so_far)),
        tracked=band(drawn.total.sum(axis=1)),
        incremental=why or band(drawn.incremental[:, measured].sum(axis=1)),
        value=no_value or band(value),
        cost=band(cost),
        roi=no_return or band(ratio),
        chance=no_return or float(np.mean(ratio > target)),
        log_mean=logs[0],
        log_variance=logs[1],
        measured=0 if why else len(measured),
        creators=drawn.total.shape[1],
    )


def _unknown(value: Floats) -> Withheld | None:
    if np.isfinite(value).all():
        return None
    return Withheld(Reason.NO_ORDERS, _NO_WORTH)


def _costless(cost: Floats) -> Withheld | None:
    if (cost > 0).all():
        return None
    return Withheld(Reason.NO_COST, _NO_COST)
