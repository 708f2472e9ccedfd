"""Watched: the plain values that the rules of alerts look at.

In:   what is known of campaigns, codes, posts, links, sources and documents.
Out:  one value per thing that may be wrong; no verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from truelift.base.estimate import Estimate
from truelift.base.time import Instant
from truelift.decisions.click_fraud import ClickVerdict
from truelift.decisions.leaked_code import LeakedCode


class Pace(NamedTuple):
    """How far a campaign (or creator) is of its plan: share of what was planned by now."""

    campaign: str
    creator: str | None
    metric: str
    low: float
    high: float
    sentence: str


class Return(NamedTuple):
    """An incremental ROI of a flight that has ended, its limits, and what it was meant to reach."""

    campaign: str
    creator: str
    roi: Estimate
    target: float
    stated: bool


class Expected(NamedTuple):
    """A return at completion as forecast while the flight runs: its 80 % band, what it is to reach.

    chance: that it comes to the target or above. basis: the words of the money that is counted.
    """

    campaign: str
    creator: str
    low: float
    middle: float
    high: float
    chance: float
    target: float
    stated: bool
    basis: str


class Spend(NamedTuple):
    """A campaign's budget and what it is bound by, in minor units of the brand's currency."""

    campaign: str
    budget: int
    bound: int
    currency: str
    over: bool = False


class EarlyCode(NamedTuple):
    """A campaign's code that was used before its creator's first post in the campaign."""

    campaign: str
    creator: str
    code: str
    orders: int
    first_used: Instant
    first_post: Instant | None


class Launch(NamedTuple):
    """A creator who is to start in a campaign, and whether a baseline is sealed."""

    campaign: str
    creator: str
    starts: dt.date
    launched_at: Instant | None
    sealed: bool


class LivePost(NamedTuple):
    """A sponsored post that is live. tags: the campaign's, of which none stands in the caption."""

    platform: str
    post_id: str
    creator: str
    campaign: str
    disclosed: bool | None
    missing_tags: tuple[str, ...]


class DeadLink(NamedTuple):
    """A link whose destination did not answer when it was checked last."""

    slug: str
    creator: str | None
    campaign: str | None
    said: str
    checked_at: Instant


class Silence(NamedTuple):
    """How long a source of a kind is silent, and was at most before; hours."""

    kind: str
    source: str
    hours: float
    longest: float
    arrivals: int


class Story(NamedTuple):
    """A story of a campaign that is not read to its end."""

    platform: str
    post_id: str
    creator: str
    campaign: str
    published_at: Instant
    read_at: Instant | None


class Due(NamedTuple):
    """A deliverable that is not live yet."""

    deliverable: str
    creator: str
    campaign: str | None
    due_on: dt.date


class Right(NamedTuple):
    """A right to use a creator's content, and its last day."""

    agreement: str
    creator: str
    campaign: str | None
    last: dt.date


class Owed(NamedTuple):
    """Work that is accrued and not invoiced."""

    creator: str
    campaign: str | None
    agreement: str | None
    amount: str
    since: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Everything the rules look at. at: the time; day: the brand's."""

    at: Instant
    day: dt.date
    paces: Sequence[Pace] = ()
    returns: Sequence[Return] = ()
    expected: Sequence[Expected] = ()
    spends: Sequence[Spend] = ()
    codes: Sequence[LeakedCode] = ()
    early: Sequence[EarlyCode] = ()
    clicks: Sequence[ClickVerdict] = ()
    launches: Sequence[Launch] = ()
    posts: Sequence[LivePost] = ()
    links: Sequence[DeadLink] = ()
    orders: Silence | None = None
    sources: Sequence[Silence] = ()
    stories: Sequence[Story] = ()
    dues: Sequence[Due] = ()
    rights: Sequence[Right] = ()
    owed: Sequence[Owed] = ()
