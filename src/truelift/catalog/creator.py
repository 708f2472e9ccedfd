"""Who: creators, their social profiles, and the other names they go by.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """A person or group that makes content and signs agreements."""

    creator: str = column(
        ColumnType.NAME,
        "stable id of the creator, never shown as a person's legal name",
        key=True,
        required=True,
    )
    name: str | None = column(ColumnType.TEXT, "display name")
    category: str | None = column(ColumnType.TEXT, "what the creator makes content about")
    country: str | None = column(ColumnType.TEXT, "ISO 3166 code")
    email: str | None = column(ColumnType.TEXT, "stored only in the workspace database")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A creator's social account on one platform."""

    platform: str = column(ColumnType.PLATFORM, "where", key=True, required=True)
    handle: str = column(
        ColumnType.HANDLE, "the name on the platform, without @", key=True, required=True
    )
    creator: str = column(ColumnType.NAME, "whose profile", required=True)
    profile_id: str | None = column(ColumnType.TEXT, "the platform's own id")
    valid_from: dt.datetime | None = column(ColumnType.INSTANT, "owner since")
    valid_to: dt.datetime | None = column(ColumnType.INSTANT, "owner until", closes=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name by which a file may call a creator or campaign."""

    kind: str = column(
        ColumnType.CHOICE,
        "which kind of name",
        key=True,
        required=True,
        choices=(
            "utm_campaign",
            "utm_content",
            "handle",
            "code",
            "name",
        ),
    )
    alias: str = column(
        ColumnType.NAME, "the name as it is found in files", key=True, required=True
    )
    valid_from: dt.datetime | None = column(ColumnType.INSTANT, "since when", key=True)
    creator: str | None = column(ColumnType.NAME, "the creator meant")
    campaign: str | None = column(ColumnType.NAME, "the campaign meant")


KINDS = (
    kind_of(Creator, "creators", Plane.WORKSPACE),
    kind_of(Profile, "profiles", Plane.WORKSPACE),
    kind_of(Alias, "aliases", Plane.WORKSPACE),
)
