"""Creators without any fault, drawn from the very model that is sealed, and real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from truelift.measurement.baseline import Baselines, estimate_baselines
from truelift.measurement.checks.history import History, history
from truelift.measurement.lift import CampaignPosts

DRIFT = 0.02


@dataclass(frozen=True)
class Scene:
    """Many creators: before is (creators, organic posts), after is (creators, campaign posts)."""

    baselines: Baselines
    past: History
    posts: CampaignPosts
    campaign: np.ndarray


def scene(before, after):
    """Seal creators as the program does, and put their campaign posts beside."""
    creators, organic = before.shape
    group = np.repeat(np.arange(creators), organic)
    sealed = estimate_baselines(group, before.ravel(), creators)
    nu0, s02 = (np.full(creators, each) for each in (sealed.prior.nu0, sealed.prior.s02))
    z = after.ravel()
    none = np.zeros(len(z))
    owner = np.repeat(np.arange(creators), after.shape[1])
    posts = CampaignPosts(owner, np.round(np.exp(z)), z, none, none)
    known = history(group, before.ravel(), sealed.q, nu0, s02)
    return Scene(sealed, known, posts, np.full(creators, after.shape[1]))


def drawn(seed, creators, posts):
    """Draw log readings: a drifting level, and a spread of its own for each creator."""
    random = np.random.default_rng(seed)
    spread = np.sqrt(0.5 / random.gamma(3, 1 / 3, (creators, 1)))
    level = np.cumsum(random.normal(0, np.sqrt(DRIFT), (creators, posts)), axis=1)
    return 6 + spread * (level + random.normal(0, 1, (creators, posts)))


def share(findings, *verdicts):
    """Give the share of findings with one of some verdicts."""
    return np.mean([finding.verdict in verdicts for finding in findings])


@pytest.fixture(scope="session")
def quiet():
    """Two thousand creators with nothing wrong: 24 organic posts and 8 of a campaign."""
    z = drawn(5, 2000, 32)
    return scene(z[:, :24], z[:, 24:])


@pytest.fixture(scope="session")
def real_windows(real_posts):
    """Windows of real accounts that follow each other: 24 posts, then 8; platform of each."""
    names, group, engagement = real_posts
    z = np.log(engagement + 0.5)
    found, platform = [], []
    for creator, name in enumerate(names):
        own = z[group == creator]
        whole = len(own) // 32
        found.append(own[: whole * 32].reshape(whole, 32))
        platform += [name.split("/")[0]] * whole
    return np.concatenate(found), np.array(platform)
