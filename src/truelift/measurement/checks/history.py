"""History: the organic posts behind sealed baselines, and how far a pattern stands out of them.

In:   readings of organic posts as flat columns, and the sealed terms of each creator's model.
Out:  the size of a pattern (a step, a bend) in each history, and the chance of as much by itself.

The pattern is estimated under the very model that was sealed (local level, drift q): its filter
runs over the readings and over the pattern alike, and the innovations of the one are regressed on
those of the other, which is generalised least squares (Harvey 1989, 3.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from truelift.measurement.baseline import LEAST_POSTS, Baselines
from truelift.measurement.ragged import Booleans, Floats, Integers, Ragged, ragged

LEAST_INFORMATION = 1e-9
"""Below it a pattern cannot be told from the level: it is the same at every post."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Organic posts before launch, flat and sorted by creator, oldest first.

    posts: where each creator's posts lie. z: their readings, shape (posts,), finite. q, nu0, s02:
    drift and variance prior that were sealed, shape (creators,); nan where nothing was sealed.
    """

    posts: Ragged
    z: Floats
    q: Floats
    nu0: Floats
    s02: Floats

    @property
    def creators(self) -> int:
        """Give the number of creators, those without a post included."""
        return self.posts.creators

    @property
    def from_end(self) -> Integers:
        """Give each post's place from the end, 1 for the newest; shape (posts,)."""
        return self.posts.count[self.posts.group] - self.posts.positions

    @property
    def sealed(self) -> Booleans:
        """Say for whom the terms of the model are known; shape (creators,)."""
        known: Booleans = np.isfinite(self.q) & np.isfinite(self.nu0) & np.isfinite(self.s02)
        return known

    @property
    def drift(self) -> Floats:
        """Give q, 0 where nothing was sealed (and nothing is then said of the creator)."""
        return np.where(self.sealed, self.q, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """The size of a pattern per creator, shape (creators,); nan where it cannot be estimated.

    size: log units per unit of the pattern. se: its standard error. nu: degrees of freedom.
    """

    size: Floats
    se: Floats
    nu: Floats

    @property
    def score(self) -> Floats:
        """Give size / se."""
        return self.size / self.se

    @property
    def chance(self) -> Floats:
        """Give the chance of a size as far from 0 in either direction."""
        both: Floats = 2 * scipy.special.stdtr(self.nu, -np.abs(self.score))
        return both

    @property
    def chance_above(self) -> Floats:
        """Give the chance of a size as far above 0."""
        above: Floats = scipy.special.stdtr(self.nu, -self.score)
        return above

    def half_width(self, level: float = 0.95) -> Floats:
        """Give the half width of limits for one look, log units."""
        half: Floats = -scipy.special.stdtrit(self.nu, (1 - level) / 2) * self.se
        return half


def history(group: Integers, z: Floats, q: Floats, nu0: Floats, s02: Floats) -> History:
    """Put a history together; posts without a finite reading are left out.

    group: creator index of each post, sorted, oldest post first. q, nu0, s02: shape (creators,).
    """
    kept = np.isfinite(z)
    return History(ragged(group[kept], len(q)), z[kept], q, nu0, s02)


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """What the local-level filter leaves behind, variances in units of the post variance.

    innovations: shape (columns, posts), 0 at a creator's first post, which only sets the level.
    weight: 1 / F, shape (posts,), 0 at the first post. level: shape (columns, creators). p: its
    variance, shape (creators,), inf without a post.
    """

    innovations: Floats
    weight: Floats
    level: Floats
    p: Floats


def filtered(posts: Ragged, columns: Floats, q: Floats, extra: Floats | None = None) -> Filtered:
    """Run the local-level filter over several columns at once.

    columns: shape (columns, posts). q: shape (creators,). extra: variance of each post beyond the
    post variance, in its units (a young post's), shape (posts,). Walks over post positions, longest
    histories first, so nothing is padded.
    """
    order = np.argsort(-posts.count, kind="stable")
    start, drift = posts.start[order], q[order]
    noise = np.ones(columns.shape[1]) if extra is None else 1 + extra
    alive = np.searchsorted(-posts.count[order], -np.arange(posts.count.max(initial=0)))
    level = np.zeros((len(columns), len(order)))
    spread = np.full(len(order), np.inf)
    v, weight = np.zeros(columns.shape), np.zeros(columns.shape[1])
    for position, number in enumerate(alive.tolist()):
        at = start[:number] + position
        predicted = spread[:number] + drift[:number]
        gain = 1 / (1 + noise[at] / predicted)
        step = columns[:, at] - level[:, :number]
        v[:, at] = step * (position > 0)
        weight[at] = 1 / (predicted + noise[at])
        level[:, :number] += gain * step
        spread[:number] = gain * noise[at]
    back = np.argsort(order)
    return Filtered(v, weight, level[:, back], spread[back])


def pattern(known: History, shape: Floats) -> Pattern:
    """Estimate how much of a pattern lies in each creator's history.

    shape: the pattern's value at each post, shape (posts,). The variance is the creator's own
    around the pattern, moderated by the sealed prior as the baseline's is.
    """
    posts = known.posts
    run = filtered(posts, np.stack([known.z, shape]), known.drift)
    (v, x), weight = run.innovations, run.weight
    information = posts.sums(weight * x * x)
    df = posts.count - 2.0
    usable = known.sealed & (information > LEAST_INFORMATION) & (df > 0)
    information = np.where(usable, information, np.nan)
    size = posts.sums(weight * x * v) / information
    rest = np.maximum(posts.sums(weight * v * v) - size * size * information, 0.0)
    nu = known.nu0 + df
    s2 = (known.nu0 * known.s02 + rest) / nu
    return Pattern(size, np.sqrt(s2 / information), nu)


def rebased(known: History, q: Floats, kept: Booleans) -> Baselines:
    """Estimate baselines anew with another drift or from fewer posts, the sealed prior as it was.

    q: shape (creators,). kept: posts to use, shape (posts,).
    """
    posts = ragged(known.posts.group[kept], known.creators)
    run = filtered(posts, known.z[None, kept], q)
    squares = posts.sums(run.weight * run.innovations[0] ** 2)
    df = np.maximum(posts.count - 1.0, 1.0)
    usable = known.sealed & (posts.count >= LEAST_POSTS)
    nu = known.nu0 + df
    s2 = (known.nu0 * known.s02 + squares) / nu
    columns = (np.where(usable, each, np.nan) for each in (run.level[0], run.p, s2, nu))
    level, p, s2, nu = columns
    return Baselines(level=level, p=p, s2=s2, nu=nu, q=q, n=posts.count)
