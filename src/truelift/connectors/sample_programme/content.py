"""What was published: organic and sponsored posts, and how much engagement each would reach.

In:   the cast and the true effects.
Out:  Posts (arrays, one value per post, by time) and the posts table.

Log engagement of a post = the creator's slowly drifting level + the platform's calendar + an
autocorrelated residual + the true lift when it is ours. Sizes: reference/science.md section 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import (
    AFFILIATE,
    CANCELLED,
    DELETED_POST,
    FEW_POSTS,
    NO_ORGANIC,
    OTHER_BRAND,
    PLATFORMS,
    Cast,
)
from truelift.connectors.sample_programme.table import Table, table_of, time_text
from truelift.connectors.sample_programme.timeline import (
    CONTENT_STARTS,
    LAST_DELIVERY,
    Flags,
    Indexes,
    Instants,
    Numbers,
    flight_start,
    later,
    stream,
)

DAY = 86_400
_DRIFT = 0.01  # variance of the level's step, in units of the creator's own variance
_MEMORY = 0.16  # lag-1 autocorrelation of the residual
_CALENDAR = 0.08  # standard deviation of a platform's common week
_OTHER_BRAND_LIFT = 1.3
_DELETED_NUMBER = 2
OTHER_BRAND_NAME = "another brand"


@dataclass(frozen=True, slots=True)
class Posts:
    """All posts by time; arrays have one value per post."""

    creator: Indexes
    published: Instants
    effect: Indexes
    """Position of the effect (creator x campaign) of a sponsored post; -1 when organic."""
    number: Indexes
    """1 for the first sponsored post of a creator in a campaign, 2 for the second; else 0."""
    other_brand: Flags
    log_engagement: Numbers
    deleted: Instants
    post_id: tuple[str, ...]


def posts(seed: int, people: Cast, drawn: tuple[Effect, ...]) -> Posts:
    """Publish everything: organic posts at each creator's pace, sponsored ones in the flights."""
    random = stream(seed, "content")
    organic = _organic(random, people, drawn)
    ours = _sponsored(random, people, drawn)
    creator, published, effect, number = (
        np.concatenate(pair) for pair in zip(organic, ours, strict=True)
    )
    order = np.lexsort((creator, published))
    creator, published, effect, number = (
        array[order] for array in (creator, published, effect, number)
    )
    other = _other_brand(people, creator, published, effect)
    lift = np.array([*(item.engagement for item in drawn), 0.0])[effect]
    level = _natural(random, people, creator, published)
    deleted = np.full(len(creator), np.datetime64("NaT", "s"))
    gone = (creator == people.index(DELETED_POST)) & (number == _DELETED_NUMBER)
    deleted[gone] = published[gone] + np.timedelta64(9, "D")
    return Posts(
        creator=creator,
        published=published,
        effect=effect,
        number=number,
        other_brand=other,
        log_engagement=level + lift + np.where(other, _OTHER_BRAND_LIFT, 0.0),
        deleted=deleted,
        post_id=tuple(
            f"{people.platforms[place][:2]}{count:06d}"
            for count, place in enumerate(creator.tolist(), start=1)
        ),
    )


_Parts = tuple[Indexes, Instants, Indexes, Indexes]


def _organic(random: np.random.Generator, people: Cast, drawn: tuple[Effect, ...]) -> _Parts:
    span = (LAST_DELIVERY - CONTENT_STARTS) / np.timedelta64(DAY, "s")
    owners: list[Indexes] = []
    days: list[Numbers] = []
    for place, name in enumerate(people.names):
        gap = random.uniform(2.2, 3.6)
        if name in FEW_POSTS or name == NO_ORGANIC:
            campaign = next(item.campaign for item in drawn if item.creator == name)
            launch = (flight_start(campaign) - CONTENT_STARTS) / np.timedelta64(DAY, "s")
            before = FEW_POSTS.get(name, 0)
            early = launch - 36 + (np.arange(before) + random.random(before)) * 34 / max(before, 1)
            late = np.arange(launch + 9, span, 6.0)
            times = np.concatenate([early, late + random.random(len(late))])
        else:
            times = (np.arange(int(span / gap)) + random.random(int(span / gap))) * gap
        owners.append(np.full(len(times), place))
        days.append(times)
    published = later(np.array(CONTENT_STARTS), np.concatenate(days) * DAY)
    none = np.full(len(published), -1)
    return np.concatenate(owners), published, none, none + 1


def _sponsored(random: np.random.Generator, people: Cast, drawn: tuple[Effect, ...]) -> _Parts:
    rows: list[tuple[int, float, int, int]] = []
    starts = {item.campaign: flight_start(item.campaign) for item in drawn}
    for position, item in enumerate(drawn):
        count = int(random.integers(1, 5))
        if item.creator in {DELETED_POST, AFFILIATE}:
            count = 2
        if item.creator == CANCELLED:
            count = 1
        gap = random.uniform(6, 9)
        for number in range(count):
            # The first goes live on the day of the launch: flight and effect start together.
            hours = number * gap * 24 + random.uniform(8, 15)
            rows.append((people.index(item.creator), hours, position, number + 1))
    owner, hours_after, effect, numbers = (np.array(column) for column in zip(*rows, strict=True))
    launch = np.array([starts[drawn[position].campaign] for position in effect.tolist()])
    published = later(launch, hours_after * 3600)
    return owner, published, effect, numbers


def _natural(
    random: np.random.Generator, people: Cast, creator: Indexes, published: Instants
) -> Numbers:
    """Draw what each post would reach as an organic one: level, calendar and residual."""
    weeks = ((published - CONTENT_STARTS) // np.timedelta64(7 * DAY, "s")).astype(np.int64)
    calendar = random.normal(0, _CALENDAR, (len(PLATFORMS), int(weeks.max()) + 1))
    platform = np.array([PLATFORMS.index(name) for name in people.platforms])
    log: Numbers = people.engagement[creator] + calendar[platform[creator], weeks]
    for place in range(len(people.names)):
        own = np.flatnonzero(creator == place)
        spread = people.spread[place]
        drift = random.normal(0, spread * _DRIFT**0.5, len(own)).cumsum()
        shocks = random.normal(0, spread * (1 - _MEMORY**2) ** 0.5, len(own)).tolist()
        residual = []
        previous = random.normal(0, spread)
        for shock in shocks:
            previous = _MEMORY * previous + shock
            residual.append(previous)
        log[own] += drift + residual
    return log


def _other_brand(people: Cast, creator: Indexes, published: Instants, effect: Indexes) -> Flags:
    marked = np.zeros(len(creator), bool)
    for name in OTHER_BRAND:
        own = (creator == people.index(name)) & (effect < 0)
        window = (
            own
            & (published > np.datetime64("2026-02-10"))
            & (published < np.datetime64("2026-03-06"))
        )
        marked[np.flatnonzero(window)[:1]] = True
    return marked


_FORMATS = {"instagram": ("reel", "photo"), "tiktok": ("video",), "youtube": ("video", "short")}


def post_format(people: Cast, content: Posts, place: int) -> str:
    """Give the format of a post: fixed by its platform and place, sponsored ones never a photo."""
    formats = _FORMATS[people.platforms[int(content.creator[place])]]
    return formats[0] if content.effect[place] >= 0 else formats[place % len(formats)]


def deliverable_id(effect: Effect, number: int) -> str:
    """Name the deliverable that a sponsored post fulfils."""
    return f"{effect.campaign}-{effect.creator}-{number}"


def posts_table(people: Cast, drawn: tuple[Effect, ...], content: Posts) -> Table:
    """Give the posts; a deletion is delivered as an update of the row."""
    creators = content.creator.tolist()
    sponsored = content.effect >= 0
    campaigns, deliverables = [], []
    for position, number in zip(content.effect.tolist(), content.number.tolist(), strict=True):
        effect = drawn[position] if position >= 0 else None
        campaigns.append(effect.campaign if effect else "")
        owed = effect is not None and effect.creator != AFFILIATE
        deliverables.append(deliverable_id(effect, number) if effect and owed else "")
    table = table_of(
        "posts",
        {
            "platform": [people.platforms[place] for place in creators],
            "post_id": content.post_id,
            "handle": [people.handle(people.names[place]) for place in creators],
            "published_at": time_text(content.published),
            "format": [post_format(people, content, place) for place in range(len(creators))],
            "campaign": campaigns,
            "deliverable": deliverables,
            "sponsored_by": [OTHER_BRAND_NAME if mark else "" for mark in content.other_brand],
            "disclosed": ["true" if mark else "" for mark in sponsored | content.other_brand],
            "deleted_at": [""] * len(creators),
        },
        content.published,
    )
    gone = np.flatnonzero(~np.isnat(content.deleted))
    texts = time_text(content.deleted[gone])
    updates = [
        table.changed(table.rows[place], deleted_at=text)
        for place, text in zip(gone.tolist(), texts, strict=True)
    ]
    return table.with_rows(updates, content.deleted[gone])
