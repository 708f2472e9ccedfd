"""Ownership: whose a code, a link or a tag was at a given time.

Ownership is dated: the row in force at an instant is, of those with valid_from <= instant (empty:
always) and instant < valid_to (empty: open), the one with the greatest valid_from. Mapping a code,
a link or an alias late therefore changes history, and is meant to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from truelift.catalog.creator import Alias, Profile
from truelift.catalog.tracking import Code, Link
from truelift.facts.content import Post

TIKTOK_SHOP = "tiktok_shop"
"""The utm_source of orders that TikTok Shop itself ascribes to a creator."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a code, link or tag points to; platform and post only where they are known."""

    creator: str
    campaign: str | None = None
    platform: str | None = None
    post_id: str | None = None
    evergreen: bool = False


class _Dated(Protocol):
    @property
    def valid_from(self) -> dt.datetime | None: ...
    @property
    def creator(self) -> str | None: ...
    @property
    def campaign(self) -> str | None: ...


_Row = TypeVar("_Row", bound=_Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The tracking part of the catalog, as known: what ownership is decided from."""

    codes: tuple[Code, ...] = ()
    links: tuple[Link, ...] = ()
    aliases: tuple[Alias, ...] = ()
    profiles: tuple[Profile, ...] = ()
    posts: tuple[Post, ...] = ()


class Ownership:
    """Answers whose a code, link or tag was at an instant."""

    def __init__(self, catalog: Catalog) -> None:
        """Index the catalog by code, slug, tag and post."""
        self._codes: dict[str, list[Code]] = {}
        for code in catalog.codes:
            self._codes.setdefault(code.code, []).append(code)
        self._aliases: dict[tuple[str, str], list[Alias]] = {}
        for alias in catalog.aliases:
            key = (alias.kind, folded(alias.kind, alias.alias))
            self._aliases.setdefault(key, []).append(alias)
        self._links = {link.slug: link for link in catalog.links}
        self._profiles = {
            f"{profile.platform}:@{profile.handle}": profile for profile in catalog.profiles
        }
        self._platforms: dict[str, str] = {}
        # A post id that two platforms use stands for the first platform by name.
        for post in sorted(catalog.posts, key=lambda post: post.platform, reverse=True):
            self._platforms[post.post_id] = post.platform

    def of_code(self, code: str, at: dt.datetime) -> Owner | None:
        """Give the creator who owned a code; None for a sitewide or unknown one.

        The code's own row wins, even when it says sitewide; an alias of kind `code` names the
        creator behind another spelling.
        """
        row = _in_force(self._codes.get(code, []), at)
        if row is not None:
            if row.creator is None or row.kind == "sitewide":
                return None
            evergreen = row.kind == "evergreen" or row.campaign is None
            return Owner(row.creator, row.campaign, evergreen=evergreen)
        alias = self._alias("code", code, at)
        if alias is None or alias.creator is None:
            return None
        return Owner(alias.creator, alias.campaign, evergreen=alias.campaign is None)

    def of_link(self, slug: str, at: dt.datetime) -> Owner | None:
        """Give the creator whose link it was; None for a link of nobody or not in force."""
        link = self._links.get(slug)
        if link is None or link.creator is None or not _covers(link, at):
            return None
        return Owner(
            link.creator,
            link.campaign,
            None if link.post_id is None else self._platforms.get(link.post_id),
            link.post_id,
            link.kind == "evergreen" or link.campaign is None,
        )

    def of_tag(
        self, source: str | None, content: str | None, campaign: str | None, at: dt.datetime
    ) -> tuple[Owner, str] | None:
        """Give the creator that the utm values name, with the value that named them.

        First TikTok Shop's own tag (`tiktok:@handle`, resolved by profiles), then an alias of
        utm_content, then one of utm_campaign. The campaign is the alias's own, else the one that
        utm_campaign is an alias of.
        """
        named = self._alias("utm_campaign", campaign, at)
        fallback = None if named is None else named.campaign
        if content is not None and (source or "").lower() == TIKTOK_SHOP:
            profile = self._profiles.get(content.lower())
            if profile is not None and _covers(profile, at):
                owner = Owner(
                    profile.creator, fallback, profile.platform, evergreen=fallback is None
                )
                return owner, content
        for alias, value in ((self._alias("utm_content", content, at), content), (named, campaign)):
            if alias is not None and alias.creator is not None and value is not None:
                chosen = alias.campaign or fallback
                return Owner(alias.creator, chosen, evergreen=chosen is None), value
        return None

    def _alias(self, kind: str, text: str | None, at: dt.datetime) -> Alias | None:
        if text is None:
            return None
        return _in_force(self._aliases.get((kind, folded(kind, text)), []), at)


def folded(kind: str, text: str) -> str:
    """Write an alias in the case in which it is compared: codes upper, all others lower."""
    return text.upper() if kind == "code" else text.lower()


def _covers(row: object, at: dt.datetime) -> bool:
    since: dt.datetime | None = getattr(row, "valid_from", None)
    until: dt.datetime | None = getattr(row, "valid_to", None)
    return (since is None or since <= at) and (until is None or at < until)


def _in_force(rows: Iterable[_Row], at: dt.datetime) -> _Row | None:
    # Rows that began at the same instant cannot stand in the catalog (it is their key); the names
    # make the choice total all the same.
    covering = sorted(
        (row for row in rows if _covers(row, at)),
        key=lambda row: (
            row.valid_from is None,
            -_microseconds(row.valid_from),
            row.creator or "",
            row.campaign or "",
        ),
    )
    return covering[0] if covering else None


def _microseconds(moment: dt.datetime | None) -> int:
    since = dt.timedelta(0) if moment is None else moment - dt.datetime.min  # noqa: DTZ901 - UTC
    return since // dt.timedelta(microseconds=1)
