"""Residuals: what is left of a post's reading once its creator's level and lift are taken out.

In:   baselines, the posts they were estimated from, campaign posts and their log lifts.
Out:  standardised residuals: independent with variance 1 where the model holds. A lift of the mean
      leaves them so; a changed spread does not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from truelift.measurement.baseline import Baselines
from truelift.measurement.lift import CampaignPosts, whitened
from truelift.measurement.ragged import Floats, Integers, ragged


def campaign_residuals(baselines: Baselines, posts: CampaignPosts, delta: Floats) -> Floats:
    """Give each campaign post's standardised residual once its creator's lift is taken out.

    delta: log lift per creator, shape (creators,), as `log_lift` gives it. Shape (posts,): variance
    1 by the model, nan where a post has no usable reading.
    """
    usable = np.isfinite(posts.z)
    flat = ragged(posts.group[usable], len(baselines.level))
    v, x = whitened(baselines, flat, posts.z[usable], posts.tau2[usable])
    found = np.full(len(posts.z), np.nan)
    found[usable] = v - x * delta[flat.group]
    return found


def baseline_residuals(baselines: Baselines, group: Integers, z: Floats) -> Floats:
    """Give each organic post's standardised residual, as `campaign_residuals` does after launch.

    group, z: the posts that the baselines were estimated from, as they were given. Shape (posts,);
    nan for a creator's first post, which sets the level, and for posts without a reading.
    """
    usable = np.isfinite(z) & np.isfinite(baselines.level)[group]
    flat = ragged(np.asarray(group)[usable], len(baselines.level))
    level = np.full(flat.creators, np.nan)
    level[flat.count > 0] = z[usable][flat.start[flat.count > 0]]
    later = flat.positions > 0
    began = replace(baselines, level=level, p=np.ones(flat.creators))
    rest = ragged(flat.group[later], flat.creators)
    v, _ = whitened(began, rest, z[usable][later], np.zeros(len(rest.group)))
    found = np.full(len(z), np.nan)
    found[np.flatnonzero(usable)[later]] = v
    return found
