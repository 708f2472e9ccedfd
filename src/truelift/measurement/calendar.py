"""The calendar: what controls took out of lifts, as columns and as words.

In:   the controls' mean log lift over each treated creator's window (measurement.controls).
Out:  `Control` columns that lift takes, and `ControlsUsed`, what a figure says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from truelift.measurement.ragged import Booleans, Floats, Integers, Objects

FEW_CONTROLS = 5
"""Fewer controls than these are a warning."""


@dataclass(frozen=True, slots=True)
class ControlsUsed:
    """The controls behind one figure: how many, by which rule, and what they took out of it.

    mean: their mean log lift over the same dates, se its standard error. names: who they were.
    """

    creators: int
    rule: str
    mean: float
    se: float
    names: tuple[str, ...] = ()

    @property
    def few(self) -> bool:
        """Say whether they are too few to be relied on."""
        return self.creators < FEW_CONTROLS


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """The same statistic on control creators over the same dates, as columns over treated creators.

    mean: the controls' mean log lift over each creator's own window, se its standard error (log
    units), creators: how many controls, 0 where there is none (nothing is taken out there). nu:
    degrees of freedom of se. first, least: variance of the mean at the creator's first look and at
    the most information there can be; nan: as now. Shape (creators,), or scalars that hold for
    all. rule: how the controls were chosen, in words; names: the controls of each row.
    """

    mean: Floats | float
    se: Floats | float
    creators: Integers | int
    nu: Floats | float = np.inf
    first: Floats | float = np.nan
    least: Floats | float = np.nan
    rule: str = ""
    names: Objects | None = None

    @property
    def any(self) -> Booleans:
        """Say where there are controls at all."""
        return np.asarray(self.creators) > 0

    def used(self, rows: Integers, mean: float, se: float) -> ControlsUsed | None:
        """Say who stood behind some rows together, of columns that `over` has shaped."""
        here = rows[np.asarray(self.any)[rows]]
        if not len(here):
            return None
        most = int(np.asarray(self.creators)[here].max())
        if self.names is None:
            return ControlsUsed(most, self.rule, mean, se)
        names = tuple(sorted(set().union(*self.names[here].tolist())))
        return ControlsUsed(len(names), self.rule, mean, se, names)

    def over(self, rows: int) -> Control:
        """Give every column the shape (rows,), 0 where there are no controls."""
        here = np.broadcast_to(self.any, (rows,))
        se = np.where(here, self.se, 0.0)
        now = se * se
        return Control(
            mean=np.where(here, self.mean, 0.0),
            se=se,
            creators=np.broadcast_to(np.asarray(self.creators, dtype=np.int64), (rows,)),
            nu=np.where(here, self.nu, np.inf),
            first=np.where(here, np.fmax(self.first, now), 0.0),
            least=np.where(here, np.fmin(self.least, now), 0.0),
            rule=self.rule,
            names=self.names,
        )

    def take(self, rows: Integers) -> Control:
        """Keep some rows of columns that `over` has shaped."""
        return Control(
            mean=np.asarray(self.mean)[rows],
            se=np.asarray(self.se)[rows],
            creators=np.asarray(self.creators)[rows],
            nu=np.asarray(self.nu)[rows],
            first=np.asarray(self.first)[rows],
            least=np.asarray(self.least)[rows],
            rule=self.rule,
            names=None if self.names is None else self.names[rows],
        )


def joined_controls(parts: Sequence[Control]) -> Control:
    """Put columns that `over` has shaped one after the other; the rules are told in turn."""
    shaped: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("mean", "se", "creators", "nu", "first", "least")
    }
    names: list[Objects] = []
    for part in parts:
        blank: Objects = np.empty(len(np.asarray(part.mean)), dtype=object)
        blank.fill(())
        names.append(blank if part.names is None else part.names)
    return Control(
        **shaped,
        rule="; or ".join(dict.fromkeys(part.rule for part in parts if part.rule)),
        names=np.concatenate(names),
    )


NO_CONTROL = Control(0.0, 0.0, 0)
"""Nothing takes the calendar out."""
