"""The placebo study of whole campaigns: creators drawn by lot, on real dates, with nothing to sell.

In:   organic posts of many creators as sorted columns, reading paths, how many creators take part.
Out:  a study that `calibration` replays: weekly start dates x draws, with or without the creators
      who were not drawn as controls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from truelift.measurement.ageing import AgeingCurve
from truelift.measurement.baseline import VariancePrior
from truelift.measurement.placebo import BLOCK_HOURS, OLDEST_HOURS, Windows
from truelift.measurement.placebo_controls import (
    LEAST_BEFORE,
    Calendar,
    Estimates,
    Feed,
    Rows,
    calendar,
    estimates,
    without_calendar,
)
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.measurement.random_effects import LIFT_SPREAD, pooled, pooled_degrees
from truelift.measurement.reading_paths import DrawnPaths, ReadingPaths, drawn
from truelift.measurement.replay import Readings, Replay, readings_at, replay, window_baselines

WEEK_HOURS = 168.0
MOST_DATES = 60
LEAST_CREATORS = 3
LEAST_CONTROLS = 5
DATES_AT_ONCE = 4
"""Start dates of a part of a study."""


@dataclass(frozen=True, slots=True, eq=False)
class Campaigns:
    """Placebo campaigns over candidates: a candidate is one creator from one start date on.

    candidates: their windows. date: number of the start date of each candidate. campaign_date:
    that of each campaign. taking_part: shape (campaigns, creators in all); second: which half of
    the creators a campaign was drawn from, shape (campaigns,). candidate: index of each creator's
    candidate at each date, -1 where it has too few posts; shape (dates, creators). starts: of each
    date, hours.
    """

    candidates: Windows
    campaign_date: Integers
    taking_part: Booleans
    second: Booleans
    candidate: Integers
    starts: Floats

    def only(self, index: Integers) -> tuple[Campaigns, Integers]:
        """Keep some campaigns, with their dates and who takes part; and say which candidates."""
        dates, date = np.unique(self.campaign_date[index], return_inverse=True)
        date = np.asarray(date, dtype=np.int64).reshape(-1)
        part = self.taking_part[index]
        taken = np.zeros((len(dates), part.shape[1]), bool)
        np.logical_or.at(taken, date, part)
        kept = self.candidate[dates][taken]
        mask = np.zeros(len(self.candidates), bool)
        mask[kept] = True
        candidate = np.full(taken.shape, -1, np.int64)
        candidate[taken] = np.arange(len(kept))
        found = Campaigns(
            self.candidates.only(mask), date, part, self.second[index], candidate,
            self.starts[dates],
        )  # fmt: skip
        return found, kept


def draw_campaigns(
    feed: Feed,
    *,
    baseline_posts: int,
    campaign_posts: int,
    creators: int,
    most: int,
    seed: int,
) -> Campaigns:
    """Draw about `most` campaigns: per start date and half of the creators several sets of them.

    Start dates are weeks apart, MOST_DATES of them at most, evenly over the time of the posts.

    A creator can take part with `baseline_posts` posts before the date and `campaign_posts` within
    28 days. As many are drawn as asked for, but never more than leaves LEAST_CONTROLS others; a
    date with fewer than LEAST_CREATORS + LEAST_CONTROLS creators is left out. Creators are split
    in halves by their number of posts in turn, chance deciding within each pair.
    """
    random = np.random.default_rng([seed, 4])
    everybody = np.arange(feed.posts.creators)
    first, last = float(feed.hours.min()), float(feed.hours.max())
    weeks = max(int((last - first - 2 * BLOCK_HOURS - OLDEST_HOURS) / WEEK_HOURS), 0)
    chosen_weeks = np.unique(np.linspace(0, weeks, min(weeks + 1, MOST_DATES)).round())
    starts = first + BLOCK_HOURS + WEEK_HOURS * chosen_weeks
    draws = max(most // (2 * len(starts)), 1)
    before = feed.before(everybody[None, :], starts[:, None])
    after = feed.before(everybody[None, :], starts[:, None] + BLOCK_HOURS) - before
    able = (before >= baseline_posts) & (after >= campaign_posts)
    date, creator = np.nonzero(able)
    begin = feed.posts.start[creator] + before[date, creator]
    index = begin[:, None] + np.arange(-baseline_posts, campaign_posts)
    candidate = np.full(able.shape, -1, np.int64)
    candidate[date, creator] = np.arange(len(date))
    second: Booleans = _split(feed.posts.count, random)
    dates, parts, sides = [], [], []
    for side in (False, True):
        pool: Booleans = np.logical_and(able, second == side)
        left = able.sum(axis=1) - LEAST_CONTROLS
        sizes = np.minimum(np.minimum(creators, pool.sum(axis=1)), left)
        for number in np.flatnonzero(sizes >= LEAST_CREATORS).tolist():
            size = int(sizes[number])
            order = np.argsort(random.random((draws, len(everybody))) - pool[number], axis=1)
            chosen = np.zeros((draws, len(everybody)), bool)
            np.put_along_axis(chosen, order[:, :size], values=True, axis=1)
            dates.append(np.full(draws, number))
            parts.append(chosen)
            sides.append(np.full(draws, side))
    empty = np.zeros((0, len(everybody)), bool)
    return Campaigns(
        Windows(creator, index[:, :baseline_posts], index[:, baseline_posts:], starts[date]),
        np.concatenate([np.zeros(0, np.int64), *dates]),
        np.concatenate([empty, *parts]),
        np.concatenate([np.zeros(0, bool), *sides]),
        candidate,
        starts,
    )


@dataclass
class CampaignStudy:
    """Campaigns that never were."""

    campaigns: Campaigns
    feed: Feed
    paths: ReadingPaths
    curve: AgeingCurve
    looks: int
    controls: bool
    _drawn: dict[tuple[float, ...], DrawnPaths] = field(default_factory=dict)
    _readings: dict[float, Readings] = field(default_factory=dict)

    @property
    def half(self) -> Booleans:
        """Say which half of the creators each campaign was drawn from."""
        return self.campaigns.second

    @property
    def clusterings(self) -> list[Integers]:
        """Number the four weeks and the start date of each campaign: they share a calendar."""
        return [self._period[self.campaigns.campaign_date], self.campaigns.campaign_date]

    @property
    def independent(self) -> int:
        """Count the campaigns that share neither a creator nor four weeks: blocks per campaign."""
        campaign, creator = np.nonzero(self.campaigns.taking_part)
        period = self._period[self.campaigns.campaign_date[campaign]]
        blocks = len(np.unique(np.stack([period, creator], axis=1), axis=0))
        return int(blocks // max(len(campaign) / max(len(self.half), 1), 1.0))

    @property
    def _period(self) -> Integers:
        return np.asarray(np.floor(self.campaigns.starts / BLOCK_HOURS), dtype=np.int64)

    def drift(self, part: Booleans) -> float:
        """Fit the drift to the baselines of a part's candidates."""
        found = window_baselines(self._candidates(part), self.feed.z, q=None, prior=None)
        return float(found.q[0])

    def prior(self, part: Booleans, q: float) -> VariancePrior:
        """Fit the variance prior to the baselines of a part's candidates."""
        return window_baselines(self._candidates(part), self.feed.z, q=q, prior=None).prior

    def played(
        self, part: Booleans, *, q: float, prior: VariancePrior, factor: float = 1.0
    ) -> Replay:
        """Replay a part's campaigns: the creators' random-effects mean, less the controls'."""
        chosen = self.campaigns.taking_part[part]
        date = self.campaigns.campaign_date[part]
        replayed = self._replayed(q, prior, factor)
        found = _together(replayed, self.campaigns.candidate[date], chosen)
        if not self.controls:
            return found
        return without_calendar(found, self._beside(date, chosen, q, prior))

    def pieces(self) -> list[Integers]:
        """Part the campaigns: indices, ascending, each piece some dates of one half."""
        dates = self.campaigns.campaign_date // DATES_AT_ONCE
        groups = np.stack([self.half, dates], axis=1)
        number = np.unique(groups, axis=0, return_inverse=True)[1].reshape(-1)
        return [np.flatnonzero(number == each) for each in range(int(number.max()) + 1)]

    def only(self, index: Integers, factors: Sequence[float]) -> CampaignStudy:
        """Give some campaigns as a study of its own: with everybody's posts about their dates."""
        key = tuple(factors)
        if key not in self._drawn:
            everything = self.campaigns.candidates.campaign
            self._drawn = {key: drawn(self.paths, everything, self._ages, key)}
        campaigns, kept = self.campaigns.only(index)
        posts = max(campaigns.candidates.baseline.shape[1], LEAST_BEFORE)
        everybody = np.arange(self.feed.posts.creators)
        first, last = float(campaigns.starts.min()), float(campaigns.starts.max())
        oldest = self.feed.before(everybody, np.full(len(everybody), first)) - posts
        end = np.full(len(everybody), last + BLOCK_HOURS + OLDEST_HOURS)
        newest = self.feed.before(everybody, end)
        own, position = self.feed.posts.group, self.feed.posts.positions
        mask = (position >= oldest[own]) & (position < newest[own])
        mask[campaigns.candidates.campaign] = True
        feed, place = self.feed.only(mask)
        windows = campaigns.candidates.moved(place)
        return CampaignStudy(
            replace(campaigns, candidates=windows),
            feed,
            self._drawn[key].only(kept, key),
            self.curve,
            self.looks,
            self.controls,
        )

    def creators(self, part: Booleans, *, q: float, prior: VariancePrior) -> tuple[Replay, Floats]:
        """Replay the creators of a part's campaigns each by itself, less the controls' mean.

        Shape (campaigns x looks, creators in all), nan where a creator takes no part. Beside it the
        controls' noise, which all creators of a campaign share: variance, shape (campaigns x looks,
        1), 0 without controls.
        """
        chosen = self.campaigns.taking_part[part]
        date = self.campaigns.campaign_date[part]
        found = _apart(self._replayed(q, prior, 1.0), self.campaigns.candidate[date], chosen)
        if not self.controls:
            return found, np.zeros((len(found.delta), 1))
        beside = self._beside(date, chosen, q, prior)
        mean, noise = (np.nan_to_num(v).reshape(-1, 1) for v in (beside.mean, beside.variance))
        return replace(found, delta=found.delta - mean), noise

    def _replayed(self, q: float, prior: VariancePrior, factor: float) -> Replay:
        """Replay every candidate."""
        baselines = window_baselines(self.campaigns.candidates, self.feed.z, q=q, prior=prior)
        return replay(baselines, self._seen(factor))

    def _candidates(self, part: Booleans) -> Windows:
        """Keep the candidates of creators whom the campaigns of a part were drawn from."""
        chosen = np.bitwise_or.reduce(self.campaigns.taking_part[part], axis=0)
        return self.campaigns.candidates.only(chosen[self.campaigns.candidates.creator])

    @property
    def _offsets(self) -> Floats:
        """Give the looks, hours after the start: evenly until the last posts have aged."""
        end = BLOCK_HOURS + OLDEST_HOURS
        return np.asarray(end * np.arange(1, self.looks + 1) / self.looks)

    @property
    def _ages(self) -> Floats:
        """Give the age of each candidate's campaign posts at each look; nan: not there yet."""
        candidates = self.campaigns.candidates
        moments = candidates.starts[:, None] + self._offsets
        age = moments[:, :, None] - self.feed.hours[candidates.campaign][:, None, :]
        return np.where(age > 0, age, np.nan)

    def _seen(self, factor: float) -> Readings:
        if factor not in self._readings:
            campaign = self.campaigns.candidates.campaign
            count, read_age = self.paths.at(campaign, self._ages, factor)
            self._readings[factor] = readings_at(count, read_age, self.curve)
        return self._readings[factor]

    def _beside(self, date: Integers, chosen: Booleans, q: float, prior: VariancePrior) -> Calendar:
        """Measure everybody once per date; a campaign's controls are those it did not draw."""
        dates, place = np.unique(date, return_inverse=True)
        everybody = np.arange(self.feed.posts.creators)
        starts = np.repeat(self.campaigns.starts[dates], len(everybody))
        rows = Rows(np.tile(everybody, len(dates)), starts, starts[:, None] + self._offsets)
        posts = self.campaigns.candidates.baseline.shape[1]
        found = estimates(self.feed, rows, baseline_posts=posts, q=q, prior=prior)
        row = (place.reshape(-1)[:, None] * len(everybody) + everybody).ravel()
        each = Estimates(found.delta[row], found.variance[row], found.least[row])
        return calendar(each, ~chosen)


def _apart(creators: Replay, index: Integers, chosen: Booleans) -> Replay:
    """Lay each campaign's creators side by side, shape (campaigns x looks, creators in all)."""
    here = np.where(chosen, index, 0)

    def column(values: Floats) -> Floats:
        wide = np.where(chosen[:, :, None], values[here], np.nan)
        return np.asarray(wide.transpose(0, 2, 1).reshape(-1, chosen.shape[1]))

    names = ("delta", "variance", "variance_first", "variance_least", "nu")
    return Replay(*(column(getattr(creators, name)) for name in names))


def _together(creators: Replay, index: Integers, chosen: Booleans) -> Replay:
    """Pool the creators drawn for each campaign at every look, as `campaign.campaign_lift` does."""
    campaigns, looks = len(chosen), creators.delta.shape[1]
    each = _apart(creators, index, chosen)
    seen = np.isfinite(each.delta)
    found = pooled(each.delta, each.variance, LIFT_SPREAD)
    own = np.where(seen, each.variance, 0.0)
    nu = pooled_degrees(found, own, np.where(seen, each.nu, np.inf), LIFT_SPREAD)
    between = found.between[:, None]
    first = np.where(seen, each.variance_first + between, -np.inf).max(axis=1)
    information = np.where(seen, 1 / (each.variance_least + between), 0.0)
    least = 1 / information.sum(axis=1, initial=1e-300)
    known = seen.any(axis=1)
    columns = (found.mean, found.cautious, first, np.fmin(least, found.cautious), nu)
    return Replay(*(np.where(known, c, np.nan).reshape(campaigns, looks) for c in columns))


def _split(count: Integers, random: np.random.Generator) -> Booleans:
    """Split creators in two halves of about as many posts; True for the second half."""
    order = np.argsort(-count, kind="stable")
    flip = np.repeat(random.random((len(count) + 1) // 2) < 1 / 2, 2)[: len(count)]
    second = np.empty(len(count), bool)
    second[order] = (np.arange(len(count)) % 2 == 1) != flip
    return second
