"""When a campaign is live: its flight, its first launch, and who else is live on the same days.

In:   Knowledge, a campaign.
Out:  the campaign's row, days, names of other campaigns.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.base.errors import NotFound
from truelift.base.time import brand_day
from truelift.operations.knowledge import Knowledge

Row = dict[str, Any]


def flight(known: Knowledge, campaign: str) -> Row:
    """Give a campaign's row; NotFound where the brand has none of this name."""
    if campaign not in known.campaigns:
        msg = f"There is no campaign {campaign!r} in this brand; see `truelift list campaigns`."
        raise NotFound(msg)
    return known.campaigns[campaign]


def launched_on(known: Knowledge, campaign: str) -> dt.date:
    """Give the day a campaign touches the shop first: its first launch, else its flight's start."""
    zone = known.ground.brand.timezone
    days = [brand_day(at, zone) for (name, _), at in known.launches.items() if name == campaign]
    return min(days, default=known.campaigns[campaign]["starts"])


def live_beside(known: Knowledge, campaign: str, first: dt.date, last: dt.date) -> tuple[str, ...]:
    """Name the other campaigns that were live on these days: the shop shows all of them at once."""
    zone = known.ground.brand.timezone
    found = set()
    for (name, _), at in known.launches.items():
        other = known.campaigns.get(name)
        if other is not None and name != campaign:
            live = brand_day(at, zone) <= last and other["ends"] >= first
            found |= {name} if live else set()
    return tuple(sorted(found))
