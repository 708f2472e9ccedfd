"""Expected return: what a unit of money with a creator should bring that would not come anyway.

In:   past incremental returns per unit of money with standard errors, who each creator's peers are,
      and traits (price beside the peers', engagement rate beside the peers').
Out:  per creator the expected incremental return per unit of money with an interval; how much of it
      is the creator's own history, and what the peers say.

    y_ic = r_i + c_ic + e_ic        a campaign's return: the creator's own, the campaign's, error
    r_i  = mean_g(i) + x_i beta + u_i,   u ~ N(0, A),   mean_g ~ N(mean, B),   c ~ N(0, C)

A, B and C are found in the data by DerSimonian and Laird's moments and moderated by a prior; beta
is a ridge regression towards 0: price and engagement say nothing unless past returns say so.
A creator's own history counts by A / (A + its variance): raw return never enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.measurement.random_effects import BetweenPrior, pooled

FORMULA = "expected-return-1"

LEVEL = 0.8
"""Level of the interval: P10 to P90, as forecasts are shown."""

LEAST_MEASURED = 3
"""Creators with a measured past return from which others can be expected to be like them."""

SE_PER_HALF_WIDTH = 0.33
"""Standard error over the half width of 95 % limits that hold at every look. Measured on the sample
programme's odd seeds: .32 to .33 for orders (incremental share and log lift, last look; 3,000
creators); the even seeds, looked at afterwards, have .32."""

SE_PER_STATED = 1 / 1.96
"""The same for the limits that an experiment states, which are read once."""

BETWEEN_CREATORS = BetweenPrior(between=2.0, degrees=2.0)
BETWEEN_GROUPS = BetweenPrior(between=0.25, degrees=2.0)
BETWEEN_CAMPAIGNS = BetweenPrior(between=0.25, degrees=2.0)
"""How much true returns per unit of money differ between creators, between the means of groups of
creators, and between campaigns of one creator (variances), worth two degrees of freedom each. The
first is what the sample programme's seeds 11 and 12 have (1.1 and 2.9); the others are assumed. No
public measurement is known; with a dozen measured creators the data outweigh them."""

TRAIT_SD = 0.5
"""Prior sd of a trait's effect: return per unit of money, for one unit of the trait."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Measured past returns as flat columns, one row per creator and campaign.

    creator: index among the candidates. returns: incremental contribution / cost, 1 pays back.
    se: its standard error. common: most of that error is shared by the campaign's creators (one
    experiment stands behind all of them), so it says nothing of how they differ.
    """

    creator: Integers
    returns: Floats
    se: Floats
    common: Booleans

    def only(self, rows: Booleans) -> Past:
        """Keep some rows."""
        return Past(self.creator[rows], self.returns[rows], self.se[rows], self.common[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What a unit of money should bring with each candidate, shape (candidates,).

    own: weight of the own history, 0 without one. own_return: the own history alone, nan without.
    peers: what is expected of a creator with these peers and traits. group_count: measured creators
    in the group. trait_effect: part of `peers` that traits add. effects: of the traits.
    """

    point: Floats
    low: Floats
    high: Floats
    own: Floats
    own_return: Floats
    peers: Floats
    group_count: Integers
    trait_effect: Floats
    effects: Floats
    measured: int
    level: float = LEVEL


def standard_error(low: Floats, high: Floats, stated: Booleans) -> Floats:
    """Give the standard error behind 95 % limits; stated: those of an experiment."""
    return (high - low) / 2 * np.where(stated, SE_PER_STATED, SE_PER_HALF_WIDTH)


def expected_returns(past: Past, group: Integers, traits: Floats) -> Expected | Withheld:
    """Give every candidate's expected return; Withheld where too few were ever measured.

    group: of each candidate, from 0. traits: shape (candidates, traits), nan where unknown: then
    the peers' average is taken. Rows of `past` whose error is not above 0 are left out.
    """
    usable = np.isfinite(past.returns) & np.isfinite(past.se) & (past.se > 0)
    past = past.only(usable)
    measured, place = np.unique(past.creator, return_inverse=True)
    if len(measured) < LEAST_MEASURED:
        return Withheld(
            Reason.NO_PAST_RETURN,
            f"The incremental return of {len(measured)} of at least {LEAST_MEASURED} creators is "
            "measured so far, so nothing says what money brings; run a campaign with sealed "
            "baselines, or an experiment.",
        )
    y, variance = _own_returns(past, place.astype(np.int64), len(measured))
    mine = group[measured]
    x = np.nan_to_num(traits, nan=0.0)
    alone = np.ones(len(measured), bool)
    alone[place[past.common]] = False
    spread_of = _Spread(variance, mine, alone)
    effects, doubt = _trait_effects(y, spread_of, x[measured])
    left = y - x[measured] @ effects
    between, degrees = spread_of.between(left)
    mean, mean_variance, count = _group_means(left, variance + between, mine, group)
    shift = x @ effects
    unknown = (~np.isfinite(traits)) @ (effects**2 + np.diag(doubt))
    peers = mean + shift
    spread = mean_variance + np.einsum("ij,jk,ik->i", x, doubt, x) + unknown
    point, total, own = peers.copy(), between + spread, np.zeros(len(group))
    own[measured] = between / (between + variance)
    away = y - peers[measured]
    kept = own[measured]
    point[measured] += kept * away
    total[measured] = (
        kept * variance
        + (1 - kept) ** 2 * spread[measured]
        + 2 * (1 - kept) ** 2 * away**2 / degrees
    )
    half = float(scipy.special.stdtrit(degrees, (1 + LEVEL) / 2)) * np.sqrt(total)
    own_return = np.full(len(group), np.nan)
    own_return[measured] = y
    return Expected(
        point,
        point - half,
        point + half,
        own,
        own_return,
        peers,
        count,
        shift,
        effects,
        len(measured),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """How far creators differ within groups, told by those whose errors are their own."""

    variance: Floats
    group: Integers
    alone: Booleans

    def between(self, values: Floats) -> tuple[float, float]:
        """Give the variance of true values and its degrees of freedom."""
        mine = self.alone
        return spread_within(values[mine], self.variance[mine], self.group[mine], BETWEEN_CREATORS)


def spread_within(
    values: Floats, variance: Floats, group: Integers, prior: BetweenPrior
) -> tuple[float, float]:
    """Give the variance of true values within groups, moderated by a prior, and its degrees.

    DerSimonian and Laird's moments of a one-way layout: Q = sum w (y - mean_g)^2 has expectation
    n - G + A (sum w - sum_g sum w^2 / sum w).
    """
    if not len(values):
        return prior.between, prior.degrees
    groups, place = np.unique(group, return_inverse=True)
    weight = 1 / variance
    total = np.bincount(place, weight)
    mean = np.bincount(place, weight * values) / total
    heterogeneity = float(np.sum(weight * (values - mean[place]) ** 2))
    free = len(values) - len(groups)
    room = float(np.sum(weight) - np.sum(np.bincount(place, weight**2) / total))
    found = max(0.0, (heterogeneity - free) / room) if free else 0.0
    degrees = prior.degrees + free
    return (prior.degrees * prior.between + free * found) / degrees, degrees


def _own_returns(past: Past, place: Integers, creators: int) -> tuple[Floats, Floats]:
    """Join each creator's campaigns; between campaigns true returns differ too."""
    between, _ = spread_within(past.returns, past.se**2, place, BETWEEN_CAMPAIGNS)
    weight = 1 / (past.se**2 + between)
    total = np.bincount(place, weight, creators)
    return np.bincount(place, weight * past.returns, creators) / total, 1 / total


def _trait_effects(y: Floats, spread: _Spread, x: Floats) -> tuple[Floats, Floats]:
    """Give the traits' effects and their covariance: ridge within groups, towards 0."""
    weight = 1 / (spread.variance + spread.between(y)[0])
    _, place = np.unique(spread.group, return_inverse=True)
    total = np.bincount(place, weight)

    def centred(column: Floats) -> Floats:
        return column - (np.bincount(place, weight * column) / total)[place]

    x = np.column_stack([centred(column) for column in x.T]) if x.shape[1] else x
    normal = x.T @ (weight[:, None] * x) + np.eye(x.shape[1]) / TRAIT_SD**2
    covariance: Floats = np.asarray(np.linalg.inv(normal), dtype=np.float64)
    effects: Floats = covariance @ (x.T @ (weight * centred(y)))
    return effects, covariance


def _group_means(
    y: Floats, variance: Floats, mine: Integers, group: Integers
) -> tuple[Floats, Floats, Integers]:
    """Give each candidate's group mean, drawn towards the mean of all groups, with its variance.

    A group without a measured creator has the mean of all, and the spread between groups on top.
    """
    groups = max(int(group.max(initial=-1)), int(mine.max(initial=-1))) + 1
    weight = np.bincount(mine, 1 / variance, groups)
    count = np.bincount(mine, minlength=groups)
    known = count > 0
    mean = np.full(groups, np.nan)
    mean[known] = np.bincount(mine, y / variance, groups)[known] / weight[known]
    noise = np.divide(1.0, weight, out=np.ones(groups), where=known)
    all_ = pooled(mean[None, :], noise[None, :], BETWEEN_GROUPS)
    between, middle = float(all_.between[0]), float(all_.mean[0])
    of_middle = float(all_.cautious[0])
    own = np.where(known, between / (between + noise), 0.0)
    drawn = middle + own * np.where(known, mean - middle, 0.0)
    spread = np.where(known, own * noise, between) + (1 - own) ** 2 * of_middle
    return drawn[group], spread[group], count[group]
