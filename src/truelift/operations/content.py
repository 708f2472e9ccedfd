"""Content: our sponsored posts, each with its newest reading and what was agreed about it.

In:   the ground; a campaign or creator, where only theirs are asked for.
Out:  a row per post and campaign, newest first.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from truelift.base.time import Instant
from truelift.measurement.metric import ENGAGEMENT_PARTS
from truelift.operations.knowledge import Knowledge, knowledge, local_day
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

Row = dict[str, Any]

_HOUR = dt.timedelta(hours=1)


@needs(Action.READ)
def content(
    ground: Ground,
    campaign: str | None = None,
    creator: str | None = None,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give the sponsored posts, with age in hours, engagement, and until when they may be used.

    engagement: likes, comments, shares and saves that were read; None where none was. disclosed:
    None where nothing says whether the post was marked as advertising.
    """
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    table = known.read("content.posts", sponsored=known.sponsored, readings=known.readings)
    usage = _usage(known)
    found = []
    for row in table.to_pylist():
        if campaign not in {None, row["campaign"]} or creator not in {None, row["creator"]}:
            continue
        parts = [row[name] for name in ENGAGEMENT_PARTS if row[name] is not None]
        published = row["published_at"]
        found.append(
            row
            | {
                "boosted": bool(row["boosted"]),
                "age_hours": _hours(published, row["deleted_at"] or known.as_of),
                "read_at_hours": _hours(published, row["observed_at"]),
                "engagement": sum(parts) if parts else None,
                "usage_until": usage.get((row["campaign"], row["creator"])),
            }
        )
    return found


def _hours(since: Instant | None, until: Instant | None) -> int | None:
    return None if since is None or until is None else (until - since) // _HOUR


def _usage(known: Knowledge) -> dict[tuple[str | None, str | None], dt.date]:
    """Give until when content may be used, by campaign and creator: the last day agreed."""
    found: dict[tuple[str | None, str | None], dt.date] = {}
    for row in known.rows("agreements"):
        key, until = (row["campaign"], row["creator"]), row["usage_to"]
        if until is not None:
            found[key] = max(until, found.get(key, until))
    return found


@needs(Action.READ)
def counted_later(
    ground: Ground, *, as_of: Instant | None = None, known_at: Instant | None = None
) -> list[Row]:
    """Give refunds and won leads of another month than their order, or than the lead came.

    These are what event dates and order dates tell apart. day: on event dates. order_day: on order
    dates. amount: in minor units of the currency; a refund is negative.
    """
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    zone = ground.brand.timezone
    rows: list[Row] = known.read("content.refunds_later").to_pylist()
    for row in known.read("content.leads_later").to_pylist():
        days = (local_day(row.pop(name), zone) for name in ("won_at", "created_at"))
        rows.append(dict(zip(("day", "order_day"), days, strict=True)) | row)
    found = [row for row in rows if _month(row["day"]) != _month(row["order_day"])]
    return sorted(found, key=lambda row: (row["day"], row["source"], row["id"]), reverse=True)


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month
