"""Overview: the four answers that come first: who pays back, how sure, what can go, what is booked.

In:   rows of the ROI report by creator and by campaign, of commitments, of cost and of periods.
Out:  Standing, Cancellable, Booked: plain figures in minor units; no door's words are in them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truelift.ledger.chart import FIRST_COST_ACCOUNT, OTHER_COST

Row = Mapping[str, Any]

STATES = ("committed", "accrued", "invoiced", "paid")
LEVELS = ("net", "contribution", "incremental", "return")


@dataclass(frozen=True, slots=True)
class Standing:
    """Creators by what the limits of their incremental ROI say, the surest first.

    pays: both limits above zero. loses: both below. undecided: zero lies within. unknown: no
    estimate. Each is a row of the ROI report.
    """

    pays: tuple[Row, ...]
    undecided: tuple[Row, ...]
    loses: tuple[Row, ...]
    unknown: tuple[Row, ...]

    @property
    def measured(self) -> int:
        """Give how many creators have an estimate."""
        return len(self.pays) + len(self.undecided) + len(self.loses)


def standing(rows: Iterable[Row]) -> Standing:
    """Sort the creators of campaigns into those that pay back, lose, and are not decided."""
    pays, undecided, loses, unknown = [], [], [], []
    for row in rows:
        if row["creator"] is None:
            continue
        found = row["incremental_roi"]
        if "point" not in found:
            unknown.append(row)
        elif found["low"] > 0:
            pays.append(row)
        elif found["high"] < 0:
            loses.append(row)
        else:
            undecided.append(row)
    pays.sort(key=lambda row: -row["incremental_roi"]["low"])
    undecided.sort(key=lambda row: -row["incremental_roi"]["point"])
    loses.sort(key=lambda row: row["incremental_roi"]["high"])
    return Standing(tuple(pays), tuple(undecided), tuple(loses), tuple(unknown))


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over campaigns, in minor units. known: of how many it is; of: how many there are."""

    amount: int | None
    known: int
    of: int


def sums(rows: Sequence[Row]) -> dict[str, Sum]:
    """Add up cost states and ladder levels over campaigns; what is withheld is not added."""
    found = {state: _sum([row["cost"][state] for row in rows]) for state in STATES}
    for level in LEVELS:
        steps = [step for row in rows for step in row["ladder"] if step["step"] == level]
        found[level] = _sum([step["amount"] for step in steps])
    return found


def _sum(amounts: Sequence[int | None]) -> Sum:
    known = [amount for amount in amounts if amount is not None]
    return Sum(sum(known) if known else None, len(known), len(amounts))


@dataclass(frozen=True, slots=True)
class Cancellable:
    """What cancelling today would still save, by currency, and the agreements by their last day."""

    amounts: Mapping[str, int]
    rows: tuple[Row, ...]


def cancellable(rows: Iterable[Row]) -> Cancellable:
    """Find the agreements of which something can still be cancelled; the soonest to end first."""
    found = [row for row in rows if row["agreement"] and (row["cancellable"] or 0) > 0]
    amounts: dict[str, int] = {}
    for row in found:
        amounts[row["currency"]] = amounts.get(row["currency"], 0) + row["cancellable"]
    found.sort(key=lambda row: (row["cancellable_until"] or dt.date.max, -row["cancellable"]))
    return Cancellable(amounts, tuple(found))


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books say beside the figures of return, in minor units of the brand's currency.

    accrued: accounts of campaign cost. difference: to the accrued cost of the rows of return.
    oldest: the oldest period that is not closed; blockers: checks that stand against its close.
    """

    accrued: int
    difference: int
    closed: int
    oldest: str | None
    state: str | None
    blockers: int


def booked(cost: Iterable[Row], periods: Sequence[Row], accrued: int) -> Booked:
    """Set the cost accounts beside the accrued cost of returns, and say where the close stands."""
    total = sum(row["booked"] or 0 for row in cost if is_campaign_cost(row["account"]))
    opened = [row for row in periods if row["state"] != "closed"]
    oldest: Row = min(opened, key=lambda row: str(row["period"]), default={})
    return Booked(
        total,
        accrued - total,
        len(periods) - len(opened),
        oldest.get("period"),
        oldest.get("state"),
        oldest.get("blocked_by") or 0,
    )


def is_campaign_cost(account: str) -> bool:
    """Say whether an account holds cost of campaigns: together they are the accrued cost of ROI."""
    return FIRST_COST_ACCOUNT <= account <= OTHER_COST
