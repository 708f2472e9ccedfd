"""Metric breaks applied: whose campaign posts are counted otherwise than their baseline was.

In:   panels, a campaign's posts by unit (creator on one platform), the seals of those units.
Out:  the units whose lift is withheld for it, and the sentence that names the break and its day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from truelift.base.estimate import Reason
from truelift.base.time import Instant, brand_day
from truelift.measurement.metric_breaks import era_sealed, newest_break, told
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects
from truelift.operations.panels import Panels
from truelift.store.workspace_database import SealRecord

Units = Sequence[tuple[str, str]]
Seals = Sequence[SealRecord | None]

_SEALED_BEFORE = "The baseline was sealed before this was told: `truelift seal --correct`."


def sealed_eras(panels: Panels, metric: str, units: Units, sealed: Seals) -> Integers:
    """Give the era of each unit's baseline; 0 where nothing is sealed."""
    eras = [
        era_sealed(panels.breaks_of(platform, metric), _stated(item))
        for (_, platform), item in zip(units, sealed, strict=True)
    ]
    return np.array(eras, np.int64)


def broken(era: Integers, counts: Floats, group: Integers, own: Integers) -> Booleans:
    """Say which units have a post, counted at all, that is of another era than their baseline.

    era, counts, group (its unit): of each post. own: era of each unit's baseline.
    """
    apart = np.isfinite(counts) & (era != own[group])
    return np.bincount(group[apart], minlength=len(own)) > 0


def withheld_for(reason: Objects, units: Booleans) -> Objects:
    """Give the reasons of units, METRIC_BROKE where only the break stands in the way."""
    unread = np.array([one is Reason.NOT_OBSERVED for one in reason], dtype=bool)
    return np.where(units & unread, np.array(Reason.METRIC_BROKE, dtype=object), reason)


def sentences(
    panels: Panels, metric: str, units: Units, sealed: Seals, reason: Objects
) -> list[str]:
    """Name the break behind each unit's reason and its day; empty where no break is behind it."""
    return [
        _sentence(panels, metric, unit, item, why)
        for unit, item, why in zip(units, sealed, reason.tolist(), strict=True)
    ]


def _sentence(
    panels: Panels, metric: str, unit: tuple[str, str], seal: SealRecord | None, why: Reason | None
) -> str:
    breaks = panels.breaks_of(unit[1], metric)
    ended = dt.datetime.fromisoformat(seal.record["window_end"]) if seal else panels.known.as_of
    if why is Reason.METRIC_BROKE:
        at = newest_break(breaks, panels.known.as_of)
        late = newest_break(breaks, ended) not in {None, _stated(seal)}
        return f"{_told(panels, metric, unit[1], at)} {_SEALED_BEFORE if late else ''}".strip()
    if why in {Reason.NO_BASELINE, Reason.TOO_FEW_POSTS}:
        at = newest_break(breaks, ended)
        if at is not None and _posts_before(panels, unit, at):
            return _told(panels, metric, unit[1], at)
    return ""


def _told(panels: Panels, metric: str, platform: str, at: Instant | None) -> str:
    if at is None:
        return ""
    names = panels.breaks.metrics(platform, panels.columns_of(metric), at)
    return told(platform, " and ".join(names), brand_day(at, panels.known.ground.brand.timezone))


def _stated(seal: SealRecord | None) -> Instant | None:
    """Give the break that a seal states; those made before breaks were known state none."""
    stated = seal.record.get("metric_break") if seal else None
    return dt.datetime.fromisoformat(stated) if stated else None


def _posts_before(panels: Panels, unit: tuple[str, str], at: Instant) -> bool:
    organic = panels.posts.only(panels.organic)
    mine = organic.unit == organic.units.index(unit)
    return bool(np.any(organic.published_at[mine] < np.datetime64(at, "us")))


def told_of(panels: Panels, platforms: Sequence[str]) -> list[str]:
    """Say every break on some platforms that lies in the history of their posts, oldest first."""
    if not len(panels.posts):
        return []
    first, last = panels.posts.published_at.min(), np.datetime64(panels.known.as_of, "us")
    zone = panels.known.ground.brand.timezone
    return [
        told(one.platform, one.metric, brand_day(one.at, zone))
        for one in sorted(panels.breaks.rows, key=lambda row: (row.at, row.platform, row.metric))
        if one.platform in platforms and first < np.datetime64(one.at, "us") <= last
    ]
