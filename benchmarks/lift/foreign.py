"""Peers from PyPI, run by their own interpreter: savvi and bsts-causalimpact on handed-over arrays.

In:   a method's name, a .npz with baseline and readings (see benchmarks.lift.Looks).
Out:  a .npz with log lift, low, high (looks x windows), the seconds taken and the version.

This file is run as a script with the environment of requirements/peers.txt; it imports nothing of
Truelift. At every look a method is asked anew about all that can be seen, as its users would.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

ALPHA = 0.05
PACKAGES = {"savvi": "savvi", "causal-impact": "bsts-causalimpact"}


def savvi(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Give the anytime-valid t interval of a regression on 1 and `campaign` (phi = 1)."""
    from savvi.linear_regression import LinearRegression  # noqa: PLC0415 - one peer at a time

    model = LinearRegression(ALPHA, 2, 1)
    for value in before:
        model.update(np.array([value, 1.0, 0.0]))
    for value in after:
        model.update(np.array([value, 1.0, 1.0]))
    low, high = model.calculate_conf_int()[1]
    return float(model.beta[1]), float(low), float(high)


def causal_impact(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Give the average effect with its 95 % credible interval, options as they come."""
    from causal_impact import CausalImpact  # noqa: PLC0415 - one peer at a time

    series = np.concatenate([before, after])[:, None]
    n = len(before)
    found = CausalImpact(series, [0, n - 1], [n, len(series) - 1], alpha=ALPHA)._results  # noqa: SLF001 - its summary is text
    return found.point_effect_mean, found.ci_lower, found.ci_upper


def main(name: str, given: Path, told: Path) -> None:
    """Ask one peer about all windows at all looks."""
    ask = {"savvi": savvi, "causal-impact": causal_impact}[name]
    with np.load(given) as arrays:
        baseline, readings = arrays["baseline"], arrays["readings"]
    found = np.full((3, *readings.shape[:2]), np.nan)
    ask(baseline[0], baseline[0][:3])  # imports and first calls are not timed
    start = time.process_time()
    for look, seen in enumerate(readings):
        for window, posts in enumerate(seen):
            after = posts[np.isfinite(posts)]
            if len(after):
                found[:, look, window] = ask(baseline[window], after)
    seconds = time.process_time() - start
    log, low, high = found
    np.savez(told, log=log, low=low, high=high, seconds=seconds, version=version(PACKAGES[name]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
