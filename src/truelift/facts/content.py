"""Published content: posts, and the readings of their counters.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A piece of published content."""

    platform: str = column(ColumnType.PLATFORM, "where", key=True, required=True)
    post_id: str = column(ColumnType.NAME, "the platform's id of the post", key=True, required=True)
    handle: str | None = column(ColumnType.HANDLE, "profile that published it")
    creator: str | None = column(ColumnType.NAME, "creator, when no handle is given")
    published_at: dt.datetime = column(ColumnType.INSTANT, "when", required=True)
    format: str | None = column(ColumnType.TEXT, "reel, story, video, ...")
    campaign: str | None = column(
        ColumnType.NAME, "our campaign; an empty cell keeps what was known", kept="campaign"
    )
    campaigns: str | None = column(
        ColumnType.SHARES,
        "several campaigns: a:0.6;b:0.4; an empty cell keeps what was known",
        kept="campaign",
    )
    deliverable: str | None = column(
        ColumnType.NAME,
        "deliverable it fulfils; an empty cell keeps what was known",
        kept="deliverable",
    )
    sponsored_by: str | None = column(ColumnType.TEXT, "another brand that paid for it")
    disclosed: bool | None = column(ColumnType.BOOLEAN, "marked as advertising")
    collaborators: str | None = column(ColumnType.LIST, "other creators")
    url: str | None = column(ColumnType.TEXT, "address")
    caption: str | None = column(
        ColumnType.TEXT, "text; an empty cell keeps what was known", kept="caption"
    )
    deleted_at: dt.datetime | None = column(ColumnType.INSTANT, "when it was deleted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One reading of a post's cumulative counters."""

    platform: str = column(ColumnType.PLATFORM, "where", key=True, required=True)
    post_id: str = column(ColumnType.NAME, "the post", key=True, required=True)
    observed_at: dt.datetime = column(
        ColumnType.INSTANT, "when it was read", key=True, required=True
    )
    views: int | None = column(ColumnType.COUNT, "times played or shown")
    reach: int | None = column(ColumnType.COUNT, "distinct people")
    impressions: int | None = column(ColumnType.COUNT, "times shown")
    likes: int | None = column(ColumnType.COUNT, "likes and reactions")
    comments: int | None = column(ColumnType.COUNT, "comments")
    shares: int | None = column(ColumnType.COUNT, "shares and reposts")
    saves: int | None = column(ColumnType.COUNT, "saves and favourites")
    replies: int | None = column(ColumnType.COUNT, "replies to a story")
    follows: int | None = column(ColumnType.COUNT, "follows from the post")
    link_clicks: int | None = column(ColumnType.COUNT, "clicks on its link, as the platform counts")
    watch_seconds: int | None = column(ColumnType.COUNT, "seconds watched")
    paid_views: int | None = column(ColumnType.COUNT, "views from paid amplification")
    paid_impressions: int | None = column(ColumnType.COUNT, "impressions from paid amplification")
    final: bool | None = column(ColumnType.BOOLEAN, "a story at its last hour")
    estimated: str | None = column(ColumnType.LIST, "names of the estimated columns")
    source: str | None = column(ColumnType.TEXT, "who read it")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerCount:
    """How many followers a profile had."""

    platform: str = column(ColumnType.PLATFORM, "where", key=True, required=True)
    handle: str = column(ColumnType.HANDLE, "profile", key=True, required=True)
    observed_at: dt.datetime = column(ColumnType.INSTANT, "when", key=True, required=True)
    followers: int = column(ColumnType.COUNT, "how many", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A post that carries a hashtag or mention of ours."""

    platform: str = column(ColumnType.PLATFORM, "where", key=True, required=True)
    post_id: str = column(ColumnType.NAME, "post", key=True, required=True)
    tag: str = column(
        ColumnType.NAME, "hashtag or mention, without # or @", key=True, required=True
    )
    published_at: dt.datetime | None = column(ColumnType.INSTANT, "when")
    handle: str | None = column(ColumnType.HANDLE, "who")
    reach: int | None = column(ColumnType.COUNT, "distinct people")


KINDS = (
    kind_of(Post, "posts", Plane.FACTS, occurred="published_at"),
    kind_of(Observation, "observations", Plane.FACTS, occurred="observed_at"),
    kind_of(FollowerCount, "followers", Plane.FACTS, occurred="observed_at"),
    kind_of(Mention, "mentions", Plane.FACTS, occurred="published_at"),
)
