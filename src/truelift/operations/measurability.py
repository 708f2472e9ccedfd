"""Measurability: how small a lift of each creator could be seen, before anything is signed.

In:   panels, the creators' units, a plan (so many posts over so many days).
Out:  per creator the smallest log lift of engagement and of orders that would show; nan: unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from truelift.measurement import power
from truelift.measurement.ageing import ANY_FORMAT
from truelift.measurement.baseline import Baselines
from truelift.measurement.ragged import Floats, Integers
from truelift.measurement.seal import read_baselines, read_code_history
from truelift.operations.ageing import curve_book
from truelift.operations.counts import count_baselines
from truelift.operations.knowledge import local_day
from truelift.operations.organic import Organic
from truelift.operations.panels import Panels

POSTS, DAYS = 4, 28
"""The plan that creators are compared by: so many posts, evenly over so many days."""

HALVINGS = 24
"""A smallest lift is exact to two millionths; the fourth digit shown may differ by one."""

COLUMNS = ("level", "p", "s2", "nu", "q", "n")
HOURS = 24
RULE = (
    f"the smallest true multiple that would be shown {power.PROBABILITY * 100:g} % of the time by "
    f"{POSTS} posts over {DAYS} days (engagement), or by {DAYS} days of orders against the history "
    "of evergreen codes and links; limits by theory, without controls (`truelift power` plans a "
    "campaign as it is)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Measurable:
    """The smallest log lifts that would show, shape (creators,); nan where nothing is known."""

    engagement: Floats
    orders: Floats

    @property
    def best(self) -> Floats:
        """Give that of orders where it is known, else that of engagement."""
        return np.where(np.isnan(self.orders), self.engagement, self.orders)


def measurability(panels: Panels, names: Sequence[str], platforms: Sequence[str]) -> Measurable:
    """Give how small a lift could be seen with each creator on its platform (empty: none)."""
    return Measurable(_of_posts(panels, names, platforms), _of_orders(panels, names))


def _of_posts(panels: Panels, names: Sequence[str], platforms: Sequence[str]) -> Floats:
    found = np.full(len(names), np.nan)
    place = {unit: at for at, unit in enumerate(panels.posts.units)}
    organic, book = Organic(panels), curve_book(panels.known)
    for platform in sorted(set(platforms) - {""}):
        rows = [
            at
            for at, name in enumerate(names)
            if platforms[at] == platform and (name, platform) in place
        ]
        if not rows:
            continue
        cuts = {names[at]: panels.known.as_of for at in rows}
        now = organic.baselines(platform, "engagement", "", cuts)
        if now is None:
            continue
        units = np.array([place[names[at], platform] for at in rows], np.int64)
        baselines = _taken(now.baselines, units)
        curve = book.newest(platform, "engagement")[ANY_FORMAT]
        ages = power.even_ages(np.full(len(rows), POSTS, np.int64), float(DAYS * HOURS))
        plan = power.post_plan(baselines, *ages, [curve] * len(rows))
        found[rows] = power.smallest_lift(plan, len(rows), halvings=HALVINGS)
    return found


def _taken(baselines: Baselines, units: Integers) -> Baselines:
    """Keep the columns of some units that a plan needs."""
    empty = read_baselines([None] * len(units))
    return replace(empty, **{name: getattr(baselines, name)[units] for name in COLUMNS})


def _of_orders(panels: Panels, names: Sequence[str]) -> Floats:
    found = np.full(len(names), np.nan)
    rows = [at for at, name in enumerate(names) if name in panels.evergreen_since]
    if not rows:
        return found
    last = local_day(panels.known.as_of, panels.known.ground.brand.timezone)
    own = [names[at] for at in rows]
    counted = count_baselines(panels, own, last)
    records = [
        {
            "counts": [
                {name: getattr(item, name) for name in ("metric", "n", "days", "usual_days", "phi")}
                for item in counted[name]
            ]
        }
        for name in own
    ]
    history = read_code_history(records, "orders")
    plan = power.CountPlan(history, np.full(len(rows), float(DAYS)))
    found[rows] = power.smallest_lift(plan, len(rows), halvings=HALVINGS)
    return found
