"""A pure function is applied on the workers of each cluster, and a placebo has the same bytes."""

import sys

import numpy as np
import pytest

from truelift.base.errors import UsageError
from truelift.measurement import placebo_parts
from truelift.measurement.ageing import ENGAGEMENT_CURVE
from truelift.measurement.calibration import Design, Scope, calibrate
from truelift.measurement.placebo import draw_windows, halves
from truelift.measurement.placebo_controls import Feed
from truelift.measurement.placebo_creators import CreatorStudy
from truelift.measurement.ragged import ragged
from truelift.measurement.reading_paths import SimulatedPaths
from truelift.store.cluster_engine import ClusterEngine
from truelift.store.lake import Lake

CREATORS, POSTS = 16, 120


@pytest.fixture
def engine(address, tmp_path):
    made = ClusterEngine(address, Lake(str(tmp_path / "lake"), "main"))
    yield made
    made.close()


def study():
    random = np.random.default_rng(3)
    hours = np.cumsum(random.gamma(4.0, 7.0, (CREATORS, POSTS)), axis=1).ravel()
    count = np.rint(np.exp(random.normal(7, 1, CREATORS * POSTS)))
    posts = ragged(np.repeat(np.arange(CREATORS), POSTS), CREATORS)
    feed = Feed(posts, hours, np.log(count + 0.5))
    windows = draw_windows(posts, hours, baseline_posts=10, campaign_posts=5, most=100, seed=1)
    half, paths = halves(windows, CREATORS, 1), SimulatedPaths(count, ENGAGEMENT_CURVE, 1)
    return CreatorStudy(windows, half, feed, paths, ENGAGEMENT_CURVE, 20, controls=True, seed=1)


def test_a_calibration_has_the_same_bytes_where_its_windows_are_replayed_on_workers(
    engine, monkeypatch
):
    monkeypatch.setattr("truelift.measurement.placebo_parts.parted.__defaults__", (25,))
    asked = []

    def spread(tasks):
        given = list(tasks)
        asked.append(len(given))
        return engine.apply(placebo_parts.replayed, given)

    def calibrated(**options):
        scope, design = Scope("instagram", "engagement", controls=True), Design(10, 5, 20)
        return calibrate(study(), scope, design, drifts=(0.01,), multiples=(2.0,), **options)

    # `repr` of a float is its every bit.
    assert repr(calibrated(spread=spread)) == repr(calibrated())
    assert asked[0] >= 4


def test_what_a_worker_cannot_import_is_told_in_a_sentence(engine, tmp_path, monkeypatch):
    """A module that this process has and no worker."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "only_here.py").write_text("def found(given):\n    return given\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    import only_here  # noqa: PLC0415 - made above

    with pytest.raises(
        UsageError, match=r"cannot run .*only_here.*PYSPARK_PYTHON.* takes truelift"
    ):
        list(engine.apply(only_here.found, [1]))
    del sys.modules["only_here"]
