"""What other draws of the same lottery would have shown, and what that says of a factor.

In:   a statistic of outcome and of dose at every look so far, for the draw that was made and for
      many others that the lottery could have made; how many looks are planned.
Out:  the factor (extra outcomes per unit of dose) with limits that hold at every look.

If a factor is true, outcome - factor x dose is what would have been without the campaign, whatever
the lottery had drawn. So the draw that was made is one among its redraws, and no model of the noise
is needed (Fisher 1935; doses: Rosenbaum 1996). Looking every day is paid for by spending the error
(Lan and DeMets 1983): at each look so many redraws may lie beyond the bound that those which ever
did are at most the part of alpha spent so far. Bounds need only what is known at their look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ragged import Booleans, Floats

DRAWS = 1999
"""Other draws beside the one that was made."""

SPENDING_POWER = 2.0
"""Of the part of the looks that is over: 1 spends evenly, 3 keeps nearly all for the end."""

_DECIMALS = 9  # a draw and its mirror image are equal but for rounding
_STEPS = np.geomspace(0.25, 256.0, 41)
_HALVINGS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """What each draw shows at each look so far; the first row is the draw that was made.

    outcome, dose: the statistic of each, shape (draws, looks); that of outcome - f x dose is
    outcome - f x dose. The square of its scale is a - 2 f b + f^2 c with (a, b, c) = squares, each
    of a shape that broadcasts to (draws, looks).
    """

    outcome: Floats
    dose: Floats
    squares: tuple[Floats, Floats, Floats]

    def statistic(self, factor: float) -> Floats:
        """Give how far each draw is from showing nothing, were the factor true."""
        a, b, c = self.squares
        square = np.broadcast_to(a - 2 * factor * b + factor**2 * c, self.outcome.shape)
        scale = np.sqrt(np.maximum(square, 0.0))
        found = np.zeros(self.outcome.shape)
        np.divide(
            np.abs(self.outcome - factor * self.dose), scale, out=found, where=scale > _tiny(scale)
        )
        return np.asarray(np.round(found, _DECIMALS), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FactorLimits:
    """Extra outcomes per unit of dose, with limits that hold at this and every other look."""

    factor: float
    low: float
    high: float


def beyond(paths: Paths, factor: float, planned: int, alpha: float) -> Booleans:
    """Say at which looks a factor is refused, shape (looks,): wrong at any with chance <= alpha.

    planned: looks of the whole campaign; alpha is spent over them and not over those so far.
    """
    shown = paths.statistic(factor)
    alive = np.ones(len(shown), dtype=bool)
    refused = np.zeros(shown.shape[1], dtype=bool)
    for look in range(shown.shape[1]):
        spent = alpha * min((look + 1) / planned, 1.0) ** SPENDING_POWER
        may = math.floor(spent * len(shown) + 1e-9) - int((~alive).sum())
        if may <= 0:
            continue
        living = shown[alive, look]
        bound = np.partition(living, len(living) - may - 1)[len(living) - may - 1]
        refused[look] = shown[0, look] > bound
        alive &= shown[:, look] <= bound
    return refused


def limits(paths: Paths, planned: int, alpha: float) -> FactorLimits | Withheld:
    """Give the factor that the newest look shows, and all that it does not refuse.

    The outermost factors that are not refused, should those between be refused.
    """
    outcome, dose = float(paths.outcome[0, -1]), float(paths.dose[0, -1])
    scale = math.sqrt(max(float(np.broadcast_to(paths.squares[2], paths.dose.shape)[0, -1]), 0.0))
    if abs(dose) <= 1e-9 * max(scale, 1e-300):
        return Withheld(Reason.NOT_OBSERVED, "What was tracked does not follow the lottery at all.")
    point = outcome / dose
    a, b, c = (float(np.broadcast_to(x, paths.dose.shape)[0, -1]) for x in paths.squares)
    unit = math.sqrt(max(a - 2 * point * b + point**2 * c, 0.0)) / abs(dose)
    unit = max(unit, 1e-9 * max(abs(point), 1.0))
    ends = []
    for side in (-1.0, 1.0):
        end = _outermost(paths, point, side * unit, planned, alpha)
        if end is None:
            detail = "No factor can be ruled out yet: too few days, or too little was tracked."
            return Withheld(Reason.NOT_OBSERVED, detail)
        ends.append(end)
    return FactorLimits(point, min(ends[0], point), max(ends[1], point))


def _outermost(paths: Paths, point: float, unit: float, planned: int, alpha: float) -> float | None:
    """Give the factor farthest from the point on one side that is not refused; None: no end."""

    def refused(steps: float) -> bool:
        return bool(beyond(paths, point + steps * unit, planned, alpha)[-1])

    if not refused(float(_STEPS[-1])):
        return None
    inner = next((steps for steps in _STEPS[::-1].tolist() if not refused(steps)), 0.0)
    outer = float(_STEPS[inner < _STEPS][0])
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if refused(middle) else (middle, outer)
    return point + outer * unit


def _tiny(scale: Floats) -> float:
    return 1e-12 * float(np.max(scale, initial=0.0))
