"""Engagement rates as rows: each with the name and words of its formula, and its peers beside it.

In:   rates per creator and platform, or numbers that a person typed in.
Out:  JSON objects and a flat table; rates have six decimals, 0.031 is 3.1 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.estimate import Withheld
from truelift.decisions.engagement_rate import (
    FORMULAS,
    LEVELS,
    VERSION,
    Peers,
    RateFormula,
    typed_rates,
)
from truelift.reports.table import Table, plain_table

DIGITS = 6
PLACE_DIGITS = 3
TITLE = "Engagement rates"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One creator on one platform by one formula; `at` is its index in `peers`.

    hidden: parts of the formula that the platform never showed, so that they are not in it.
    """

    creator: str
    platform: str
    format: str
    followers: int | None
    followers_from: str | None
    posts: int
    formula: RateFormula
    rate: float | Withheld
    hidden: tuple[str, ...]
    peers: Peers
    at: int


def rate_json(row: RateRow) -> dict[str, Any]:
    """Give one row as a JSON object."""
    known = not isinstance(row.rate, Withheld)
    return {
        "creator": row.creator,
        "platform": row.platform,
        "format": row.format,
        "followers": row.followers,
        "followers_from": row.followers_from,
        "posts": row.posts,
        "formula": row.formula.name,
        "rate": None if isinstance(row.rate, Withheld) else round(row.rate, DIGITS),
        **(peers_json(row.peers, row.at) if known else NO_PEERS),
        "words": row.formula.words,
        "why": sentence(row),
        "withheld": row.rate.reason.value if isinstance(row.rate, Withheld) else None,
    }


NO_PEERS: Mapping[str, Any] = dict.fromkeys(
    ("peers", "peers_are", "place", "peers_p25", "peers_p50", "peers_p75")
)


def peers_json(peers: Peers, at: int) -> dict[str, Any]:
    """Give where a unit stands among its peers; nulls where it has none."""
    if peers.level[at] < 0:
        return dict(NO_PEERS)
    return {
        "peers": int(peers.count[at]),
        "peers_are": LEVELS[int(peers.level[at])],
        "place": round(float(peers.place[at]), PLACE_DIGITS),
        "peers_p25": round(float(peers.low[at]), DIGITS),
        "peers_p50": round(float(peers.middle[at]), DIGITS),
        "peers_p75": round(float(peers.high[at]), DIGITS),
    }


def sentence(row: RateRow) -> str:
    """Say what the rate is, of what, and where it stands."""
    if isinstance(row.rate, Withheld):
        return row.rate.detail
    many = "post" if row.posts == 1 else "posts"
    told = f"{row.rate * 100:.2f} % {row.formula.name} over {row.posts} {many} ({row.format})"
    if row.hidden:
        told += f", {' and '.join(row.hidden)} never shown and not in it"
    if row.peers.level[row.at] < 0:
        return told + "; too few peers to compare with."
    place = float(row.peers.place[row.at]) * 100
    level = LEVELS[int(row.peers.level[row.at])]
    return (
        f"{told}; above {place:.0f} % of {int(row.peers.count[row.at])} peers of the same {level}, "
        f"whose median is {float(row.peers.middle[row.at]) * 100:.2f} %."
    )


def rates_json(rows: Sequence[RateRow]) -> dict[str, Any]:
    """Give the rows, with the version of the formulas."""
    return {"version": VERSION, "rows": [rate_json(row) for row in rows]}


def rates_table(rows: Sequence[RateRow]) -> Table:
    """Lay the rows out flat."""
    told = [{name: one for name, one in rate_json(row).items() if name != "words"} for row in rows]
    words = {row.formula.name: row.formula.words for row in rows}
    said = "; ".join(f"{name} = {formula}" for name, formula in words.items())
    return plain_table(TITLE, told, f"{VERSION}: {said}")


def typed_rows(numbers: Mapping[str, float]) -> list[dict[str, Any]]:
    """Give every formula for numbers that a person typed in, or what is missing for it."""
    rows = []
    for name, rate in typed_rates(numbers).items():
        formula = FORMULAS[name]
        lacks = [each for each in (*formula.parts, formula.base) if each not in numbers]
        missing = ", ".join(lacks) or f"{formula.base} above 0"
        rows.append(
            {
                "formula": name,
                "rate": None if rate is None else round(rate, DIGITS),
                "words": formula.words,
                "missing": missing if rate is None else None,
            }
        )
    return rows
