"""Whose a code, link or tag was, told as dated tables."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.attribution.ownership import Catalog, Owner, Ownership
from truelift.catalog.creator import Alias, Profile
from truelift.catalog.tracking import Code, Link
from truelift.facts.content import Post


def day(number):
    return dt.datetime(2026, 3, 1) + dt.timedelta(days=number)


CODES = (
    # code     owner   campaign   from   to     kind
    ("HELLO", "ana", "spring", None, 10, "creator"),
    ("HELLO", "bo", "summer", 10, 20, "creator"),
    ("LATER", "ana", None, 5, None, "evergreen"),
    ("KEPT", "ana", "spring", None, None, "evergreen"),
    ("LOOSE", "ana", None, None, None, None),
    ("SITE", None, None, None, None, "sitewide"),
    ("SITE2", "ana", "spring", None, None, "sitewide"),
    ("NESTED", "ana", "spring", None, None, "creator"),
    ("NESTED", "bo", "spring", 5, 8, "creator"),
)
CODE_OWNERSHIP = Ownership(
    Catalog(
        codes=tuple(
            Code(
                code=code,
                creator=creator,
                campaign=campaign,
                valid_from=None if since is None else day(since),
                valid_to=None if until is None else day(until),
                kind=kind,
            )
            for code, creator, campaign, since, until, kind in CODES
        ),
        aliases=(
            Alias(kind="code", alias="hello-1", creator="ana", campaign="spring"),
            Alias(kind="code", alias="hello-1", creator="bo", valid_from=day(5)),
            Alias(kind="code", alias="SITE", creator="cy"),
            Alias(kind="code", alias="ORPHAN", campaign="spring"),
            Alias(kind="code", alias="later", creator="cy", campaign="spring"),
        ),
    )
)


@pytest.mark.parametrize(
    ("code", "at", "creator", "campaign", "evergreen"),
    [
        # A code changes hands: up to the last microsecond it is the old owner's.
        ("HELLO", day(0), "ana", "spring", False),
        ("HELLO", day(10) - dt.timedelta(microseconds=1), "ana", "spring", False),
        ("HELLO", day(10), "bo", "summer", False),
        ("HELLO", day(20), None, None, False),
        # Lent for three days, it goes back to the owner whose row never closed.
        ("NESTED", day(4), "ana", "spring", False),
        ("NESTED", day(5), "bo", "spring", False),
        ("NESTED", day(8), "ana", "spring", False),
        # Evergreen: named so, or of no campaign.
        ("LATER", day(5), "ana", None, True),
        ("KEPT", day(5), "ana", "spring", True),
        ("LOOSE", day(5), "ana", None, True),
        # Sitewide codes are nobody's, even with a creator or an alias beside them.
        ("SITE", day(0), None, None, False),
        ("SITE2", day(0), None, None, False),
        # Another spelling, whoever it was at that time; before LATER began, its alias speaks.
        ("HELLO-1", day(0), "ana", "spring", False),
        ("HELLO-1", day(5), "bo", None, True),
        ("LATER", day(4), "cy", "spring", False),
        ("ORPHAN", day(0), None, None, False),
        ("NEVER-SEEN", day(0), None, None, False),
    ],
)
def test_whose_a_code_was(code, at, creator, campaign, evergreen):
    expected = None if creator is None else Owner(creator, campaign, evergreen=evergreen)
    assert CODE_OWNERSHIP.of_code(code, at) == expected


def link(slug, creator="ana", **more):
    return Link(slug=slug, destination="https://shop.example/", creator=creator, **more)


def post(platform, post_id):
    return Post(platform=platform, post_id=post_id, published_at=day(0))


LINK_OWNERSHIP = Ownership(
    Catalog(
        links=(
            link("in-post", campaign="spring", post_id="p1"),
            link("in-lost-post", campaign="spring", post_id="p9"),
            link("bio", kind="evergreen"),
            link("closed", campaign="spring", valid_from=day(2), valid_to=day(4)),
            link("brand", creator=None),
        ),
        posts=(post("tiktok", "p1"), post("instagram", "p1"), post("youtube", "p1")),
    )
)


@pytest.mark.parametrize(
    ("slug", "at", "owner"),
    [
        ("in-post", 0, Owner("ana", "spring", "instagram", "p1")),  # the first platform by name
        ("in-lost-post", 0, Owner("ana", "spring", None, "p9")),
        ("bio", 0, Owner("ana", evergreen=True)),
        ("closed", 1, None),
        ("closed", 2, Owner("ana", "spring")),
        ("closed", 4, None),
        ("brand", 0, None),
        ("never-made", 0, None),
    ],
)
def test_whose_a_link_was(slug, at, owner):
    assert LINK_OWNERSHIP.of_link(slug, day(at)) == owner


TAG_OWNERSHIP = Ownership(
    Catalog(
        profiles=(
            Profile(platform="tiktok", handle="ana", creator="ana", valid_to=day(9)),
            Profile(platform="instagram", handle="bo", creator="bo"),
        ),
        aliases=(
            Alias(kind="utm_content", alias="Reel-7", creator="bo"),
            Alias(kind="utm_content", alias="reel-8", creator="bo", campaign="summer"),
            Alias(kind="utm_content", alias="tiktok:@ana", creator="cy"),
            Alias(kind="utm_content", alias="nobody", campaign="spring"),
            Alias(kind="utm_campaign", alias="spring_26", campaign="spring"),
            Alias(kind="utm_campaign", alias="cys_week", creator="cy"),
        ),
    )
)


ON_TIKTOK = Owner("ana", platform="tiktok", evergreen=True)
LOOSE = {name: Owner(name, evergreen=True) for name in ("bo", "cy")}


@pytest.mark.parametrize(
    ("utm", "at", "owner", "reference"),
    [
        # TikTok Shop names the creator itself; profiles know who that is, while it is theirs.
        (("tiktok_shop", "tiktok:@ana", None), 0, ON_TIKTOK, "tiktok:@ana"),
        (("TikTok_Shop", "tiktok:@Ana", "spring_26"), 0, Owner("ana", "spring", "tiktok"), None),
        (("tiktok_shop", "tiktok:@ana", None), 9, LOOSE["cy"], "tiktok:@ana"),
        (("newsletter", "tiktok:@ana", None), 0, LOOSE["cy"], "tiktok:@ana"),
        (("tiktok_shop", "tiktok:@unknown", None), 0, None, None),
        # Aliases: of the content first, then of the campaign; the campaign's alias fills the gap.
        ((None, "reel-7", None), 0, LOOSE["bo"], "reel-7"),
        ((None, "reel-7", "Spring_26"), 0, Owner("bo", "spring"), "reel-7"),
        ((None, "reel-8", "spring_26"), 0, Owner("bo", "summer"), "reel-8"),
        ((None, "nobody", "cys_week"), 0, LOOSE["cy"], "cys_week"),
        ((None, "nobody", "spring_26"), 0, None, None),
        ((None, None, None), 0, None, None),
    ],
)
def test_whom_a_tag_names(utm, at, owner, reference):
    expected = None if owner is None else (owner, reference or utm[1])
    assert TAG_OWNERSHIP.of_tag(*utm, day(at)) == expected
