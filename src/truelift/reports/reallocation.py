"""The reallocation report: what is advised, why in a sentence, and what would change the advice.

In:   a proposal of decisions, and of each creator the figures of the ROI report beside it.
Out:  one JSON object with `proposal` and `rows` (minor units), and the same rows as a flat table.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from truelift.base.estimate import Estimate, Reason, Withheld
from truelift.base.money import format_minor
from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints, kept_back
from truelift.decisions.forecast import BAND, NORMAL_BAND
from truelift.decisions.reallocation import Move, Proposal, unpaid
from truelift.decisions.value_basis import Beside
from truelift.measurement.figure import LiftFigure
from truelift.reports.beside import beside_json
from truelift.reports.roi import instant_text, number
from truelift.reports.table import Cell, Table, TableColumn

FORMULA = (
    "extra value = (tracked so far x (1 - e^-lift) - commission) / days live x days left x ((live "
    "+ to come) / live)^{exponent:g}; lift drawn towards the campaign's mean; gain = change of "
    "extra value - change of cost - cancelling; regret = chance that the gain is below 0"
)
_MONEY = ("amount_before", "amount_after", "change", "value_change", "cancel_fee")
_NUMBERS = ("next_brings", "roi", "incremental_roi", "lift")
_COUNTS = ("live_and_to_come", "proposed")
_LEVEL = f"{BAND * 100:g} %"
_NOT_VALUED = Withheld(Reason.NO_VALUES, "Nothing of this campaign is valued.")


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One creator. move: None where its money stays as it is, and `why` says so.

    planned, firm: deliverables to come, and of these what can no longer be cancelled. spent: price
    of what is live, minor units.
    """

    creator: str
    move: Move | None
    why: str
    spent: int
    price: int
    planned: int
    firm: int
    roi: Decimal | Withheld
    incremental_roi: Estimate | Withheld
    lift: LiftFigure | Withheld
    valued_roi: Estimate | Withheld = _NOT_VALUED


@dataclass(frozen=True, slots=True)
class AdviceHeader:
    """What the advice is of. budget, uncommitted: minor units, None where no budget is known.

    gap: what of the amount over the budget money that is freed closes before it buys anything.
    """

    name: str
    campaign: str
    ends: dt.date
    as_of: dt.datetime
    known_at: dt.datetime
    currency: str
    metric: str
    budget: int | None
    uncommitted: int | None
    days_left: float
    exponent: float
    proposal: Proposal | Withheld
    value_basis: str
    valued: bool = False
    version: int | None = None
    beside: Beside | None = None
    asked: Constraints = field(default_factory=Constraints)
    gap: int = 0

    def money(self, amount: float) -> str:
        """Write an amount with its currency."""
        return f"{format_minor(round(amount), self.currency)} {self.currency}"


def advice_json(header: AdviceHeader, rows: Sequence[AdviceRow]) -> dict[str, Any]:
    """Give the advice as one JSON object; amounts in minor units of the brand's currency."""
    return {
        "campaign": header.campaign,
        "as_of": instant_text(header.as_of),
        "known_at": instant_text(header.known_at),
        "days_left": round(header.days_left, 2),
        "budget": header.budget,
        "uncommitted": header.uncommitted,
        "gap": header.gap,
        "budget_version": header.version,
        "metric": header.metric,
        "value_basis": header.value_basis,
        "beside": beside_json(header.beside),
        "proposal": _proposal_json(header, rows),
        "rows": [_row_json(header, row) for row in rows],
    }


def _proposal_json(header: AdviceHeader, rows: Sequence[AdviceRow]) -> dict[str, Any]:
    made = header.proposal
    told: dict[str, Any] = {"id": header.name, "sentence": headline(header, rows)}
    if isinstance(made, Withheld):
        return told | {"withheld": made.reason.value, "detail": made.detail}
    return told | {
        "recommended": made.recommended,
        "moves": made.moves_anything,
        "money": made.money,
        "unspent": made.unspent - made.fees,
        "switching_cost": made.fees,
        "value_basis": header.value_basis,
        "next_brings": number(made.marginal),
        "gain": round(made.gain),
        "gain_sd": round(made.spread),
        "regret": number(made.regret),
        "exponent": header.exponent,
        "gain_at_exponents": {f"{other:g}": round(gain) for other, gain in made.exponents},
        "formula": FORMULA.format(exponent=header.exponent),
    }


def _row_json(header: AdviceHeader, row: AdviceRow) -> dict[str, Any]:
    move, before = row.move, row.spent + row.planned * row.price
    units = row.planned if move is None else move.units
    lift = row.lift
    told: dict[str, Any] = {
        "campaign": header.campaign,
        "value_basis": header.value_basis,
        "creator": row.creator,
        "live": row.spent,
        "price": row.price,
        "to_come": row.planned,
        "firm": row.firm,
        "proposed": units,
        "amount_before": before,
        "amount_after": before if move is None else row.spent + units * row.price,
        "change": 0 if move is None else move.change,
        "ideal": None if move is None else round(move.ideal),
        "cancel_fee": 0 if move is None else move.fee,
        "value_before": None if move is None else round(move.value_before),
        "value_after": None if move is None else round(move.value_after),
        "next_brings": None if move is None else number(move.marginal),
        "roi": None if isinstance(row.roi, Withheld) else float(row.roi),
        **_limits("incremental_roi", row.incremental_roi),
        **_limits("valued_roi", row.valued_roi),
        "lift": None if isinstance(lift, Withheld) else number(lift.log),
        "lift_low": None if isinstance(lift, Withheld) else number(lift.low),
        "lift_high": None if isinstance(lift, Withheld) else number(lift.high),
        "believed_lift": None if move is None else number(move.candidate.lift.log),
        "believed_sd": None if move is None else number(math.sqrt(move.candidate.lift.variance)),
        "own_part": None if move is None else number(move.candidate.lift.own),
        "turning_lift": None if move is None or move.turning is None else number(move.turning),
        "why": why(header, row),
    }
    return told


def _limits(name: str, found: Estimate | Withheld) -> dict[str, float | None]:
    edges = ("", "_low", "_high")
    if isinstance(found, Withheld):
        return dict.fromkeys(f"{name}{edge}" for edge in edges)
    values = (found.point, found.low, found.high)
    return {f"{name}{edge}": number(each) for edge, each in zip(edges, values, strict=True)}


def advice_table(header: AdviceHeader, rows: Sequence[AdviceRow]) -> Table:
    """Lay the advice out flat, who gains or loses money first."""
    names = (
        "creator", "live_and_to_come", "proposed", "change", "value_change", "next_brings", "roi",
        "incremental_roi", "lift", "why",
    )  # fmt: skip

    def cell(name: str) -> Cell:
        if name in _MONEY:
            return Cell.MONEY
        return Cell.NUMBER if name in _NUMBERS else Cell.COUNT if name in _COUNTS else Cell.TEXT

    flat = []
    for row in sorted(rows, key=lambda row: -abs(row.move.change) if row.move else 0):
        told = _row_json(header, row)
        move = row.move
        value = None if move is None else move.value_after - move.value_before
        more = {
            "live_and_to_come": row.planned,
            "change": format_minor(told["change"], header.currency),
            "value_change": None if value is None else format_minor(round(value), header.currency),
        }
        flat.append({name: (told | more).get(name) for name in names})
    named = {"live_and_to_come": "to_come"}
    columns = tuple(TableColumn(named.get(name, name), cell(name)) for name in names)
    shown = [{named.get(key, key): value for key, value in row.items()} for row in flat]
    note = f"{headline(header, rows)} Id: {header.name}"
    return Table(f"Reallocation of {header.campaign}", columns, tuple(shown), note)


def headline(header: AdviceHeader, rows: Sequence[AdviceRow]) -> str:
    """Say the advice in the words of a buyer."""
    made = header.proposal
    if isinstance(made, Withheld):
        return made.detail
    more = _over(header, made) + (f" {header.beside.sentence}" if header.beside else "")
    if not made.moves_anything:
        return f"Leave everything as it is: {_still(header, made)}{more}"
    cut = [row for row in rows if row.move and row.move.change < 0]
    bought = [row for row in rows if row.move and row.move.change > 0]
    steps = []
    if cut:
        steps.append("cancel " + _listed(header, cut))
    if bought:
        steps.append("buy " + _listed(header, bought))
    advice = " and ".join(steps)
    because = "".join(_because(header, row) for row in cut[:1])
    gain = (
        f"Expected gain by {header.value_basis} {header.money(made.gain)} until {header.ends}, "
        f"give or take {header.money(made.spread)}; chance of regret {_chance(made.regret)}."
    )
    if made.recommended:
        return f"{advice[0].upper()}{advice[1:]}.{because} {gain}{more}"
    return (
        f"Leave the money where it is. The best move would be to {advice}, but its gain is "
        f"too small beside what is not known. {gain}{more}"
    )


def _still(header: AdviceHeader, made: Proposal) -> str:
    """Say why nothing moves: nothing pays, or no money is free for what would."""
    short = unpaid(made, header.asked)
    if short is None:
        return "no possible move brings more than it costs."
    each = short.candidate
    kept = {move.candidate.creator: kept_back(move.candidate, header.asked) for move in made.moves}
    floors = [name for name, amount in kept.items() if amount]
    what = [
        f"the floor of {name} keeps {header.money(kept[name])} that could be cancelled"
        for name in floors
    ]
    if header.asked.explore:
        what.append(f"--explore keeps {header.asked.explore:.0%} of all money with everybody")
    if not what:
        what.append("cancelling what can be cancelled would not pay for it")
    over = header.uncommitted is None or header.uncommitted < 0
    what.append("the budget has nothing left" if over else
                f"the budget has {header.money(header.uncommitted or 0)} left")  # fmt: skip
    ways = [f"lower the floor of {name}" for name in floors]
    if header.asked.explore:
        ways.append("lower --explore")
    if header.budget is not None and header.uncommitted is not None:
        enough = header.budget - header.uncommitted + each.price
        ways.append(f"raise the budget to {header.money(enough)} with `--budget`")
    else:
        ways.append("name a budget with `--budget`")
    change = " or ".join(ways)
    return (
        f"no money is free. The next 1.00 of {each.creator} would bring {short.marginal:.2f}, and "
        f"one more costs {header.money(each.price)}, but {', '.join(what[:-1])} and {what[-1]}. "
        f"{change[0].upper()}{change[1:]}."
    )


def why(header: AdviceHeader, row: AdviceRow) -> str:
    """Say in a sentence why a creator gains, loses or keeps money."""
    move = row.move
    if move is None:
        return f"Stays as it is: {row.why.rstrip('.')}."
    step = move.value_after - move.value_before
    if move.change < 0:
        told = (
            f"{-_units(row)} to come cost {header.money(-move.change)} and would bring "
            f"{header.money(-step)} until {header.ends}, {step / move.change:.2f} for each 1.00."
        )
        keep = _turning(move, "Keep them if", "above")
        return f"{_because(header, row).strip()} {told} {keep}".strip()
    if move.change > 0:
        told = (
            f"{_units(row)} more cost {header.money(move.change)} and bring {header.money(step)} "
            f"until {header.ends}, {step / move.change:.2f} for each 1.00."
        )
        return f"{told} {_turning(move, 'Not worth it if', 'below')}".strip()
    if row.planned:
        price = f"one more costs {header.money(row.price)}"
        return f"{row.planned} to come; the next 1.00 brings {move.marginal:.2f}, {price}."
    return f"Nothing is left to cancel; one more 1.00 would bring {move.marginal:.2f}."


def _units(row: AdviceRow) -> int:
    return 0 if row.move is None else row.move.units - row.planned


def _listed(header: AdviceHeader, rows: Sequence[AdviceRow]) -> str:
    parts = []
    for row in rows:
        change = row.move.change if row.move else 0
        fee = f" less {header.money(row.move.fee)}" if row.move and row.move.fee else ""
        parts.append(f"{abs(_units(row))} of {row.creator} ({header.money(abs(change))}{fee})")
    return ", ".join(parts)


def _because(header: AdviceHeader, row: AdviceRow) -> str:
    """Say why a creator who looks well does not bring its money back, with how sure that is.

    The ROI beside it counts the money that the advice counts.
    """
    counted = row.valued_roi if header.valued else row.incremental_roi
    if row.move is None or isinstance(row.roi, Withheld) or not isinstance(counted, Estimate):
        return ""
    name = "valued ROI" if header.valued else "incremental ROI"
    anyway, returns = _anyway(row.move.candidate), f"{name} {_with_limits(counted)}"
    if row.roi > 0 > counted.point and not header.valued:
        return f" The ROI of {row.creator} looks like {row.roi:+.0%}, but {anyway}; {returns}."
    return f" {anyway[0].upper()}{anyway[1:]}; {returns}."


def _anyway(candidate: Candidate) -> str:
    """Say how much of what a creator tracks would come without it; of all at most."""
    low, high = (math.exp(-each) for each in reversed(_believed(candidate)))
    if low >= 1:
        return f"all that {candidate.creator} tracks would come anyway"
    most = f"{high:.0%}" if high < 1 else "all"
    return f"{low:.0%} to {most} of what {candidate.creator} tracks would come anyway ({_LEVEL})"


def _with_limits(found: Estimate) -> str:
    """Write a return: no point where it may as well be of the other sign."""
    limits = f"{found.low:+.0%} to {found.high:+.0%}, {found.level * 100:g} %"
    if found.low < 0 < found.high:
        return f"may be below or above 0 ({limits})"
    return f"is {found.point:+.0%} ({limits})"


def _believed(candidate: Candidate) -> tuple[float, float]:
    """Give the log lift that is believed, from and to."""
    half = NORMAL_BAND * math.sqrt(candidate.lift.variance)
    return candidate.lift.log - half, candidate.lift.log + half


def _turning(move: Move, lead: str, side: str) -> str:
    if move.turning is None:
        even = (
            "Even if all that is tracked were extra, that would bring less than it does elsewhere."
        )
        return even if move.change < 0 else ""
    low, high = (math.expm1(each) for each in _believed(move.candidate))
    believed = f"believed {low:+.0%} to {high:+.0%}, {_LEVEL}"
    return f"{lead} the true lift is {side} {math.expm1(move.turning):+.0%} ({believed})."


def _over(header: AdviceHeader, made: Proposal) -> str:
    if header.uncommitted is None or header.uncommitted >= 0:
        return ""
    told = (
        f" {header.campaign} is on its way to {header.money(-header.uncommitted)} over its budget, "
        "commission to come included; "
    )
    if not header.gap:
        return f"{told}only what can be cancelled moves."
    freed = -made.fees - sum(move.change for move in made.moves)
    rest = max(header.gap - max(freed, 0), 0)
    still = f", and {header.money(rest)} of it stay open" if rest else ""
    return f"{told}money that is freed closes {header.money(header.gap)} of that first{still}."


def _chance(chance: float) -> str:
    if chance < 0.01:  # noqa: PLR2004 - a hundredth
        return "below 1 %"
    return f"{chance:.0%}".replace("%", " %")
