"""Forest: a chart of estimates with their limits, as an SVG that needs no script.

In:   named estimates, already in the order in which they are read.
Out:  an SVG element with a title and a description that says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import htpy
from htpy import Element, svg

from truelift.web.figures import percent

WIDTH, ROW, TOP, BOTTOM = 760, 26, 12, 30
LEFT, RIGHT = 150, 580
"""Where the plotted area begins and ends; names stand before it, figures after it."""

TICKS = 6
SMALLEST_STEP = 0.01
"""Labels are whole percentages, so ticks are no closer than that."""

NAME_LENGTH = 20
MARK = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """One line of the chart: a point and its limits, as ratios."""

    name: str
    point: float
    low: float
    high: float
    grade: str

    @property
    def side(self) -> str:
        """Say on which side of break-even the limits lie."""
        if self.low > 0:
            return "above"
        return "below" if self.high < 0 else "across"

    @property
    def words(self) -> str:
        """Write the line in words."""
        return f"{self.name} {percent(self.point)} ({percent(self.low)} to {percent(self.high)})"


def forest(title: str, intervals: Sequence[Interval]) -> Element:
    """Draw the intervals below each other on one scale, with a line at break-even.

    The form of a point says the same as its colour: round above, square below, hollow across.
    """
    ticks = ticks_between(
        min(0.0, *(each.low for each in intervals)), max(0.0, *(each.high for each in intervals))
    )
    height = TOP + ROW * len(intervals) + BOTTOM

    def across(value: float) -> int:
        return round(LEFT + (RIGHT - LEFT) * (value - ticks[0]) / (ticks[-1] - ticks[0]))

    floor = TOP + ROW * len(intervals)
    told = f"The line at 0% is break-even. {'; '.join(each.words for each in intervals)}."
    return svg(
        ".forest",
        {"viewBox": f"0 0 {WIDTH} {height}"},
        role="img",
        aria_labelledby="forest-title forest-words",
    )[
        htpy.title("#forest-title")[title],
        htpy.desc("#forest-words")[told],
        (_tick(across(tick), floor, tick) for tick in ticks),
        (_line(each, TOP + ROW * at, across) for at, each in enumerate(intervals)),
    ]


def ticks_between(low: float, high: float) -> list[float]:
    """Give round steps (1, 2 or 5 times a power of ten) that enclose both ends and hold 0."""
    rough = max((high - low) / TICKS, SMALLEST_STEP)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * at, 10) + 0.0 for at in range(first, max(last, first + 1) + 1)]


def _tick(x: int, floor: int, tick: float) -> list[Element]:
    return [
        htpy.line(".even" if tick == 0 else ".tick", x1=x, x2=x, y1=TOP, y2=floor + 4),
        htpy.text(".axis", x=x, y=floor + 20, text_anchor="middle")[percent(tick)],
    ]


def _line(each: Interval, top: int, across: Callable[[float], int]) -> Element:
    y = top + ROW // 2
    low, point, high = (across(value) for value in (each.low, each.point, each.high))
    name = each.name if len(each.name) <= NAME_LENGTH else each.name[: NAME_LENGTH - 1] + "\u2026"
    if each.side == "below":
        mark = htpy.rect(x=point - MARK, y=y - MARK, width=2 * MARK, height=2 * MARK)
    else:
        mark = htpy.circle(cx=point, cy=y, r=MARK)
    told = f"{percent(each.point)} ({percent(each.low)} to {percent(each.high)}) {each.grade}"
    return htpy.g(f".{each.side}")[
        htpy.text(x=LEFT - 12, y=y + 4, text_anchor="end")[name],
        htpy.line(x1=low, x2=high, y1=y, y2=y),
        mark,
        htpy.text(".told", x=WIDTH, y=y + 4, text_anchor="end")[told],
    ]
