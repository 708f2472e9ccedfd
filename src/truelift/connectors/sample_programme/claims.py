"""What others claim: sessions as web analytics counts them, and what the platforms report.

In:   tracked arrivals and sales.
Out:  sessions and reported tables. Platforms claim more than there was, by about half.
"""

from __future__ import annotations

import numpy as np

from truelift.connectors.sample_programme.demand import LINKS, Arrivals
from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import Cast
from truelift.connectors.sample_programme.table import Table, cents_text, table_of
from truelift.connectors.sample_programme.timeline import (
    CURRENCY,
    FLIGHTS,
    SHOP_DAYS,
    Indexes,
    Instants,
    flight_days,
    later,
    stream,
)

_OVERCLAIM, _VIEW_THROUGH = 1.4, 0.5
_CLAIMED_VALUE = 7_800
_MORNING_AFTER = np.array(33 * 3600.0)  # a day's figures are there at nine the next morning
_CHANNELS = (
    ("(direct)", "(none)", "(not set)", 900.0, 0.019),
    ("search", "organic", "(not set)", 1_400.0, 0.022),
    ("newsletter", "email", "weekly", 300.0, 0.035),
    ("referral", "referral", "(not set)", 120.0, 0.012),
)


def sessions_table(seed: int, arrivals: Arrivals, drawn: tuple[Effect, ...]) -> Table:
    """Give daily sessions per channel; creators' campaigns appear under their utm names."""
    random = stream(seed, "sessions")
    days = len(SHOP_DAYS)
    channels: list[tuple[str, str, str, Indexes, Indexes]] = []
    for source, medium, campaign, mean, rate in _CHANNELS:
        seen = random.poisson(mean * random.gamma(40, 1 / 40, days))
        channels.append((source, medium, campaign, seen, random.binomial(seen, rate)))
    by_link = np.isin(arrivals.touch, LINKS)
    day = ((arrivals.at - SHOP_DAYS[0]) // np.timedelta64(1, "D")).astype(np.int64)
    for campaign in FLIGHTS:
        ours = [place for place, item in enumerate(drawn) if item.campaign == campaign]
        chosen = by_link & np.isin(arrivals.effect, ours)
        orders = np.bincount(day[chosen], minlength=days)[:days]
        seen = orders + random.poisson(np.where(flight_days(campaign), 60.0, 0.0))
        channels.append(("creators", "creator", campaign, seen, orders))
    columns: dict[str, list[str]] = {
        name: []
        for name in (
            *("date", "source", "medium", "campaign", "sessions", "engaged_sessions"),
            *("key_events", "revenue", "currency"),
        )
    }
    known: list[Instants] = []
    for source, medium, campaign, seen, orders in channels:
        there = np.flatnonzero(seen)
        count = len(there)
        columns["date"] += np.datetime_as_string(SHOP_DAYS[there]).tolist()
        columns["source"] += [source] * count
        columns["medium"] += [medium] * count
        columns["campaign"] += [campaign] * count
        columns["sessions"] += [str(number) for number in seen[there].tolist()]
        engaged = random.binomial(seen[there], 0.61)
        columns["engaged_sessions"] += [str(number) for number in engaged.tolist()]
        columns["key_events"] += [str(number) for number in orders[there].tolist()]
        columns["revenue"] += cents_text(orders[there] * _CLAIMED_VALUE)
        columns["currency"] += [CURRENCY] * count
        known.append(later(SHOP_DAYS[there], _MORNING_AFTER))
    return table_of("sessions", columns, np.concatenate(known))


def reported_table(seed: int, people: Cast, drawn: tuple[Effect, ...], arrivals: Arrivals) -> Table:
    """Give what each platform claims a day for each creator of the sales campaign."""
    random = stream(seed, "reported")
    flown = np.flatnonzero(flight_days("summer"))
    day = ((arrivals.at - SHOP_DAYS[0]) // np.timedelta64(1, "D")).astype(np.int64)
    columns: dict[str, list[str]] = {
        name: []
        for name in (
            *("source", "campaign", "creator", "date", "revenue", "conversions", "clicks"),
            "currency",
        )
    }
    for position, item in enumerate(drawn):
        if item.campaign != "summer":
            continue
        orders = np.bincount(day[arrivals.effect == position], minlength=len(SHOP_DAYS))[flown]
        claimed = random.poisson(orders * _OVERCLAIM + _VIEW_THROUGH)
        count = len(flown)
        columns["source"] += [people.platforms[people.index(item.creator)]] * count
        columns["campaign"] += [item.campaign] * count
        columns["creator"] += [item.creator] * count
        columns["date"] += np.datetime_as_string(SHOP_DAYS[flown]).tolist()
        columns["revenue"] += cents_text(claimed * _CLAIMED_VALUE)
        columns["conversions"] += [str(number) for number in claimed.tolist()]
        columns["clicks"] += [str(number) for number in random.poisson(claimed * 22 + 4).tolist()]
        columns["currency"] += [CURRENCY] * count
    known = later(np.array(columns["date"], "datetime64[D]"), _MORNING_AFTER)
    return table_of("reported", columns, known)
