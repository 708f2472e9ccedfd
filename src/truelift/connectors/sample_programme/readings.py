"""What the platforms counted: readings of every post at several ages, and mentions.

In:   the posts with their mature log engagement.
Out:  observations (cumulative counters that only grow, missing where a platform has none) and
      mentions of the campaigns' hashtags.

The share of its mature count that a post has at age a is 1 - exp(-(a / t)^0.67) with t log-normal
per post: with a median t of 25 h this meets the measured YouTube pairs (6 h: a third, 3 days: 85 %,
14 days: 99 %) and their spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.content import Posts, post_format
from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import Cast
from truelift.connectors.sample_programme.table import (
    Table,
    count_text,
    table_of,
    table_of_records,
    time_text,
)
from truelift.connectors.sample_programme.timeline import (
    FLIGHTS,
    LAST_DELIVERY,
    Indexes,
    Instants,
    Numbers,
    flight_start,
    seconds,
    stream,
)

_ORGANIC_AGES = (6, 12, 24, 48, 72, 168, 336, 720)  # hours
_SPONSORED_AGES = (1, 6, 12, 24, 48, 72, 120, 168, 240, 336, 504, 720)
_LIVE_SINCE = np.datetime64("2026-01-01T00:00:00", "s")  # older posts were read once, mature
_EXPORTED = np.datetime64("2026-02-02T15:00:00", "s")
_HALF_WAY = {"instagram": 18.0, "tiktok": 36.0, "youtube": 25.0}  # median t, hours
_SHAPE = 0.67
_ESTIMATED_REACH = "edda"

HASHTAGS = {"glow": "glowday", "signup-spring": "springlist", "summer": "summerbox"}


@dataclass(frozen=True, slots=True)
class _Mix:
    """How a platform's engagement splits, and what else it counts; negative: not counted."""

    likes: float
    comments: float
    shares: float
    saves: float
    views_per_engagement: float
    reach_per_view: float
    impressions_per_view: float
    watch_per_view: float


_MIXES = {
    "instagram": _Mix(0.90, 0.03, 0.03, 0.04, 16, 0.80, 1.20, -1),
    "tiktok": _Mix(0.88, 0.02, 0.06, 0.04, 14, -1, -1, 9),
    "youtube": _Mix(0.93, 0.07, -1, -1, 22, -1, 7.0, 55),
}


@dataclass(frozen=True, slots=True)
class _Readings:
    post: Indexes
    observed: Instants
    share: Numbers


def observations_table(seed: int, people: Cast, content: Posts) -> Table:
    """Read every post at its ages, as an export or a connector would."""
    random = stream(seed, "readings")
    read = _readings(random, people, content)
    creators = content.creator[read.post].tolist()
    platforms = [people.platforms[place] for place in creators]
    estimated = [
        "reach" if people.names[place] == _ESTIMATED_REACH and platform == "instagram" else ""
        for place, platform in zip(creators, platforms, strict=True)
    ]
    counters = _counters(random, people, content, read)
    return table_of(
        "observations",
        {
            "platform": platforms,
            "post_id": [content.post_id[place] for place in read.post.tolist()],
            "observed_at": time_text(read.observed),
            **{name: count_text(values) for name, values in counters.items()},
            "estimated": estimated,
        },
        read.observed,
    )


def _readings(random: np.random.Generator, people: Cast, content: Posts) -> _Readings:
    sponsored = content.effect >= 0
    live = content.published >= _LIVE_SINCE
    post = [np.flatnonzero(~live & ~sponsored)]
    observed: list[Instants] = [np.full(len(post[0]), _EXPORTED)]
    for ages, chosen in ((_ORGANIC_AGES, live & ~sponsored), (_SPONSORED_AGES, sponsored)):
        for age in ages:
            places = np.flatnonzero(chosen)
            hours = age * random.uniform(1.0, 1.04, len(places))
            post.append(places)
            observed.append(content.published[places] + seconds(hours * 3600))
    places, instants = np.concatenate(post), np.concatenate(observed)
    gone = content.deleted[places]
    kept = (instants < LAST_DELIVERY) & (np.isnat(gone) | (instants < gone))
    places, instants = places[kept], instants[kept]
    half_way = np.array([_HALF_WAY[name] for name in people.platforms])[content.creator]
    half_way = half_way * np.exp(random.normal(0, 0.8, len(half_way)))
    age_hours = (instants - content.published[places]) / np.timedelta64(3600, "s")
    share = 1 - np.exp(-((age_hours / half_way[places]) ** _SHAPE))
    order = np.lexsort((places, instants))
    return _Readings(places[order], instants[order], share[order])


def _counters(
    random: np.random.Generator, people: Cast, content: Posts, read: _Readings
) -> dict[str, Indexes]:
    """Give the counters at each reading; one that the platform or format lacks is -1."""
    count = len(content.creator)
    mixes = [_MIXES[people.platforms[place]] for place in content.creator.tolist()]
    mature = np.exp(content.log_engagement)
    views = mature * np.exp(random.normal(0, 0.2, count))
    views *= np.array([mix.views_per_engagement for mix in mixes])
    photo = np.array([post_format(people, content, place) == "photo" for place in range(count)])

    def reading(base: Numbers, factors: list[float], noise: float) -> Indexes:
        factor = np.array(factors)
        wobble = np.exp(random.normal(0, noise, count))
        values = (base * factor * wobble)[read.post] * read.share
        return np.where(factor[read.post] < 0, -1, values).astype(np.int64)

    seen = reading(views, [1.0] * count, 0.0)
    return {
        "views": np.where(photo[read.post], -1, seen),
        "reach": reading(views, [mix.reach_per_view for mix in mixes], 0.05),
        "impressions": reading(views, [mix.impressions_per_view for mix in mixes], 0.05),
        "likes": reading(mature, [mix.likes for mix in mixes], 0.0),
        "comments": reading(mature, [mix.comments for mix in mixes], 0.3),
        "shares": reading(mature, [mix.shares for mix in mixes], 0.3),
        "saves": reading(mature, [mix.saves for mix in mixes], 0.3),
        "watch_seconds": reading(views, [mix.watch_per_view for mix in mixes], 0.1),
    }


def mentions_table(seed: int, people: Cast, drawn: tuple[Effect, ...], content: Posts) -> Table:
    """Give posts that carry a campaign's hashtag: the sponsored ones, and those of fans."""
    random = stream(seed, "mentions")
    header = "platform post_id tag published_at handle reach"
    places = np.flatnonzero(content.effect >= 0)
    published = content.published[places]
    records = []
    for place, text in zip(places.tolist(), time_text(published), strict=True):
        name = people.names[int(content.creator[place])]
        tag = HASHTAGS[drawn[int(content.effect[place])].campaign]
        platform = people.platforms[int(content.creator[place])]
        records.append((platform, content.post_id[place], tag, text, people.handle(name), ""))
    known = [published]
    for campaign, flight in FLIGHTS.items():
        days = (flight.ends - flight.starts).days
        times = np.sort(random.random(90)) * days * 86_400
        instants = flight_start(campaign) + seconds(times)
        reach = random.integers(40, 4_000, 90).tolist()
        known.append(instants)
        records += [
            (
                "tiktok",
                f"fan-{campaign}-{number}",
                HASHTAGS[campaign],
                text,
                f"fan{number}",
                str(seen),
            )
            for number, (text, seen) in enumerate(zip(time_text(instants), reach, strict=True))
        ]
    return table_of_records("mentions", header, records, np.concatenate(known))
