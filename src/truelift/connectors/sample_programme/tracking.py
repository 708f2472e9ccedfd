"""Codes and links: evergreen ones long before any campaign, campaign ones for their flight.

In:   the cast and who takes part in what.
Out:  names of codes and slugs, and their tables.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, LATE_SEALED, Cast
from truelift.connectors.sample_programme.table import Table, table_of_records
from truelift.connectors.sample_programme.timeline import (
    FIRST_DELIVERY,
    FLIGHTS,
    Instants,
    flight_start,
)

EVERGREEN_SINCE = "2025-09-01"
SITEWIDE = "SPRING10"
PROMOTION = (dt.date(2026, 4, 24), dt.date(2026, 4, 27))
LATE_KNOWN = np.datetime64("2026-03-20T15:00:00", "s")
"""When the late agreement, and all that hangs on it, reaches the books."""
_SHOP = "https://shop.example"
_LIST = "https://shop.example/list"


def evergreen_code(name: str) -> str:
    """Name a creator's standing code."""
    return f"{name.upper()}10"


def campaign_code(name: str, campaign: str) -> str:
    """Name a creator's code of one campaign."""
    return f"{name.upper()}-{campaign.split('-', maxsplit=1)[0].upper()}"


def evergreen_slug(name: str) -> str:
    """Name a creator's standing link to the shop."""
    return name


def list_slug(name: str) -> str:
    """Name a creator's standing link to the sign-up list."""
    return f"{name}-list"


def campaign_slug(name: str, campaign: str) -> str:
    """Name a creator's link of one campaign."""
    return f"{name}-{campaign}"


def known_before_launch(drawn: tuple[Effect, ...], days: int) -> Instants:
    """Say for each effect when its agreement and assets reach the books, days before launch."""
    before = np.timedelta64(days, "D")
    return np.array(
        [
            LATE_KNOWN if item.creator == LATE_SEALED else flight_start(item.campaign) - before
            for item in drawn
        ]
    )


def tracking_tables(people: Cast, drawn: tuple[Effect, ...]) -> list[Table]:
    """Give the codes and links."""
    known = known_before_launch(drawn, 9)
    standing = [name for name in people.names if name not in HIDDEN_BASELINE]
    listed = [item.creator for item in drawn if item.campaign == "signup-spring"]
    first_day, last_day = (day.isoformat() for day in PROMOTION)
    codes = [
        (evergreen_code(name), EVERGREEN_SINCE, name, "", "", "evergreen") for name in standing
    ]
    codes.append((SITEWIDE, first_day, "", "", last_day, "sitewide"))
    links = [(evergreen_slug(name), _SHOP, name, "", "evergreen") for name in standing]
    links += [(list_slug(name), _LIST, name, "", "evergreen") for name in listed]
    codes_known = [FIRST_DELIVERY] * len(codes)
    links_known = [FIRST_DELIVERY] * len(links)
    for item, instant in zip(drawn, known, strict=True):
        flight = FLIGHTS[item.campaign]
        code = campaign_code(item.creator, item.campaign)
        starts, ends = flight.starts.isoformat(), flight.ends.isoformat()
        codes.append((code, starts, item.creator, item.campaign, ends, "creator"))
        target = _LIST if item.campaign == "signup-spring" else _SHOP
        slug = campaign_slug(item.creator, item.campaign)
        links.append(
            (
                slug,
                f"{target}?utm_campaign={item.campaign}",
                item.creator,
                item.campaign,
                "campaign",
            )
        )
        codes_known.append(instant)
        links_known.append(instant)
    return [
        table_of_records(
            "codes", "code valid_from creator campaign valid_to kind", codes, np.array(codes_known)
        ),
        table_of_records(
            "links", "slug destination creator campaign kind", links, np.array(links_known)
        ),
    ]
