"""Conversion days: tracked orders and leads of each campaign by day of the brand.

In:   the ground, times.
Out:  rows of campaign, metric, day and count; a day without any has no row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from truelift.base.time import Instant
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

Row = dict[str, Any]

COUNTED = ("orders", "leads")


@needs(Action.READ)
def conversion_days(
    ground: Ground, *, as_of: Instant | None = None, known_at: Instant | None = None
) -> list[Row]:
    """Give what was tracked in campaigns by day, oldest first."""
    panels = Panels(knowledge(ground, as_of=as_of, known_at=known_at))
    found: dict[tuple[str, str, dt.date], float] = defaultdict(float)
    for metric in COUNTED:
        for row in panels.counted_days(metric):
            if row["campaign"] is not None:
                found[row["campaign"], metric, row["day"]] += row["units"]
    return [
        {"campaign": campaign, "metric": metric, "day": day, "count": round(units, 6)}
        for (campaign, metric, day), units in sorted(found.items())
    ]
