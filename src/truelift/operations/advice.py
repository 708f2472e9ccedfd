"""Advice: the proposal of a reallocation beside the figures it is shown with.

In:   the ground, what was asked.
Out:  the header and rows of reports.reallocation.
"""

from __future__ import annotations

from typing import Any

from truelift.base.estimate import Withheld
from truelift.measurement import counts, lift
from truelift.operations.people import Action, needs
from truelift.operations.reallocation import (
    Advice,
    ReallocationRequest,
    reallocation,
    request_named,
)
from truelift.reports.reallocation import FORMULA, AdviceHeader, AdviceRow, advice_json
from truelift.store.ground import Ground


@needs(Action.READ)
def advice_view(
    ground: Ground, request: ReallocationRequest, *, again: bool = False
) -> tuple[AdviceHeader, list[AdviceRow]]:
    """Give the advice as it is shown; again: as it was asked, whatever was accepted since."""
    found = reallocation(ground, request, again=again)
    return _header(ground, found), _rows(found)


def explained(ground: Ground, proposal: str) -> dict[str, Any]:
    """Explain a proposal by its id: its formula, its gain, and every creator's figures."""
    header, rows = advice_view(ground, request_named(proposal), again=True)
    told = advice_json(header, rows)
    made = told["proposal"]
    return {
        "figure": proposal,
        "formula": FORMULA.format(exponent=header.exponent),
        "value": made,
        "currency": header.currency,
        "inputs": {
            "creators": told["rows"],
            "budget": header.budget,
            "uncommitted": header.uncommitted,
            "gap": header.gap,
            "days_left": told["days_left"],
            "metric": header.metric,
        },
        "rows": {},
        "entries": [],
        "versions": {
            "exponent": header.exponent,
            "lift": lift.FORMULA,
            "counts": counts.FORMULA,
            "as_of": told["as_of"],
            "known_at": told["known_at"],
        },
        "baselines": [],
        "marks": [],
        "doubt": [],
    }


def _header(ground: Ground, found: Advice) -> AdviceHeader:
    known, candidates = found.candidates.known, found.candidates
    return AdviceHeader(
        name=found.request.name,
        campaign=found.request.campaign,
        ends=candidates.record["ends"],
        as_of=known.as_of,
        known_at=known.known_at,
        currency=ground.brand.currency,
        metric=candidates.metric,
        budget=found.budget,
        uncommitted=found.uncommitted,
        days_left=candidates.days_left,
        exponent=found.request.constraints.exponent,
        proposal=found.proposal,
        value_basis=candidates.basis.words,
        valued=candidates.basis.schedule is not None,
        version=(candidates.version or {}).get("version"),
        beside=candidates.beside,
        asked=found.request.constraints,
        gap=found.gap,
    )


def _rows(found: Advice) -> list[AdviceRow]:
    made = found.proposal
    moves = {} if isinstance(made, Withheld) else {m.candidate.creator: m for m in made.moves}
    running = found.candidates.days_left > 0
    return [
        AdviceRow(
            creator=each.creator,
            move=moves.get(each.creator),
            why=(each.why or "nothing is advised here") if running else "the flight is over",
            spent=each.plan.live,
            price=each.plan.price,
            planned=each.plan.planned,
            firm=each.plan.firm,
            roi=each.row.ratios.roi,
            incremental_roi=each.row.ratios.incremental_roi,
            lift=each.row.lift,
            valued_roi=each.row.ratios.valued_roi,
        )
        for each in found.candidates.standings
    ]
