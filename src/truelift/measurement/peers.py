"""Peers: where a creator with few posts is expected to stand, from creators who have many.

In:   baselines of the creators of one platform, their follower counts and categories.
Out:  a prior for the level of each creator: mean and variance (empirical Bayes).

    level_i = a + b log followers_i + category_i + u_i + e_i,
    Var u = tau2,  category ~ N(0, tau2),  Var e_i = P_i s2_i as the baseline says

tau2 solves the generalised Q equation sum (level_i - fit_i)^2 / (tau2 + P_i s2_i) = N - p (Paule
and Mandel 1982, with the ridge's effective number of coefficients p). A creator whose followers
are not known is compared by category alone, against a larger tau2 of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from truelift.measurement.baseline import FEW_POSTS, Baselines, LevelPrior
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects

FORMULA = "peer-level-1"

LEAST_PEERS = 10
"""Fewer creators with FEW_POSTS posts than this are no pool: nobody is shrunk to them."""

_LEAST_BETWEEN = 1e-4  # log units squared: peers are never taken as exactly equal
_MOST_BETWEEN = 1e4
_SLOPE_PRECISION = 0.01  # b ~ N(0, 10^2): says nothing, but keeps equal follower counts solvable


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What is known of creators besides their posts, shape (creators,).

    log_followers: natural log of the newest follower count before the window's end, nan where none
    is known. category: the creator's category as text, empty where none is known.
    """

    log_followers: Floats
    category: Objects

    def only(self, mask: Booleans) -> Traits:
        """Keep the creators a mask names."""
        return Traits(self.log_followers[mask], self.category[mask])


def peer_levels(pool: Baselines, pool_traits: Traits, traits: Traits) -> LevelPrior:
    """Give the prior of the level of every creator in `traits`, from the pool's baselines.

    The pool is of one platform, metric and cut; its creators with FEW_POSTS posts or more count.
    Where followers of a creator are known and of LEAST_PEERS of the pool too, both followers and
    category speak; else category alone. nan where there are fewer than LEAST_PEERS.
    """
    creators = len(traits.category)
    mean, variance = np.full((2, creators), np.nan)
    peers = np.zeros(creators, np.int64)
    enough = pool.known & (pool.n >= FEW_POSTS)
    followed = enough & np.isfinite(pool_traits.log_followers)
    both = np.isfinite(traits.log_followers) & (followed.sum() >= LEAST_PEERS)
    for use, members, by_followers in ((both, followed, True), (~both, enough, False)):
        if members.sum() < LEAST_PEERS or not use.any():
            continue
        own = pool_traits.only(members)
        noise = (pool.p * pool.s2)[members]
        fit = _fitted(pool.level[members], noise, own, by_followers=by_followers)
        mean[use], variance[use] = fit.predict(traits.only(use))
        peers[use] = members.sum()
    return LevelPrior(mean, variance, peers, by_followers=both & np.isfinite(mean))


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """A fitted pool: coefficients (fixed ones, then one per category) and their covariance."""

    coefficients: Floats
    covariance: Floats
    between: float
    centre: float
    categories: Objects
    by_followers: bool

    def predict(self, traits: Traits) -> tuple[Floats, Floats]:
        """Give mean and variance of the level of creators that are not in the pool."""
        fixed = _fixed(traits, self.centre, by_followers=self.by_followers)
        width = fixed.shape[1]
        place, seen = _places(traits.category, self.categories)
        column = width + place
        effect = np.where(seen, self.coefficients[column], 0.0)
        of_fixed = self.covariance[:width, :width]
        doubt = np.einsum("ij,jk,ik->i", fixed, of_fixed, fixed)
        shared = 2 * np.sum(fixed * self.covariance[:width, column].T, axis=1)
        alone = shared + self.covariance[column, column]
        # A category that no peer has may lie anywhere between categories.
        doubt = doubt + np.where(seen, alone, self.between)
        return fixed @ self.coefficients[:width] + effect, self.between + doubt


def _fitted(level: Floats, noise: Floats, traits: Traits, *, by_followers: bool) -> _Fit:
    """Fit the pool at the between-creator variance that its spread around the fit asks for."""
    centre = float(np.mean(traits.log_followers)) if by_followers else 0.0
    fixed = _fixed(traits, centre, by_followers=by_followers)
    categories = np.unique(traits.category)
    place, _ = _places(traits.category, categories)
    width = fixed.shape[1]
    normal = _Normal(level, noise, fixed, place, len(categories))

    def excess(log_between: float) -> float:
        return normal.excess(float(np.exp(log_between)))

    low, high = np.log(_LEAST_BETWEEN), np.log(_MOST_BETWEEN)
    between = _LEAST_BETWEEN
    if excess(low) > 0:
        between = float(np.exp(scipy.optimize.brentq(excess, low, high, xtol=1e-10)))
    coefficients, covariance, effective = normal.solve(between)
    # tau2 is itself estimated: a t on d degrees has d / (d - 2) of the normal's variance.
    degrees = max(len(level) - effective, 3.0)
    between *= degrees / (degrees - 2)
    return _Fit(
        coefficients=coefficients,
        covariance=covariance,
        between=between,
        centre=centre,
        categories=categories,
        by_followers=width > 1,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Normal:
    """The normal equations of the pool, built from sums: no column per category and creator."""

    level: Floats
    noise: Floats
    fixed: Floats
    place: Integers
    categories: int

    def solve(self, between: float) -> tuple[Floats, Floats, float]:
        """Give coefficients, covariance and effective number of coefficients at a tau2."""
        width = self.fixed.shape[1]
        size = width + self.categories
        weight = 1 / (between + self.noise)
        weighted = self.fixed * weight[:, None]
        cross = np.zeros((size, size))
        right = np.zeros(size)
        cross[:width, :width] = self.fixed.T @ weighted
        right[:width] = weighted.T @ self.level
        diagonal = np.arange(width, size)
        cross[diagonal, diagonal] = self._sums(weight)
        right[width:] = self._sums(weight * self.level)
        for column in range(width):
            cross[column, width:] = cross[width:, column] = self._sums(weighted[:, column])
        penalty = np.zeros(size)
        penalty[1:width] = _SLOPE_PRECISION
        penalty[width:] = 1 / between
        # scipy's takes some hundred times as long for so small a matrix.
        covariance = np.asarray(np.linalg.inv(cross + np.diag(penalty)), dtype=np.float64)
        return covariance @ right, covariance, float(np.sum(covariance * cross))

    def excess(self, between: float) -> float:
        """Give the spread around the fit, weighted, beyond what tau2 explains."""
        coefficients, _, effective = self.solve(between)
        width = self.fixed.shape[1]
        fit = self.fixed @ coefficients[:width] + coefficients[width + self.place]
        spread = float(np.sum((self.level - fit) ** 2 / (between + self.noise)))
        return spread - (len(self.level) - effective)

    def _sums(self, values: Floats) -> Floats:
        sums = np.bincount(self.place, weights=values, minlength=self.categories)
        return sums.astype(np.float64)


def _fixed(traits: Traits, centre: float, *, by_followers: bool) -> Floats:
    """Give the columns that are not categories: 1, and log followers from the pool's mean."""
    columns = [np.ones(len(traits.category))]
    if by_followers:
        columns.append(traits.log_followers - centre)
    return np.column_stack(columns)


def _places(category: Objects, categories: Objects) -> tuple[Integers, Booleans]:
    """Give each creator's place among the pool's categories, and whether it is one of them."""
    place = np.minimum(np.searchsorted(categories, category), len(categories) - 1)
    return place, np.asarray(categories[place] == category, dtype=bool)
