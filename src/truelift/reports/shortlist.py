"""The shortlist as rows: creators best first, what they should bring, and why they stand there.

In:   rows that operations made of decisions: expected return, price, rates, signals, measurability.
Out:  JSON objects, a flat table, creators side by side, and one creator explained.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.estimate import Withheld
from truelift.base.money import format_minor
from truelift.decisions import engagement_rate, expected_return
from truelift.decisions.authenticity import Signal
from truelift.decisions.engagement_rate import LEVELS, SIZES
from truelift.decisions.shortlist import RULE
from truelift.decisions.value_basis import WON
from truelift.reports.table import Table, plain_table

DIGITS, RATE_DIGITS = 4, 6
TITLE = "Shortlist"
FORMULA = (
    "expected = peers + own weight x (own past return - peers); own weight = A / (A + variance of "
    "the own past return), A the variance of true returns between creators; return = incremental "
    "contribution / accrued cost = incremental ROI + 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReturn:
    """What one campaign brought with a creator, per unit of money; figure: what explains it.

    stated: its limits are those of an experiment.
    """

    campaign: str
    incremental: float | Withheld
    low: float | None
    high: float | None
    grade: str | None
    raw: float | None
    figure: str
    stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a unit of money should bring with a creator, and what that rests on."""

    point: float
    low: float
    high: float
    level: float
    own: float
    own_return: float | None
    peers: float
    peers_words: str
    trait_effect: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistRow:
    """One creator. rank: None where nothing ranks; the other words are those of the JSON."""

    rank: int | None
    creator: str
    platform: str | None
    category: str | None
    country: str | None
    followers: int | None
    followers_from: str | None
    size: str | None
    price: int | Withheld
    price_from: str | None
    usual_price: int | None
    outlook: Outlook | Withheld
    past: tuple[PastReturn, ...]
    rate_formula: str
    rate: float | Withheld
    rate_peers: Mapping[str, Any]
    smallest_engagement: float | None
    smallest_orders: float | None
    shared_with: str | None
    shared_audience: float | None
    signals: tuple[Signal, ...]
    not_used: tuple[str, ...]
    why: str

    @property
    def grade(self) -> str | None:
        """Give the worst grade of the measured past; None without one."""
        return max((one.grade for one in self.past if one.grade), default=None)

    @property
    def evidence(self) -> str:
        """Say what the expectation rests on: own history, peers, or nothing."""
        if isinstance(self.outlook, Withheld):
            return "none"
        return "peers" if self.outlook.own_return is None else "own"


def size_name(band: int) -> str | None:
    """Give the name of a size band, None for -1."""
    return None if band < 0 else SIZES[band][0]


def row_json(row: ShortlistRow) -> dict[str, Any]:
    """Give one row as a JSON object; amounts in minor units of the brand's currency."""
    return {
        "rank": row.rank,
        "creator": row.creator,
        "platform": row.platform,
        "category": row.category,
        "country": row.country,
        "followers": row.followers,
        "followers_from": row.followers_from,
        "size": row.size,
        "price": _withheld(row.price) if isinstance(row.price, Withheld) else row.price,
        "price_from": row.price_from,
        "peers_usual_price": row.usual_price,
        "expected_return": _outlook(row.outlook),
        "evidence": row.evidence,
        "grade": row.grade,
        "past": [_past(one) for one in row.past],
        "engagement_rate": {
            "formula": row.rate_formula,
            "rate": None if isinstance(row.rate, Withheld) else round(row.rate, RATE_DIGITS),
            **(_withheld(row.rate) if isinstance(row.rate, Withheld) else {}),
            **row.rate_peers,
        },
        "smallest_lift": {
            "engagement": _multiple(row.smallest_engagement),
            "orders": _multiple(row.smallest_orders),
        },
        "shared_audience": (
            None
            if row.shared_audience is None
            else {"with": row.shared_with, "share": round(row.shared_audience, DIGITS)}
        ),
        "signals": [
            {"signal": one.name, "sentence": one.sentence, "evidence": dict(one.evidence)}
            for one in row.signals
        ],
        "not_used": list(row.not_used),
        "why": row.why,
    }


def shortlist_json(rows: Sequence[ShortlistRow], about: Mapping[str, Any]) -> dict[str, Any]:
    """Give the whole list as one JSON object; about: times, rule of measurability, left out."""
    return {
        **about,
        "rule": RULE,
        "formula": FORMULA,
        "versions": {
            "expected_return": expected_return.FORMULA,
            "engagement_rate": engagement_rate.VERSION,
        },
        "rows": [row_json(row) for row in rows],
    }


def flat_row(row: ShortlistRow, currency: str) -> dict[str, Any]:
    """Give one row with one figure per column."""
    outlook = None if isinstance(row.outlook, Withheld) else row.outlook
    rate = None if isinstance(row.rate, Withheld) else row.rate
    return {
        "rank": row.rank,
        "creator": row.creator,
        "platform": row.platform,
        "category": row.category,
        "country": row.country,
        "followers": row.followers,
        "followers_from": row.followers_from,
        "price": None if isinstance(row.price, Withheld) else format_minor(row.price, currency),
        "expected_return": None if outlook is None else round(outlook.point, DIGITS),
        "low": None if outlook is None else round(outlook.low, DIGITS),
        "high": None if outlook is None else round(outlook.high, DIGITS),
        "evidence": row.evidence,
        "grade": row.grade,
        "own_return": None if outlook is None else _rounded(outlook.own_return),
        "raw_return": _rounded(raw_return(row.past)),
        "engagement_rate": None if rate is None else round(rate, RATE_DIGITS),
        "above_peers": row.rate_peers.get("place") if rate is not None else None,
        "smallest_lift_orders": _multiple(row.smallest_orders),
        "smallest_lift_engagement": _multiple(row.smallest_engagement),
        "shared_audience": _rounded(row.shared_audience),
        "shared_with": row.shared_with,
        "signals": "; ".join(one.name for one in row.signals) or None,
        "why": row.why,
    }


def shortlist_table(rows: Sequence[ShortlistRow], currency: str, note: str) -> Table:
    """Lay the rows out flat; columns that are empty everywhere are left out."""
    flat = [flat_row(row, currency) for row in rows]
    shown = [
        name for name in (flat[0] if flat else ()) if any(row[name] is not None for row in flat)
    ]
    told = [{name: row[name] for name in shown} for row in flat]
    return plain_table(TITLE, told, note, {"price"})


def compared_table(rows: Sequence[ShortlistRow], currency: str, note: str) -> Table:
    """Lay creators out side by side: a line per property, a column per creator."""
    flat = [flat_row(row, currency) for row in rows]
    told = [
        {"property": name, **{str(row["creator"]): row[name] for row in flat}}
        for name in (flat[0] if flat else ())
        if name != "creator" and any(row[name] is not None for row in flat)
    ]
    return plain_table("Compared", told, note)


def explained(row: ShortlistRow, ranked: int, currency: str) -> list[dict[str, Any]]:
    """Explain one creator's rank, a line per part: what, its value, where it is from."""
    lines = [("rank", f"{row.rank} of {ranked}" if row.rank else None, row.why)]
    if isinstance(row.outlook, Withheld):
        lines.append(("expected return", None, row.outlook.detail))
    else:
        lines += _outlook_lines(row.outlook)
    for one in row.past:
        lines.append(
            (
                f"past return, {one.campaign}",
                None if isinstance(one.incremental, Withheld) else f"{one.incremental:.2f}",
                one.incremental.detail
                if isinstance(one.incremental, Withheld)
                else f"{one.low:.2f} to {one.high:.2f}, grade {one.grade}; "
                f"truelift explain '{one.figure}'",
            )
        )
        if one.raw is not None:
            words = "tracked contribution / cost; not used, for it would partly have come anyway"
            lines.append((f"raw return, {one.campaign}", f"{one.raw:.2f}", words))
    if isinstance(row.price, Withheld):
        lines.append(("price", None, row.price.detail))
    else:
        price = f"{format_minor(row.price, currency)} {currency}"
        lines.append(("price of a deliverable", price, row.price_from or ""))
    rate = row.rate
    lines.append(
        ("engagement rate", None, rate.detail)
        if isinstance(rate, Withheld)
        else (
            f"engagement rate {row.rate_formula}",
            f"{rate:.6f}",
            _place_words(row.rate_peers),
        )
    )
    lines += [(f"signal: {one.name}", None, one.sentence) for one in row.signals]
    return [{"part": part, "value": value, "from": words} for part, value, words in lines]


def raw_return(past: Sequence[PastReturn]) -> float | None:
    """Give the mean tracked return over campaigns whose incremental return is measured."""
    known = [
        one.raw for one in past if one.raw is not None and not isinstance(one.incremental, Withheld)
    ]
    return sum(known) / len(known) if known else None


def _outlook_lines(outlook: Outlook) -> list[tuple[str, str | None, str]]:
    own = "no own history" if outlook.own_return is None else f"{outlook.own_return:.2f}"
    return [
        (
            "expected return",
            f"{outlook.point:.2f}",
            f"{outlook.low:.2f} to {outlook.high:.2f}, {outlook.level * 100:g} %; {FORMULA}",
        ),
        ("own weight", f"{outlook.own:.2f}", f"own past return alone: {own}"),
        ("peers", f"{outlook.peers:.2f}", outlook.peers_words),
        (
            "of it by price and engagement rate",
            f"{outlook.trait_effect:+.2f}",
            "learned from measured returns, drawn to 0",
        ),
    ]


def _place_words(peers: Mapping[str, Any]) -> str:
    if peers.get("place") is None:
        return "too few peers to compare with"
    return (
        f"above {peers['place'] * 100:.0f} % of {peers['peers']} peers of the same "
        f"{peers['peers_are']}; quartiles {peers['peers_p25']}, {peers['peers_p50']}, "
        f"{peers['peers_p75']}; {LEVELS[0]} first, wider groups where fewer than "
        f"{engagement_rate.LEAST_PEERS} others are known"
    )


def _outlook(outlook: Outlook | Withheld) -> dict[str, Any]:
    if isinstance(outlook, Withheld):
        return _withheld(outlook)
    return {
        "point": round(outlook.point, DIGITS),
        "value_basis": WON,
        "low": round(outlook.low, DIGITS),
        "high": round(outlook.high, DIGITS),
        "level": outlook.level,
        "own_weight": round(outlook.own, DIGITS),
        "own_return": _rounded(outlook.own_return),
        "peers": round(outlook.peers, DIGITS),
        "peers_are": outlook.peers_words,
        "trait_effect": round(outlook.trait_effect, DIGITS),
    }


def _past(one: PastReturn) -> dict[str, Any]:
    told: dict[str, Any] = {"campaign": one.campaign, "raw_return": _rounded(one.raw)}
    if isinstance(one.incremental, Withheld):
        told |= _withheld(one.incremental)
    else:
        told |= {
            "return": _rounded(one.incremental),
            "low": _rounded(one.low),
            "high": _rounded(one.high),
            "grade": one.grade,
        }
    return told | {"figure_id": one.figure}


def _withheld(reason: Withheld) -> dict[str, Any]:
    return {"withheld": reason.reason.value, "detail": reason.detail}


def _multiple(log: float | None) -> float | None:
    return None if log is None or not math.isfinite(log) else round(math.exp(log), DIGITS)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
