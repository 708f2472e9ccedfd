"""The oracle and the real posts, both beside the repository and never in it."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.placebo import draw_windows, halves
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.placebo_creators import CreatorStudy
from truelift.measurement.ragged import ragged
from truelift.measurement.reading_paths import SimulatedPaths

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def oracle():
    path = SHARED / "reference" / "lift_prototype.py"
    if not path.exists():
        pytest.skip(f"the numerical oracle {path} is not on this machine")
    spec = importlib.util.spec_from_file_location("lift_prototype", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def real_posts():
    """Real posts without replies, sorted by creator and time: creator index, engagement."""
    path = SHARED / "data" / "creator_posts_final.csv.gz"
    if not path.exists():
        pytest.skip(f"the real posts {path} are not on this machine")
    with gzip.open(path, "rt", newline="") as file:
        rows = [
            (row[0] + "/" + row[1], row[2], float(row[3]) + float(row[4]) + float(row[5]))
            for row in list(csv.reader(file))[1:]
            if row[7] == "0"
        ]
    rows.sort(key=lambda row: row[:2])
    names, group = np.unique([row[0] for row in rows], return_inverse=True)
    return names, group.astype(np.int64), np.array([row[2] for row in rows])


@pytest.fixture
def pool():
    """Forty creators with 2 to 59 organic posts that drift: creator index, z, padded matrix."""
    random = np.random.default_rng(11)
    counts = random.integers(2, 60, 40)
    group = np.repeat(np.arange(40), counts)
    z = random.normal(5, 0.8, len(group)) + np.cumsum(random.normal(0, 0.1, len(group)))
    return group, z, padded(group, z, 40)


def padded(group, values, creators):
    counts = np.bincount(group, minlength=creators)
    matrix = np.full((creators, max(counts.max(), 1)), np.nan)
    for creator in range(creators):
        own = values[group == creator]
        matrix[creator, matrix.shape[1] - len(own) :] = own
    return matrix


@pytest.fixture(scope="session")
def nothing_to_sell():
    return creators_without_campaigns


@pytest.fixture(scope="session")
def placebo_study():
    """Windows of creators without campaigns, 20 posts before and 6 in each."""

    def study(looks=30, *, controls=False, creators=40, posts=150):
        feed, count = creators_without_campaigns(creators=creators, posts=posts)
        windows = draw_windows(
            feed.posts, feed.hours, baseline_posts=20, campaign_posts=6, most=400, seed=1
        )
        half = halves(windows, creators, 1)
        paths = SimulatedPaths(count, ENGAGEMENT_CURVE, seed=1)
        return CreatorStudy(
            windows, half, feed, paths, ENGAGEMENT_CURVE, looks, controls=controls, seed=1
        )

    return study


def creators_without_campaigns(creators=40, posts=150, seed=0, shock=0.0, q=0.01):
    """Posts every 28 hours or so; the level drifts; `shock` is the sd of a week shared by all."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(creators), posts)
    described = ragged(group, creators)
    hours = np.cumsum(random.gamma(4.0, 7.0, (creators, posts)), axis=1)
    spread = 0.8 * np.sqrt(6 / random.chisquare(6, creators))[:, None]
    level = 7 + random.normal(0, 1, (creators, 1))
    level = level + np.cumsum(np.sqrt(q) * spread * random.normal(size=(creators, posts)), axis=1)
    weeks = random.normal(0, shock, int(hours.max() / 168) + 1)
    z = level + spread * random.normal(size=hours.shape) + weeks[(hours / 168).astype(int)]
    count = np.rint(np.exp(z)).ravel()
    return Feed(described, hours.ravel(), np.log(count + 0.5)), count
