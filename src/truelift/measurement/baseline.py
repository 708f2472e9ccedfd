"""Baseline: what a creator does anyway, from organic posts before launch.

In:   readings z of organic posts, flat columns sorted by creator, oldest first.
Out:  level, its variance, the creator's own variance (moderated) and its degrees of freedom, per
      creator (formulas: reference/science.md 1.2; Smyth 2004 for the moderation).

    z_j = level_j + e_j,  level_j = level_{j-1} + w_j,  Var e = s2,  Var w = q s2

Without gaps the filter's gain depends on a post's position alone, and the level is then one
bidiagonal linear system over all posts of all creators: solved flat by LAPACK, nothing padded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from truelift.base.estimate import Reason, Withheld
from truelift.measurement.ragged import Booleans, Floats, Integers, Ragged, floats, ragged

FORMULA = "local-level-1"

DRIFT_GRID = (0.0, 0.003, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4)
"""Values of q (drift variance over post variance) that the profile likelihood chooses from."""

LEAST_POSTS = 2
FEW_POSTS = 5
"""A creator with fewer posts than this is shrunk to its peers, where there are peers."""
LEAST_POOL = 10
"""Fewer creators than this cannot tell how much variances differ; the default nu0 is taken."""

SILENT = "Every organic post before launch shows 0, so there is no level to compare with."
"""What is said of a creator whose posts were observed and were all without any count."""

_LEAST_VARIANCE = 1e-6
_LEAST_SPREAD = 1e-4
_NEWTON_STEPS = 40  # far from the root a step halves y, near it digits double


@dataclass(frozen=True, slots=True)
class VariancePrior:
    """What the pool says of a creator's variance: nu0 degrees of freedom at s02 (log units^2)."""

    nu0: float
    s02: float


DEFAULT_PRIOR = VariancePrior(nu0=4.7, s02=0.82**2)
"""Where the pool is too small: nu0 measured on Instagram (the smallest of 4.7, 9.3, 8.3, hence the
widest limits) and the median sd of log likes within an Instagram account (.82). science.md 0, 1.2.
"""


@dataclass(frozen=True, slots=True, eq=False)
class LevelPrior:
    """What peers say of creators' levels, shape (creators,); nan where there are no peers.

    mean: log units. variance: log units squared, the doubt about the fit included. peers: creators
    it rests on. by_followers: their followers were compared, not only their category.
    """

    mean: Floats
    variance: Floats
    peers: Integers
    by_followers: Booleans


@dataclass(frozen=True, slots=True, eq=False)
class Shrinkage:
    """How far creators with fewer than FEW_POSTS posts were drawn to their peers.

    weight: of the creator's own posts, in (0, 1), nan where nothing was shrunk. own: the level by
    the own posts alone. prior: what it was drawn to.
    """

    weight: Floats
    own: Floats
    prior: LevelPrior


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """Baselines as columns over creators; nan where there are too few observed posts.

    That is fewer than two, or none where peers speak for a creator's first (`shrinkage`), or more
    of which every one shows 0.
    level: of the log reading after the last organic post. p: variance of that level in units of
    s2. s2: the creator's moderated post variance (log units squared). nu: its degrees of freedom
    (nu0 + df). q: drift variance in units of s2 (an array: records sealed at different times may
    differ). n: observed posts used. prior: the variance prior in force.
    """

    level: Floats
    p: Floats
    s2: Floats
    nu: Floats
    q: Floats
    n: Integers
    prior: VariancePrior = DEFAULT_PRIOR
    shrinkage: Shrinkage | None = None

    @property
    def known(self) -> Booleans:
        """Say for which creators there is a baseline; shape (creators,)."""
        return np.isfinite(self.level)

    def withheld(self, creator: int) -> Withheld | None:
        """Give the reason why a creator has no baseline, None where there is one."""
        if np.isfinite(self.level[creator]):
            return None
        if self.n[creator] == 0:
            return Withheld(Reason.NO_BASELINE, "No organic post before launch was observed.")
        if self.n[creator] >= LEAST_POSTS:  # then only zeros are left as a cause
            return Withheld(Reason.NO_BASELINE, SILENT)
        return Withheld(
            Reason.TOO_FEW_POSTS,
            f"{self.n[creator]} observed organic post before launch; at least {LEAST_POSTS}.",
        )


def estimate_baselines(
    group: Integers,
    z: Floats,
    creators: int,
    *,
    q: float | None = None,
    prior: VariancePrior | None = None,
    peers: LevelPrior | None = None,
    silent: Booleans | None = None,
) -> Baselines:
    """Filter every creator's organic posts to a level and its variance.

    group: creator index of each post, sorted, shape (posts,). z: readings in that order, oldest
    first within a creator, nan for a post that was not observed (it is no post of the baseline).
    q: fixed drift; None fits one for the pool by profile likelihood over DRIFT_GRID. prior: fixed
    variance prior; None estimates it from the pool (LEAST_POOL creators or more) or takes
    DEFAULT_PRIOR. peers: what a creator with fewer than FEW_POSTS posts is shrunk to; from
    FEW_POSTS on it changes nothing. silent: creators who get no baseline and speak for nobody else,
    shape (creators,). The result does not depend on the order of creators.
    """
    observed = np.isfinite(z)
    posts = ragged(np.asarray(group)[observed], creators)
    values = floats(z)[observed]
    heard = np.ones(creators, bool) if silent is None else ~silent
    pool = (posts.count >= LEAST_POSTS) & heard
    drift = _fitted_drift(posts, values, pool, prior) if q is None else float(q)
    level, p, ss, _ = _filtered(posts, values, drift)
    df = np.maximum(posts.count - 1, 0).astype(np.float64)
    s2 = np.maximum(ss / np.maximum(df, 1), _LEAST_VARIANCE)
    force = prior or variance_prior(s2[pool], df[pool])
    moderated = (force.nu0 * force.s02 + df * s2) / (force.nu0 + df)
    shrinkage = None
    if peers is not None:
        level, p, shrinkage = _shrunk(level, p, moderated, posts.count, peers)
        pool = pool | (np.isfinite(shrinkage.weight) & heard)
    return Baselines(
        level=np.where(pool, level, np.nan),
        p=np.where(pool, p, np.nan),
        s2=np.where(pool, moderated, np.nan),
        nu=np.where(pool, force.nu0 + df, np.nan),
        q=np.full(creators, drift),
        n=posts.count,
        prior=force,
        shrinkage=shrinkage,
    )


def all_zero(group: Integers, counts: Floats, z: Floats, creators: int) -> Booleans:
    """Say whose posts with a reading all show a count of 0; shape (creators,), no post is no zero.

    group, z: as for `estimate_baselines`. counts: of the same posts.
    """
    read = np.isfinite(z)
    posts = np.bincount(group[read], minlength=creators)
    some = np.bincount(group[read & (counts > 0)], minlength=creators)
    silent: Booleans = (posts > 0) & (some == 0)
    return silent


def _shrunk(
    level: Floats, p: Floats, s2: Floats, count: Integers, peers: LevelPrior
) -> tuple[Floats, Floats, Shrinkage]:
    """Draw the levels of creators with few posts to what their peers say.

    Two normal estimates of one level, of variances P s2 and V: weight w = V / (V + P s2) on the own
    one, and w P s2 is the variance of both together.
    """
    few = (count > 0) & (count < FEW_POSTS) & np.isfinite(peers.mean)
    weight = np.where(few, peers.variance / (peers.variance + p * s2), np.nan)
    drawn = np.where(few, weight * level + (1 - weight) * peers.mean, level)
    return drawn, np.where(few, weight * p, p), Shrinkage(weight, level, peers)


def newest_posts(group: Integers, z: Floats, most: int, creators: int) -> Floats:
    """Keep each creator's newest `most` observed posts; the older ones become nan.

    group, z: as for `estimate_baselines`.
    """
    observed = np.isfinite(z)
    posts = ragged(np.asarray(group)[observed], creators)
    old = posts.positions < posts.count[posts.group] - most
    kept = floats(z).copy()
    kept[np.flatnonzero(observed)[old]] = np.nan
    return kept


def variance_prior(s2: Floats, df: Floats) -> VariancePrior:
    """Estimate nu0 and s02 from the pool's variances (Smyth 2004, closed form).

    s2: variances of creators, shape (creators,), log units squared. df: their degrees of freedom.
    With fewer than LEAST_POOL creators their spread cannot be told from noise: nu0 is
    DEFAULT_PRIOR's. One creator would be its own pool: then s02 is DEFAULT_PRIOR's too.
    """
    if len(s2) <= 1:
        return DEFAULT_PRIOR
    e = np.log(np.maximum(s2, _LEAST_VARIANCE)) - scipy.special.digamma(df / 2) + np.log(df / 2)
    nu0 = DEFAULT_PRIOR.nu0
    if len(s2) >= LEAST_POOL:
        noise = float(np.mean(scipy.special.polygamma(1, df / 2)))
        spread = max(float(np.var(e, ddof=1)) - noise, _LEAST_SPREAD)
        # No pool knows a variance better than all of its posts together do: where the variances
        # differ less than by chance the spread is nothing, and nu0 would be as large as its floor.
        nu0 = min(2 * inverse_trigamma(spread), float(np.sum(df)))
    s02 = float(np.exp(np.mean(e) + scipy.special.digamma(nu0 / 2) - np.log(nu0 / 2)))
    return VariancePrior(nu0, s02)


def inverse_trigamma(value: float) -> float:
    """Solve trigamma(y) = value for y > 0 by Newton's method on 1 / trigamma (Smyth 2004)."""
    y = 0.5 + 1 / value
    for _ in range(_NEWTON_STEPS):
        trigamma = float(scipy.special.polygamma(1, y))
        y += trigamma * (1 - trigamma / value) / float(scipy.special.polygamma(2, y))
    return y


def _fitted_drift(posts: Ragged, z: Floats, pool: Booleans, prior: VariancePrior | None) -> float:
    """Choose q from DRIFT_GRID by the marginal likelihood; 0 when no creator has two posts."""
    df = (posts.count[pool] - 1).astype(np.float64)
    if not len(df):
        return DRIFT_GRID[0]
    scores = [_log_likelihood(posts, z, pool, df, q=q, prior=prior) for q in DRIFT_GRID]
    return DRIFT_GRID[int(np.argmax(scores))]


def _log_likelihood(
    posts: Ragged,
    z: Floats,
    pool: Booleans,
    df: Floats,
    *,
    q: float,
    prior: VariancePrior | None,
) -> float:
    """Give the pool's log likelihood at q, each creator's variance integrated out.

    s2 is scaled inverse chi-square (nu0, s02), which makes a creator's innovations a multivariate
    t; terms that do not depend on q are dropped.
    """
    _, _, ss, log_f = (column[pool] for column in _filtered(posts, z, q))
    force = prior or variance_prior(np.maximum(ss / df, _LEAST_VARIANCE), df)
    nu0, s02 = force.nu0, force.s02
    terms = (
        scipy.special.gammaln((nu0 + df) / 2)
        - scipy.special.gammaln(nu0 / 2)
        + nu0 / 2 * np.log(nu0 * s02)
        - (nu0 + df) / 2 * np.log(nu0 * s02 + ss)
        - log_f / 2
    )
    return float(np.sum(terms))


def _filtered(posts: Ragged, z: Floats, q: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Run the local-level filter over all creators at once.

    Returns, shape (creators,): level, P (in units of s2), sum of v^2 / F, sum of log F.
    The gain K equals P after the post, F = 1 / (1 - K), and K = 1 at a creator's first post, so
    level_j = (1 - K_j) level_{j-1} + K_j z_j needs no case for where a creator begins.
    """
    gains = _gains(q, int(posts.count.max(initial=0)))
    gain = gains[posts.positions]
    keep = 1 - gain
    levels = _recursion(keep, gain * z)
    innovation = np.zeros(len(z))
    innovation[1:] = z[1:] - levels[:-1]
    log_f = np.concatenate([[0.0, 0.0], np.cumsum(-np.log1p(-gains[1:]))])
    has = posts.count > 0
    last = (posts.start + posts.count - 1)[has]
    level = np.full(posts.creators, np.nan)
    level[has] = levels[last]
    p = np.full(posts.creators, np.nan)
    p[has] = gain[last]
    return level, p, posts.sums(innovation * innovation * keep), log_f[posts.count]


def _recursion(keep: Floats, push: Floats) -> Floats:
    """Solve x_j = keep_j x_{j-1} + push_j as a unit lower bidiagonal system."""
    if not len(push):
        return push
    band = np.ones((2, len(push)), order="F")
    band[1, :-1] = -keep[1:]
    solved, _ = scipy.linalg.lapack.dtbtrs(band, push[:, None], uplo="L", diag="U")
    return np.asarray(solved[:, 0], dtype=np.float64)


def _gains(q: float, length: int) -> Floats:
    """Give the filter's gain at positions 0 .. length - 1: 1, then M / (M + 1) with M = P + q.

    It falls to a fixed point; once it stops falling in floating point it stays. At q = 0 the
    level is the mean and the gain at position j is 1 / (j + 1).
    """
    if q == 0:
        return 1.0 / np.arange(1, max(length, 1) + 1)
    gains = np.empty(max(length, 1))
    gains[0] = gain = 1.0
    for position in range(1, length):
        after = (gain + q) / (gain + q + 1)
        if after >= gain:
            gains[position:] = gain
            break
        gains[position] = gain = after
    return gains
