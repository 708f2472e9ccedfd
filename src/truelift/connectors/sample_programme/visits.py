"""Clicks: those that led to an order or lead, earlier touches of the same visitors, and the rest.

In:   the arrivals of orders and leads.
Out:  for each arrival its click id and visitor (empty when it came by code alone), and the clicks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.demand import (
    LINKS,
    ON_CAMPAIGN,
    ON_CAMPAIGN_TOUCHES,
    Arrivals,
    clumped,
    effect_of_day,
    weekday_factor,
)
from truelift.connectors.sample_programme.effects import Effect, daily_factor
from truelift.connectors.sample_programme.people import HIDDEN_BASELINE, Cast
from truelift.connectors.sample_programme.table import Table, ids, table_of, time_text
from truelift.connectors.sample_programme.timeline import (
    SHOP_DAYS,
    Flags,
    Indexes,
    Instants,
    at_day_times,
    flight_start,
    seconds,
    stream,
)
from truelift.connectors.sample_programme.tracking import (
    campaign_slug,
    evergreen_slug,
    list_slug,
)

_HUMANS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/133.0.0.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/132.0.0.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/133.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.3 Safari/605.1.15"
    ),
)
_MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "TelegramBot (like TwitterBot)",
    "python-requests/2.32.3",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
_AGENTS = _HUMANS + _MACHINES
_COUNTRIES = ("US", "US", "US", "US", "US", "CA", "GB", "DE")
_IDLE_PER_RATE = 8.0  # clicks a day that lead nowhere, per tracked order a day
_MACHINE_SHARE, _CONSENTED = 0.1, 0.7
_OWN_LINK_TOO, _OTHER_LINK = 0.15, 0.02  # shares of code orders that also followed a link
_SEEN_BEFORE = 0.25  # share of clicks before which the visitor followed another creator


@dataclass(frozen=True, slots=True)
class Visits:
    """Clicks before they are numbered; arrays have one value per click."""

    at: Instants
    slug: list[str]
    visitor: list[str]
    agent: Indexes
    consent: Flags

    def joined(self, other: Visits) -> Visits:
        """Give the clicks of both."""
        return Visits(
            np.concatenate([self.at, other.at]),
            self.slug + other.slug,
            self.visitor + other.visitor,
            np.concatenate([self.agent, other.agent]),
            np.concatenate([self.consent, other.consent]),
        )


@dataclass(frozen=True, slots=True)
class Touched:
    """Arrivals and how they are tied to clicks; one value per arrival, empty text for none."""

    arrivals: Arrivals
    click: Indexes
    """Position of the click that led to the arrival; -1 for none."""
    visitor: list[str]
    clicks: Visits


def touches(
    seed: int, people: Cast, drawn: tuple[Effect, ...], arrivals: Arrivals, prefix: str
) -> Touched:
    """Give the clicks behind arrivals: the last touch, and for a quarter an earlier one elsewhere.

    Some orders with a code also followed the owner's link, and a few another creator's: those are
    the conflicts that the default rule decides for the code.
    """
    random = stream(seed, f"touches {prefix}")
    count = len(arrivals.creator)
    by_link = np.isin(arrivals.touch, LINKS)
    draw = random.random(count)
    own = by_link | ((draw < _OWN_LINK_TOO) & ~arrivals.leaked)
    foreign = ~own & (draw < _OWN_LINK_TOO + _OTHER_LINK) & ~arrivals.leaked
    clicked = np.flatnonzero(own | foreign)
    lag = random.exponential(10 * 3600, len(clicked)).clip(40, 12 * 86_400)
    starts = np.array([*(flight_start(item.campaign) for item in drawn), np.datetime64(0, "s")])
    at = arrivals.at[clicked] - seconds(lag)
    own_campaign = np.isin(arrivals.touch[clicked], ON_CAMPAIGN_TOUCHES)
    on_campaign = own_campaign & ~foreign[clicked]
    # A campaign's link does not exist before its flight.
    launch = starts[arrivals.effect[clicked]]
    at = np.where(on_campaign, np.maximum(at, launch), at)
    other = _other_creators(random, people, arrivals.creator[clicked])
    owner = np.where(foreign[clicked], other, arrivals.creator[clicked])
    slugs = _slugs(people, drawn, prefix)
    slug = [
        slugs[effect if campaign else -1][place]
        for effect, campaign, place in zip(
            arrivals.effect[clicked].tolist(), on_campaign.tolist(), owner.tolist(), strict=True
        )
    ]
    numbers = [f"{prefix}-{number}" for number in range(count)]
    visitors = [numbers[place] for place in clicked.tolist()]
    consent = np.ones(len(clicked), bool)
    clicks = Visits(at, slug, visitors, _people_agents(random, len(clicked)), consent)
    click = np.full(count, -1)
    click[clicked] = np.arange(len(clicked))
    known = [
        number if place >= 0 else "" for number, place in zip(numbers, click.tolist(), strict=True)
    ]
    earlier = _earlier(random, clicks, other, slugs[-1])
    return Touched(arrivals, click, known, clicks.joined(earlier))


def _slugs(people: Cast, drawn: tuple[Effect, ...], prefix: str) -> dict[int, dict[int, str]]:
    """Give the slug by effect (-1: the standing link) and creator."""
    standing = {place: evergreen_slug(name) for place, name in enumerate(people.names)}
    if prefix == "lead":
        for item in drawn:
            if item.campaign == "signup-spring":
                standing[people.index(item.creator)] = list_slug(item.creator)
    slugs = {-1: standing}
    for position, item in enumerate(drawn):
        slugs[position] = {people.index(item.creator): campaign_slug(item.creator, item.campaign)}
    return slugs


def _other_creators(random: np.random.Generator, people: Cast, creators: Indexes) -> Indexes:
    linked = np.flatnonzero(~np.isin(people.names, HIDDEN_BASELINE))
    chosen = linked[random.integers(0, len(linked), len(creators))]
    shifted = linked[(np.searchsorted(linked, chosen) + 1) % len(linked)]
    return np.where(chosen == creators, shifted, chosen)


def _earlier(
    random: np.random.Generator,
    clicks: Visits,
    other: Indexes,
    standing: dict[int, str],
) -> Visits:
    chosen = np.flatnonzero(random.random(len(clicks.slug)) < _SEEN_BEFORE)
    before = seconds(random.uniform(1, 18, len(chosen)) * 86_400)
    return Visits(
        clicks.at[chosen] - before,
        [standing[place] for place in other[chosen].tolist()],
        [clicks.visitor[place] for place in chosen.tolist()],
        _people_agents(random, len(chosen)),
        np.ones(len(chosen), bool),
    )


def _people_agents(random: np.random.Generator, count: int) -> Indexes:
    return random.integers(0, len(_HUMANS), count)


def idle_clicks(seed: int, people: Cast, drawn: tuple[Effect, ...]) -> Visits:
    """Give the clicks that lead nowhere: most people, and all machines."""
    random = stream(seed, "idle clicks")
    flying = effect_of_day(people, drawn)
    factor = daily_factor(people, drawn, lambda item: 0.5 * (item.engagement + item.orders))
    hides = np.isin(people.names, HIDDEN_BASELINE)
    hidden = hides[:, None] & (flying < 0)
    parts = []
    for prefix, rate in (("order", people.order_rate), ("lead", people.lead_rate)):
        mean = rate[:, None] * factor * weekday_factor() * _IDLE_PER_RATE
        counts = clumped(random, np.where(hidden, 0.0, mean))
        creators, days = (
            np.repeat(grid.ravel(), counts.ravel()) for grid in np.indices(counts.shape)
        )
        count = len(days)
        effect = flying[creators, days]
        campaign = (effect >= 0) & ((random.random(count) < ON_CAMPAIGN) | hides[creators])
        slugs = _slugs(people, drawn, prefix)
        machine = random.random(count) < _MACHINE_SHARE
        agent = np.where(
            machine,
            len(_HUMANS) + random.integers(0, len(_MACHINES), count),
            _people_agents(random, count),
        )
        visitor = random.integers(0, count, count).tolist()
        parts.append(
            Visits(
                at_day_times(SHOP_DAYS[days], random.random(count)),
                [
                    slugs[position][place]
                    for position, place in zip(
                        np.where(campaign, effect, -1).tolist(), creators.tolist(), strict=True
                    )
                ],
                [
                    "" if bot else f"idle-{prefix}-{number}"
                    for number, bot in zip(visitor, machine.tolist(), strict=True)
                ],
                agent,
                (random.random(count) < _CONSENTED) & ~machine,
            )
        )
    return parts[0].joined(parts[1])


def clicks_table(seed: int, visits: Visits) -> tuple[Table, list[str]]:
    """Give the clicks by time, and the id of each click in the order it was handed in."""
    random = stream(seed, "clicks")
    order = np.argsort(visits.at, kind="stable")
    numbered = ids("click-", len(order))
    id_of = [""] * len(order)
    for place, text in zip(order.tolist(), numbered, strict=True):
        id_of[place] = text
    places = order.tolist()
    at = visits.at[order]
    agents = visits.agent[order].tolist()
    table = table_of(
        "clicks",
        {
            "click_id": numbered,
            "clicked_at": time_text(at),
            "slug": [visits.slug[place] for place in places],
            "visitor": [visits.visitor[place] for place in places],
            "user_agent": [_AGENTS[agent] for agent in agents],
            "country": [
                _COUNTRIES[place] for place in random.integers(0, len(_COUNTRIES), len(at)).tolist()
            ],
            "consent": ["true" if given else "false" for given in visits.consent[order].tolist()],
        },
        at,
    )
    return table, id_of
