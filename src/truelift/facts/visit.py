"""Visits: clicks on our links, and sessions as web analytics counts them.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One request for a tracked link."""

    click_id: str = column(ColumnType.NAME, "unique id", key=True, required=True)
    clicked_at: dt.datetime = column(ColumnType.INSTANT, "when", required=True)
    slug: str = column(ColumnType.NAME, "the link", required=True)
    visitor: str | None = column(ColumnType.TEXT, "consented or daily-salted visitor key")
    user_agent: str | None = column(ColumnType.TEXT, "as sent")
    referrer: str | None = column(ColumnType.TEXT, "as sent")
    country: str | None = column(ColumnType.TEXT, "ISO 3166 code")
    consent: bool | None = column(
        ColumnType.BOOLEAN, "the visitor agreed to be recognised; empty is no"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """A landing page said that a click arrived: the click is confirmed."""

    click_id: str = column(ColumnType.NAME, "the click", key=True, required=True)
    landed_at: dt.datetime = column(ColumnType.INSTANT, "when it was said first", required=True)
    visitor: str | None = column(ColumnType.TEXT, "visitor key of the landing page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Sessions of a day as web analytics counts them."""

    date: dt.date = column(ColumnType.DATE, "day", key=True, required=True)
    source: str = column(ColumnType.NAME, "as web analytics names it", key=True, required=True)
    medium: str = column(ColumnType.NAME, "as web analytics names it", key=True, required=True)
    campaign: str = column(
        ColumnType.NAME, "utm_campaign as web analytics names it", key=True, required=True
    )
    sessions: int | None = column(ColumnType.COUNT, "sessions")
    engaged_sessions: int | None = column(ColumnType.COUNT, "engaged sessions")
    key_events: int | None = column(ColumnType.COUNT, "key events")
    revenue: int | None = column(ColumnType.MONEY, "revenue it claims", signed=True)
    currency: str | None = column(ColumnType.CURRENCY, "of the revenue")


KINDS = (
    kind_of(Click, "clicks", Plane.FACTS, occurred="clicked_at"),
    kind_of(Landing, "landings", Plane.FACTS, occurred="landed_at"),
    kind_of(Session, "sessions", Plane.FACTS, occurred="date"),
)
