"""The oracle and the real posts, both beside the repository and never in it."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from pathlib import Path

import numpy as np
import pytest

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
