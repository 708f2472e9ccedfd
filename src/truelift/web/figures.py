"""Figures as people read them: money, percentages with limits, and reasons in words.

In:   values of a report's JSON rows.
Out:  text and page nodes; a withheld figure is its reason, never a number.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from htpy import Node, a, abbr, fragment, small, span, time

from truelift.base.money import format_minor
from truelift.reports.roi import FLAG
from truelift.web.asked import figure_link

Json = Mapping[str, Any]

MINUS = "\u2212"
END_OF_DAY = dt.time(23, 59, 59)
WHOLE_FROM = 100
"""Estimated counts from here on are shown without a decimal."""

GRADES = {
    "A": "randomised on this outcome in this campaign",
    "B": "pre-registered counterfactual or concurrent controls on this outcome",
    "C": "own sealed baseline of this outcome",
    "D": "tracked only: what is extra is not known",
}


def money(minor: int | None, currency: str) -> str:
    """Write minor units with thousands apart and a true minus sign; a dash for unknown."""
    if minor is None:
        return "\u2013"
    sign = MINUS if minor < 0 else ""
    whole, point, rest = format_minor(abs(minor), currency).partition(".")
    return f"{sign}{int(whole):,}{point}{rest}"


def signed_money(minor: int, currency: str) -> str:
    """Write a difference in minor units with its sign."""
    return f"+{money(minor, currency)}" if minor > 0 else money(minor, currency)


def percent(value: float) -> str:
    """Write a ratio as a signed percentage: 0.41 is +41%."""
    whole = round(value * 100)
    if whole == 0:
        return "0%"
    return f"{'+' if whole > 0 else MINUS}{abs(whole):,}%"


def share(value: float) -> str:
    """Write a share without a sign: 0.42 is 42%."""
    return f"{round(value * 100):,}%"


def times(value: float) -> str:
    """Write a factor: 1.5 is \u00d71.50."""
    return f"\u00d7{value:,.2f}"


def count(value: float | None) -> str:
    """Write a count; whole when it is whole, a dash where nobody read it."""
    if value is None:
        return "\u2013"
    sign = MINUS if value < 0 else ""
    size = abs(value)
    return f"{sign}{size:,.0f}" if size == int(size) or size >= WHOLE_FROM else f"{sign}{size:,.1f}"


def signed(value: float) -> str:
    """Write a difference in counts with its sign."""
    return f"+{count(value)}" if value > 0 else count(value)


def reason_words(reason: str) -> str:
    """Write a reason for people: NO_ORDER_BASELINE is `no order baseline`."""
    return reason.lower().replace("_", " ")


def withheld(found: Json) -> Node:
    """Write why a figure is withheld, with its sentence as title, and what would pay it back."""
    words = span(".why", title=found.get("detail") or None)[reason_words(found["withheld"])]
    even = found.get("break_even_incrementality")
    if even is None:
        return words
    return fragment[words, small[f"pays back if {share(even)} is incremental"]]


def linked(shown: Node, figure: str | None) -> Node:
    """Link a figure to what it is made of."""
    return a(href=figure_link(figure))[shown] if figure else shown


def ratio(found: float | Json | None, *, factor: bool = False) -> Node:
    """Write a ratio: ROI as a signed percentage, ROAS as a factor, withheld as its reason."""
    if found is None:
        return "\u2013"
    if isinstance(found, Mapping):
        return withheld(found)
    return times(found) if factor else percent(found)


def estimate(found: Json) -> Node:
    """Write an estimate and its limits, or why there is none."""
    if "point" not in found:
        return withheld(found)
    return fragment[percent(found["point"]), small[between(found)]]


def between(found: Json, write: Callable[[float], str] = percent) -> str:
    """Write the limits of an estimate; one that is missing has no end (a factor of 1 and more)."""
    low, high = (
        "unlimited" if found[end] is None else write(found[end]) for end in ("low", "high")
    )
    return f"{low} to {high}"


def lift(found: Json) -> Node:
    """Write lift as a factor with limits and units, and what its limits rest on."""
    metric = found["metric"]
    if "log" not in found:
        return fragment[withheld(found), small[metric]]
    late = ", sealed late" if found.get("late") else ""
    boosted = found.get("boosted_posts_left_out")
    late += f", {boosted} boosted posts left out" if boosted else ""
    units = found.get("units")
    mark = f" {FLAG}" if found.get("flagged") else ""
    more = "" if units is None else f"{signed(units)} {metric}; "
    return fragment[
        times(math.exp(found["log"])) + mark,
        small[between(found, lambda log: times(math.exp(log)))],
        small[f"{more}{found['limits']} limits{late}"],
        _beside(found),
    ]


def _beside(found: Json) -> Node:
    """Write what a lift was compared with, and its warnings; their sentences are titles."""
    controls, warnings = found.get("controls"), found.get("warnings") or {}
    told = [f"{controls['creators']} controls"] if controls else []
    if warnings.get("signs_differ"):
        told.append(f"mean {times(math.exp(found['mean_log']))}")
    told += [name.replace("_", " ") for name in warnings]
    return small(title=" ".join(warnings.values()) or None)[", ".join(told)] if told else None


def grade(letter: str) -> Node:
    """Write an evidence grade, which says in its title what it stands for."""
    return abbr(f".grade.{letter.lower()}", title=GRADES.get(letter))[letter]


def moment(text: str, zone: str) -> Node:
    """Write an instant (ISO 8601, UTC) in the brand's time zone; the end of a day by its day."""
    instant = dt.datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    ends = instant.time().replace(microsecond=0) == END_OF_DAY and instant.microsecond
    shown = f"{instant:%Y-%m-%d}, end of day" if ends else f"{instant:%Y-%m-%d %H:%M:%S}"
    return time(datetime=text)[shown]
