"""The scorecard: every past interval, forecast and piece of advice beside what is known now.

In:   scores with their campaign and time.
Out:  JSON rows with a tally of each kind, and a flat table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.money import format_minor
from truelift.decisions.scorecard import ADVICE, FORECAST, LIMITS, Score, tallies
from truelift.reports.roi import instant_text, number
from truelift.reports.table import Cell, Table, TableColumn

UNDECIDED = "not decided"
"""The state of advice that nobody accepted or rejected."""

WORDS = {
    LIMITS: "of the lifts of orders, leads or value: inside the limits said then",
    FORECAST: "of the forecasts of extra value to the end: inside their 80 % band",
    ADVICE: "pieces of advice: right by what is known now",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score: when it was said, of which campaign. state: of a proposal. moves: money moved.

    value_basis: which money it counts, the outcome too; None for lifts.
    """

    campaign: str
    as_of: dt.datetime
    known_at: dt.datetime
    proposal: str | None
    state: str | None
    score: Score
    moves: tuple[tuple[str, int], ...] = ()
    value_basis: str | None = None


def once(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Leave out advice that nobody decided where the same moves of the same day were decided."""
    decided = {
        (row.campaign, row.as_of, row.moves)
        for row in rows
        if row.score.kind == ADVICE and row.state != UNDECIDED
    }
    return [
        row
        for row in rows
        if row.state != UNDECIDED or (row.campaign, row.as_of, row.moves) not in decided
    ]


def score_json(rows: Sequence[ScoreRow], currency: str) -> dict[str, Any]:
    """Give the scorecard as one JSON object; lifts are logs, money minor units."""
    counted = [
        {
            "kind": tally.kind,
            "count": tally.count,
            "held": tally.held,
            "share": number(tally.held / tally.count),
            "regret": None if tally.regret is None else round(tally.regret),
        }
        for tally in tallies([row.score for row in rows])
    ]
    return {
        "tallies": counted,
        "sentence": sentence(rows, currency),
        "rows": [_row_json(row, currency) for row in rows],
    }


def _row_json(row: ScoreRow, currency: str) -> dict[str, Any]:
    score = row.score

    def value(given: float) -> float | int | None:
        return number(given) if score.kind == LIMITS else round(given)

    return {
        "kind": score.kind,
        "campaign": row.campaign,
        "creator": score.creator,
        "value_basis": row.value_basis,
        "as_of": instant_text(row.as_of),
        "known_at": instant_text(row.known_at),
        "said": value(score.said),
        "low": value(score.low),
        "high": value(score.high),
        "outcome": value(score.outcome),
        "held": score.held,
        "regret": None if score.regret is None else round(score.regret),
        "recommended": score.recommended,
        "state": row.state,
        "proposal": row.proposal,
        "moves": dict(row.moves),
        "why": _why(row, currency),
    }


def _why(row: ScoreRow, currency: str) -> str:
    score = row.score

    def text(amount: float) -> str:
        return f"{format_minor(round(amount), currency)} {currency}"

    if score.kind == LIMITS:
        return (
            f"Said {score.low:+.2f} to {score.high:+.2f}, now {score.outcome:+.2f} (log lift): "
            f"{'held' if score.held else 'did not hold'}."
        )
    if score.kind == FORECAST:
        return (
            f"Said {text(score.low)} to {text(score.high)} by {row.value_basis}, now "
            f"{text(score.outcome)}: "
            f"{'held' if score.held else 'did not hold'}."
        )
    if not row.moves:
        return "Advised to leave all as it is; no move was possible that would have gained."
    moved = ", ".join(
        f"{'more' if change > 0 else 'less'} for {creator} ({text(abs(change))})"
        for creator, change in row.moves
    )
    verb = "Advised" if score.recommended else "Advised against"
    right = "right" if score.held else "wrong"
    return (
        f"{verb} {moved}: expected gain by {row.value_basis} {text(score.said)}, by what is known "
        f"now {text(score.outcome)}; that was {right}; {row.state}, regret "
        f"{text(score.regret or 0)}."
    )


def sentence(rows: Sequence[ScoreRow], currency: str) -> str:
    """Say how often each kind held."""
    found = [
        f"{tally.held} of {tally.count} {WORDS[tally.kind]}"
        + (
            f" (regret of what was decided or left "
            f"{format_minor(round(tally.regret), currency)} {currency} in all)"
            if tally.regret is not None
            else ""
        )
        for tally in tallies([row.score for row in rows])
    ]
    if not found:
        return "Nothing was said yet that can be scored: no campaign has run for long enough."
    return "; ".join(found) + "."


def score_table(rows: Sequence[ScoreRow], currency: str) -> Table:
    """Lay the scores out flat, advice first."""
    names = ("kind", "campaign", "creator", "as_of", "state", "held", "why")
    ordered = sorted(rows, key=lambda row: (row.score.kind != ADVICE, row.score.kind, row.as_of))
    flat = []
    for row in ordered:
        told = _row_json(row, currency)
        told |= {"as_of": row.as_of, "held": "yes" if row.score.held else "no"}
        flat.append({name: told[name] for name in names})
    columns = tuple(
        TableColumn(name, Cell.INSTANT if name == "as_of" else Cell.TEXT) for name in names
    )
    return Table("Scorecard", columns, tuple(flat), sentence(rows, currency))
