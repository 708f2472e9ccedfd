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

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Instant
from truelift.decisions.candidate import Candidate
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
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.people import Action, needs
from truelift.operations.reallocation import (
    Advice,
    ReallocationRequest,
    advised,
    decisions,
    request_named,
)
from truelift.reports.scorecard import ScoreRow
from truelift.store.ground import Ground

WEEK = 7
MOST_LOOKS = 12
TENTH = 0.9
UNDECIDED = "not decided"


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
    for found, request, state in _looks(ground, now, every):
        advice = advised(found, request)
        if state == UNDECIDED:
            rows += [_told(advice, score, state) for score in _said(found, now)]
        if isinstance(advice.proposal, Proposal):
            rows.append(_told(advice, _advice(advice, advice.proposal, now), state))
    return rows


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
        yield Candidates(then, now.campaign), request, row["state"]


def _said(then: Candidates, now: Candidates) -> Iterator[Score]:
    """Score the limits of lifts and the value that the pace so far promised to the end."""
    figures = now.measurement.lift(now.campaign, now.metric)
    earlier = then.measurement.lift(then.campaign, then.metric)
    for name, figure in earlier.items():
        newest = figures.get(name)
        if name is not None and isinstance(figure, LiftFigure) and isinstance(newest, LiftFigure):
            yield of_limits(LIMITS, name, (figure.log, figure.low, figure.high), newest.log)
    for each in then.standings:
        paced = _paced(then, each.creator)
        came = _paced(now, each.creator, basis=then.basis)
        if paced is not None and came is not None:
            said = (paced.value, paced.quantile(TENTH), paced.quantile(1 - TENTH))
            yield of_limits(FORECAST, each.creator, said, came.value)


def _paced(
    found: Candidates, creator: str, days: float | None = None, basis: ValueBasis | None = None
) -> Candidate | None:
    """Give a creator as measured, tracking as it does over some days; its whole flight by default.

    basis: of what was said, so that its outcome is counted alike. None where its lift is not
    measured.
    """
    for each in found.standings:
        if each.creator == creator and creator in found.lifts and each.days > 0:
            days = each.days + found.days_left if days is None else days
            tracked = found.tracked(each.row, basis) / each.days * days
            return Candidate(
                creator=creator, tracked=tracked, lift=found.lifts[creator],
                spent=max(each.plan.live, 1), price=max(each.plan.price, 1), planned=0, firm=0,
            )  # fmt: skip
    return None


def _advice(advice: Advice, made: Proposal, now: Candidates) -> Score:
    """Score a proposal with what is known now of its creators."""
    days, basis = advice.candidates.days_left, advice.candidates.basis
    known = [
        as_known(move.candidate, _paced(now, move.candidate.creator, days, basis))
        for move in made.moves
    ]
    return of_advice(made, known, advice.request.constraints.exponent)


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
