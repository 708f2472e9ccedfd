"""Scorecard: replays what was said of a campaign while it ran, and scores it by what is known now.

In:   the ground, a campaign or all of them, how many days lie between two looks.
Out:  rows of reports.scorecard: limits, forecasts and advice of every look, and every proposal that
      a person decided on.

The store keeps when everything was recorded, so a look is made again as it was: nothing has to be
kept to be scored. What a person decided is looked at at the time that their proposal names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Withheld
from truelift.base.time import Instant
from truelift.decisions.candidate import Candidate
from truelift.decisions.forecast import Band
from truelift.decisions.reallocation import Proposal
from truelift.decisions.scorecard import (
    ADVICE,
    FORECAST,
    LIMITS,
    Score,
    as_known,
    of_advice,
    of_limits,
)
from truelift.decisions.value_basis import ValueBasis
from truelift.measurement.figure import LiftFigure
from truelift.operations.candidates import Candidates
from truelift.operations.forecast import Forecasts
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.people import Action, needs
from truelift.operations.reallocation import (
    ACCEPTED,
    Advice,
    ReallocationRequest,
    advised,
    decisions,
    request_named,
)
from truelift.reports.scorecard import UNDECIDED, ScoreRow, once
from truelift.store.ground import Ground

WEEK = 7
MOST_LOOKS = 12


@needs(Action.READ)
def scores(
    ground: Ground,
    campaign: str | None = None,
    *,
    every: int = WEEK,
    known_at: Instant | None = None,
) -> tuple[Knowledge, list[ScoreRow]]:
    """Score what was said of campaigns, oldest first."""
    if every < 1:
        msg = f"--every {every} is no number of days; name 1 or more."
        raise UsageError(msg)
    now = knowledge(ground, known_at=known_at)
    if campaign is not None and campaign not in now.campaigns:
        msg = f"There is no campaign {campaign!r} in this brand."
        raise NotFound(msg)
    rows: list[ScoreRow] = []
    for name in sorted(now.campaigns):
        if campaign in {None, name} and now.campaigns[name]["flight_start"] < now.as_of:
            rows += _of_campaign(ground, Candidates(now, name), every)
    return now, rows


def _of_campaign(ground: Ground, now: Candidates, every: int) -> list[ScoreRow]:
    rows: list[ScoreRow] = []
    outcomes = _Outcomes(now)
    for found, request, state in _looks(ground, now, every):
        advice = advised(found, request)
        if state == UNDECIDED:
            said = [*_limits(found, now), *_forecasts(found, outcomes)]
            rows += [_told(advice, score, state) for score in said]
        if isinstance(advice.proposal, Proposal):
            rows.append(_told(advice, _advice(advice, advice.proposal, now, state), state))
    return once(rows)


def _looks(
    ground: Ground, now: Candidates, every: int
) -> Iterator[tuple[Candidates, ReallocationRequest, str]]:
    """Give each time something new was known while the campaign ran, and each decision."""
    start, end = now.record["flight_start"], now.record["flight_end"]
    until = min(end, now.known.known_at)
    step = max(dt.timedelta(days=every), (until - start) / MOST_LOOKS)
    at, before = start + step, start
    while at <= until:
        then = knowledge(ground, known_at=at)
        if before < then.as_of < end and now.campaign in then.campaigns:
            request = ReallocationRequest(
                campaign=now.campaign, as_of=then.as_of, known_at=then.known_at
            )
            yield Candidates(then, now.campaign), request, UNDECIDED
            before = then.as_of
        at += step
    for row in decisions(ground, now.campaign, now.known.known_at):
        request = request_named(row["proposal"])
        then = knowledge(ground, as_of=request.as_of, known_at=request.known_at)
        yield Candidates(then, now.campaign, request.name), request, row["state"]


def _limits(then: Candidates, now: Candidates) -> Iterator[Score]:
    """Score the limits of lifts."""
    figures = now.measurement.lift(now.campaign, now.metric)
    earlier = then.measurement.lift(then.campaign, then.metric)
    for name, figure in earlier.items():
        newest = figures.get(name)
        if name is not None and isinstance(figure, LiftFigure) and isinstance(newest, LiftFigure):
            yield of_limits(LIMITS, name, (figure.log, figure.low, figure.high), newest.log)


def _forecasts(then: Candidates, now: _Outcomes) -> Iterator[Score]:
    """Score the extra value that was forecast to the end, of the campaign and of each creator."""
    came = now.values(then.basis)
    for creator, said in _values(then, then.basis).items():
        if creator in came:
            edges = (said.p50, said.p10, said.p90)
            yield of_limits(FORECAST, creator, edges, came[creator].p50)


@dataclass(eq=False)
class _Outcomes:
    """What a campaign brought as known now, by the value basis it is counted by."""

    now: Candidates
    found: dict[ValueBasis, dict[str | None, Band]] = field(default_factory=dict)

    def values(self, basis: ValueBasis) -> dict[str | None, Band]:
        """Give the extra value to the end of the flight; forecast where the flight is not over."""
        if basis not in self.found:
            self.found[basis] = _values(self.now, basis)
        return self.found[basis]


def _values(found: Candidates, basis: ValueBasis) -> dict[str | None, Band]:
    told = Forecasts(found.measurement).by_basis(found.campaign, basis)
    rows = [] if isinstance(told, Withheld) else told
    return {row.creator: row.value for row in rows if not isinstance(row.value, Withheld)}


def _paced(found: Candidates, creator: str, days: float, basis: ValueBasis) -> Candidate | None:
    """Give a creator as measured, tracking as it does over some days, by a past basis.

    None where its lift is not measured.
    """
    for each in found.standings:
        if each.creator == creator and creator in found.lifts and each.days > 0:
            tracked = found.tracked(each.row, basis) / each.days * days
            return Candidate(
                creator=creator, tracked=tracked, lift=found.lifts[creator],
                spent=max(each.plan.live, 1), price=max(each.plan.price, 1), planned=0, firm=0,
                commission=found.commission(each.row, basis) / each.days * days,
            )  # fmt: skip
    return None


def _advice(advice: Advice, made: Proposal, now: Candidates, state: str) -> Score:
    """Score a proposal with what is known now of its creators."""
    days, basis = advice.candidates.days_left, advice.candidates.basis
    known = [
        as_known(move.candidate, _paced(now, move.candidate.creator, days, basis))
        for move in made.moves
    ]
    exponent = advice.request.constraints.exponent
    return of_advice(made, known, exponent, followed=state == ACCEPTED)


def _told(advice: Advice, score: Score, state: str) -> ScoreRow:
    known = advice.candidates.known
    made = advice.proposal
    moved = made.moves if isinstance(made, Proposal) and score.kind == ADVICE else ()
    return ScoreRow(
        campaign=advice.request.campaign,
        as_of=known.as_of,
        known_at=known.known_at,
        proposal=advice.request.name if score.kind == ADVICE else None,
        state=state if score.kind == ADVICE else None,
        score=score,
        value_basis=None if score.kind == LIMITS else advice.candidates.basis.words,
        moves=tuple((m.candidate.creator, m.change) for m in moved if m.change),
    )
