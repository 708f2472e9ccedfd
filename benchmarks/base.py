"""Benchmarks of base: wall-clock times of a zone into UTC."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks import Bench
from truelift.base.time import local_to_utc

ROWS = 1_000_000
ZONE = "America/New_York"

_seconds = np.random.default_rng(1).integers(0, 365 * 86_400, ROWS)
_wall = np.datetime64("2026-01-01", "us") + _seconds.astype("timedelta64[s]")
_series = pd.Series(_wall)


def _pandas_zone() -> object:
    local = _series.dt.tz_localize(ZONE, ambiguous=np.ones(ROWS, bool), nonexistent="NaT")
    return local.dt.tz_convert("UTC")


BENCHES = (
    Bench("zone to UTC", ROWS, lambda: local_to_utc(_wall, ZONE), "pandas", _pandas_zone, 0.1),
)
