"""Tracking assets: promo codes and links, with their owners over time.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A promo code and who owned it since when."""

    code: str = column(ColumnType.CODE, "the code, upper case", key=True, required=True)
    valid_from: dt.datetime | None = column(ColumnType.INSTANT, "owner since", key=True)
    creator: str | None = column(ColumnType.NAME, "owner, empty for a sitewide code")
    campaign: str | None = column(ColumnType.NAME, "campaign it was made for")
    valid_to: dt.datetime | None = column(ColumnType.INSTANT, "owner until", closes=True)
    kind: str | None = column(
        ColumnType.CHOICE,
        "evergreen codes exist before and after campaigns",
        choices=(
            "creator",
            "sitewide",
            "evergreen",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tracked link: where it leads and whose it is."""

    slug: str = column(
        ColumnType.NAME, "the part of the address after /r/", key=True, required=True
    )
    destination: str = column(ColumnType.TEXT, "where it leads", required=True)
    creator: str | None = column(ColumnType.NAME, "owner")
    campaign: str | None = column(ColumnType.NAME, "campaign")
    post_id: str | None = column(
        ColumnType.TEXT,
        "the post it stands in; an empty cell keeps what was known",
        kept="post_id",
    )
    kind: str | None = column(
        ColumnType.CHOICE,
        "evergreen links exist before and after campaigns",
        choices=(
            "campaign",
            "evergreen",
        ),
    )
    valid_from: dt.datetime | None = column(ColumnType.INSTANT, "since")
    valid_to: dt.datetime | None = column(ColumnType.INSTANT, "until", closes=True)


KINDS = (
    kind_of(Code, "codes", Plane.WORKSPACE),
    kind_of(Link, "links", Plane.WORKSPACE),
)
