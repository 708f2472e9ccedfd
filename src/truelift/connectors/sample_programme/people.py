"""Who: forty invented creators, their profiles and followers, and the parts some of them play.

In:   the seed.
Out:  a frozen Cast, which every other part of the sample reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.table import Table, table_of_records
from truelift.connectors.sample_programme.timeline import (
    FIRST_DELIVERY,
    LAST_DELIVERY,
    Indexes,
    Numbers,
    stream,
)

TREATED = {
    "glow": ("ana", "bo", "cleo", "dan", "edda", "finn", "gia", "hugo", "ines", "jon", "kira"),
    "signup-spring": ("leo", "mara", "nils", "olga", "pia", "quinn", "rosa", "sam", "tara"),
    "summer": (
        *("ugo", "vera", "will", "xenia", "yara", "zoe", "abel"),
        *("bea", "carl", "dora", "emil", "flor", "ana"),
    ),
}
CONTROLS = ("gus", "hanna", "ivo", "june", "kai", "lena", "milo", "nora")

TRAP = "vera"  # sells every day with or without us: high raw ROI, negative incremental ROI
LEAKED = "zoe"  # her evergreen code reaches a coupon site
LATE_SEALED = "hugo"  # his agreement reaches the books after his first sponsored post
DELETED_POST = "cleo"  # deletes the second sponsored post
NO_ORGANIC = "kira"  # no post before launch
HIDDEN_BASELINE = ("kira", "flor")  # no evergreen code or link: no order baseline
FEW_POSTS = {"jon": 5, "tara": 3, "emil": 8}  # organic posts before the launch of their campaign
OTHER_BRAND = ("ana", "mara", "will")  # another brand's sponsored post inside the baseline window
CANCELLED = "carl"
AFFILIATE = "bea"  # commission only
GIFTED = "gia"
ADVANCE = "ugo"
USAGE = "xenia"
AGENCY = "yara"

PLATFORMS = ("instagram", "tiktok", "youtube")
# Mean log followers and mean log engagement rate by followers, per platform.
_REACH = {"instagram": (11.0, -3.6), "tiktok": (11.4, -3.2), "youtube": (10.8, -3.5)}
_COUNTRIES = ("US", "US", "US", "DE", "GB", "US", "FR", "CA")
_CATEGORIES = ("beauty", "fitness", "food", "home", "travel")


@dataclass(frozen=True, slots=True)
class Cast:
    """The creators, in one fixed order; every array has one value per creator."""

    names: tuple[str, ...]
    platforms: tuple[str, ...]
    countries: tuple[str, ...]
    followers: Indexes
    engagement: Numbers
    """Typical log engagement of a mature organic post."""
    spread: Numbers
    """Standard deviation of log engagement between a creator's posts."""
    order_rate: Numbers
    """Tracked orders a day that come anyway, seen through evergreen codes and links."""
    lead_rate: Numbers
    """Leads a day that come anyway; above zero only in the leads campaign."""

    def index(self, name: str) -> int:
        """Give the position of a creator."""
        return self.names.index(name)

    def handle(self, name: str) -> str:
        """Give the creator's handle on the main platform."""
        return f"{name}.makes"


def cast(seed: int) -> Cast:
    """Draw the creators."""
    random = stream(seed, "people")
    names = tuple(dict.fromkeys([name for group in TREATED.values() for name in group])) + CONTROLS
    # Shuffled so that every campaign and the controls meet every platform.
    order = random.permutation(len(names))
    platforms = tuple(PLATFORMS[(0, 1, 0, 2, 1, 0, 1, 2)[place % 8]] for place in order)
    reach = np.array([_REACH[platform] for platform in platforms])
    log_followers = reach[:, 0] + random.normal(0, 0.8, len(names))
    rate = reach[:, 1] + random.normal(0, 0.3, len(names))
    return Cast(
        names=names,
        platforms=platforms,
        countries=tuple(_COUNTRIES[place % 8] for place in order),
        followers=np.exp(log_followers).astype(np.int64),
        engagement=log_followers + rate,
        spread=np.clip(np.exp(random.normal(np.log(0.72), 0.15, len(names))), 0.55, 0.95),
        order_rate=_order_rates(names, random),
        lead_rate=np.where(
            np.isin(names, TREATED["signup-spring"]), random.uniform(0.4, 2.0, len(names)), 0.0
        ),
    )


def _order_rates(names: tuple[str, ...], random: np.random.Generator) -> Numbers:
    sells = np.isin(names, TREATED["summer"])
    rates = np.where(
        sells, random.uniform(0.9, 3.0, len(names)), random.uniform(0.3, 1.0, len(names))
    )
    rates[names.index(TRAP)] = 6.5
    for name in HIDDEN_BASELINE:
        rates[names.index(name)] = 0.5
    return rates


def people_tables(seed: int, people: Cast) -> list[Table]:
    """Give creators, profiles, follower counts and the other names they go by."""
    creators = [
        (name, name.title(), _CATEGORIES[place % len(_CATEGORIES)], people.countries[place])
        for place, name in enumerate(people.names)
    ]
    profiles = [
        (platform, people.handle(name), name, f"profile-{place:03d}")
        for place, (name, platform) in enumerate(zip(people.names, people.platforms, strict=True))
    ]
    aliases = [
        ("utm_campaign", "summer_2026", "", "summer"),
        ("utm_campaign", "spring-signup", "", "signup-spring"),
        ("name", "Vera (main)", TRAP, ""),
        ("handle", "hugo_old", LATE_SEALED, ""),
    ]
    return [
        table_of_records("creators", "creator name category country", creators),
        table_of_records("profiles", "platform handle creator profile_id", profiles),
        table_of_records("aliases", "kind alias creator campaign", aliases),
        _followers(seed, people),
    ]


def _followers(seed: int, people: Cast) -> Table:
    random = stream(seed, "followers")
    days = np.arange(
        FIRST_DELIVERY - np.timedelta64(140, "D"), LAST_DELIVERY, np.timedelta64(14, "D")
    )
    growth = random.normal(0.004, 0.006, (len(people.names), len(days))).cumsum(axis=1)
    counts = (people.followers[:, None] * np.exp(growth)).astype(np.int64)
    records = [
        (people.platforms[place], people.handle(name), f"{day}Z", str(counts[place, step]))
        for step, day in enumerate(days)
        for place, name in enumerate(people.names)
    ]
    known = np.repeat(days, len(people.names))
    return table_of_records("followers", "platform handle observed_at followers", records, known)
