"""How much wider limits must be because somebody looks every day, for any Gaussian path.

In:   the covariance of the estimates over the planned looks.
Out:  the multiplier that keeps the chance of ever being wrong at alpha.

`limits.boundary` does this in closed form where information only grows. A forecast of a drifting
series is not of that kind: its errors add up, so the covariance of the path is used as it is.
"""

from __future__ import annotations

import numpy as np
import scipy

from truelift.measurement.ragged import Floats

_SMALLEST, _LARGEST, _STEPS = 1.0, 12.0, 60


def path_multiplier(covariance: Floats, alpha: float = 0.05) -> float:
    """Give c with P(|Z_t| > c at any look) <= alpha, Z being the standardised path.

    covariance: of the estimates at successive looks, shape (looks, looks). The bound of Hunter
    (1976) and Worsley (1982): sum of P(A_t) - sum of P(A_t and A_t+1), A_t = {|Z_t| > c}; the pair
    by Owen's T. One look gives the usual normal quantile.
    """
    scale = np.sqrt(np.diag(covariance))
    neighbours = np.diag(covariance, 1) / (scale[1:] * scale[:-1])
    neighbours = np.clip(neighbours, -1 + 1e-12, 1 - 1e-12)
    low, high = _SMALLEST, _LARGEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = _ever_beyond(middle, neighbours) > alpha
        low, high = (middle, high) if above else (low, middle)
    return high


def _ever_beyond(c: float, neighbours: Floats) -> float:
    tail = float(scipy.special.ndtr(-c))
    slope = np.sqrt((1 - neighbours) / (1 + neighbours))
    same = tail - 2 * scipy.special.owens_t(c, slope)
    opposite = tail - 2 * scipy.special.owens_t(c, 1 / slope)
    return float(2 * tail * (len(neighbours) + 1) - np.sum(2 * (same + opposite)))
