"""Increment: from lift to money. The incremental part of contribution and of approved values.

In:   components of a creator or campaign, lift figures of orders, leads and valued outputs.
Out:  estimates in minor units of the brand's currency with their limits, or why there are none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from truelift.base.estimate import Estimate, Grade, Reason, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.valuation.ladder import Components

LEAST_COVERED = 0.8
"""A campaign's incremental contribution is withheld when creators with less than this share of its
contribution could be measured."""

Lift = LiftFigure | Withheld


def incremental_contribution(
    components: Components, orders: Lift | None, leads: Lift | None
) -> Estimate | Withheld:
    """Give the incremental part of a creator's contribution.

    Orders' contribution takes the lift of orders, won leads that of leads: engagement lift never
    scales either. None: nothing was measured. An outcome without money lends it neither limits nor
    grade, unless there is no other.
    """
    parts: list[Estimate] = []
    nothing: list[Estimate] = []
    from_orders = components.contribution - components.won_leads
    for amount, lift, reason in (
        (from_orders, orders, Reason.NO_ORDER_BASELINE),
        (components.won_leads, leads, Reason.NO_LEAD_BASELINE),
    ):
        if amount == 0:
            nothing += [scaled_by(lift, 0)] if isinstance(lift, LiftFigure) else []
        elif lift is None:
            return Withheld(reason, "No baseline of this outcome was sealed before the launch.")
        elif isinstance(lift, Withheld):
            return lift
        else:
            parts.append(scaled_by(lift, amount))
    if not parts and not nothing:
        return Withheld(Reason.NO_ORDERS, "No order or won lead was tracked.")
    return total(parts or nothing)


def scaled_by(lift: LiftFigure, amount: int) -> Estimate:
    """Give the incremental part of an amount by the incremental share of its outcome."""
    share = lift.share
    if share is None:
        return Estimate(0.0, 0.0, 0.0, lift.level, lift.grade)
    return share.scaled(float(amount))


def total(parts: Sequence[Estimate]) -> Estimate:
    """Add estimates; limits add too, which errs to the wide side, and the worst grade counts."""
    return Estimate(
        sum(part.point for part in parts),
        sum(part.low for part in parts),
        sum(part.high for part in parts),
        min(part.level for part in parts),
        max((part.grade for part in parts), key=lambda grade: list(Grade).index(grade)),
    )


@dataclass(frozen=True, slots=True)
class CampaignIncrement:
    """A campaign's incremental contribution, and the contribution of creators not measured."""

    incremental: Estimate | Withheld
    unmeasured: int
    measured_creators: int
    creators: int


def whole_parts(points: Sequence[float]) -> list[int]:
    """Round amounts to whole minor units that add up to their rounded sum (largest remainder).

    Each is off by less than one unit; of equal remainders the first is rounded up first.
    """
    parts = [math.floor(point) for point in points]
    left = round(sum(points)) - sum(parts)
    rests = [point - part for point, part in zip(points, parts, strict=True)]
    largest = sorted(range(len(points)), key=lambda place: (-rests[place], place))
    for place in largest[:left]:
        parts[place] += 1
    return parts


def campaign_increment(
    creators: Sequence[tuple[Components, Estimate | Withheld]], orders: Lift | None
) -> CampaignIncrement:
    """Add up creators' incremental contributions; limits by the campaign's own clock.

    The point is the sum over creators, so that rows add up. The campaign's lift of orders gives the
    limits: its share's distance to its limits times the measured contribution.
    """
    known = [(c.contribution, e) for c, e in creators if isinstance(e, Estimate)]
    unknown = [(c, e) for c, e in creators if isinstance(e, Withheld)]
    unmeasured = sum(c.contribution for c, _ in unknown)
    everything = sum(abs(c.contribution) for c, _ in creators)
    covered = sum(abs(amount) for amount, _ in known)
    count = (len(known), len(creators))
    if not known or covered < LEAST_COVERED * everything:
        first = next((e for c, e in unknown if c.contribution), None)
        nothing = Withheld(Reason.NO_ORDERS, "No order or won lead was tracked.")
        return CampaignIncrement(first or nothing, 0, *count)
    summed = total([estimate for _, estimate in known])
    share = orders.share if isinstance(orders, LiftFigure) else None
    if share is not None and len(known) > 1:
        measured = float(sum(amount for amount, _ in known))
        summed = Estimate(
            summed.point,
            summed.point - abs(measured) * (share.point - share.low),
            summed.point + abs(measured) * (share.high - share.point),
            summed.level,
            summed.grade,
        )
    return CampaignIncrement(summed, unmeasured, *count)
