"""Fees: the highest fee worth paying each creator of a campaign.

In:   the ground, a campaign, times.
Out:  rows of reports.fee.
"""

from __future__ import annotations

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.decisions.candidate import Candidate
from truelift.decisions.fee import highest_fee
from truelift.operations.candidates import Candidates, Standing
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import VALUE
from truelift.operations.people import Action, needs
from truelift.reports.fee import FeeHeader, FeeRow
from truelift.store.ground import Ground

_NOT_LIVE = "Nothing of this creator is live here yet; import its posts once they are."


@needs(Action.READ)
def fees(
    ground: Ground, campaign: str, *, as_of: Instant | None = None, known_at: Instant | None = None
) -> tuple[FeeHeader, list[FeeRow]]:
    """Give the highest fee worth paying each creator at 50 and 80 % confidence."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    found = Candidates(known, campaign)
    header = FeeHeader(
        campaign=campaign,
        as_of=known.as_of,
        known_at=known.known_at,
        currency=ground.brand.currency,
        metric=found.metric,
        days_left=found.days_left,
        value_basis=found.basis.words,
        beside=found.beside,
    )
    return header, [_row(found, each) for each in found.standings]


def _row(found: Candidates, each: Standing) -> FeeRow:
    plan, creator = each.plan, each.creator
    states = found.states.get(creator)
    agreed = states.committed if states else 0
    why = _unknown(found, each)
    if why is not None:
        return FeeRow(creator, agreed, why, None)
    flight = (each.days + found.days_left) / each.days
    whole = Candidate(
        creator=creator,
        tracked=found.tracked(each.row) * flight,
        lift=found.lifts[creator],
        spent=max(plan.live, 1),
        price=max(plan.price, 1),
        planned=plan.planned,
        firm=plan.firm,
        commission=found.commission(each.row) * flight,
    )
    return FeeRow(creator, agreed, highest_fee(whole), whole)


def _unknown(found: Candidates, each: Standing) -> Withheld | None:
    """Give the reason why nothing can be said of a creator's worth."""
    if each.row.incomplete is not None:
        return each.row.incomplete
    if found.metric != VALUE and each.row.ladder.withheld_money is not None:
        return each.row.ladder.withheld_money
    if each.creator not in found.lifts:
        lift = found.measurement.lift(found.campaign, found.metric).get(each.creator)
        missing = Withheld(Reason.NOT_OBSERVED, _NOT_LIVE)
        return lift if isinstance(lift, Withheld) else missing
    if each.days <= 0:
        return Withheld(Reason.NOT_OBSERVED, _NOT_LIVE)
    return None
