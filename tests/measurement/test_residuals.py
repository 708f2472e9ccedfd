from __future__ import annotations

import numpy as np
import pytest

from truelift.measurement.baseline import Baselines, VariancePrior, estimate_baselines
from truelift.measurement.lift import CampaignPosts, log_lift
from truelift.measurement.residuals import baseline_residuals, campaign_residuals


def test_residuals_are_standard_normal_whatever_the_lift_and_show_a_changed_spread():
    random = np.random.default_rng(4)
    found = Baselines(*(np.full(400, v) for v in (5.0, 0.05, 0.5, 24.0, 0.01)), np.full(400, 20))
    group = np.repeat(np.arange(400), 8)
    sizes = {}
    for name, spread in (("same", 0.5), ("doubled", 2.0)):
        z = 6 + random.normal(0, np.sqrt(spread), len(group))
        z[3] = np.nan
        zeros = np.zeros(len(z))
        posts = CampaignPosts(group, np.exp(z), z, zeros, zeros)
        left = campaign_residuals(found, posts, log_lift(found, posts).delta)
        assert np.isnan(left[3])
        assert abs(np.nanmean(left)) < 0.05
        sizes[name] = np.nanvar(left)
    assert sizes["same"] == pytest.approx(7 / 8, abs=0.05)  # one of eight went to the lift
    assert sizes["doubled"] > 2.5


def test_residuals_of_the_baseline_have_the_creators_own_variance(pool):
    group, z, _ = pool
    z = z.copy()
    z[5] = np.nan
    found = estimate_baselines(group, z, 40, prior=VariancePrior(1e-9, 1.0))
    left = baseline_residuals(found, group, z)
    first = np.concatenate([[True], np.diff(group) > 0])
    assert np.array_equal(np.isnan(left), first | np.isnan(z))
    for creator in range(40):  # moderation switched off: s2 is ss / (n - 1)
        own = left[(group == creator) & np.isfinite(left)]
        assert np.mean(own**2) == pytest.approx(1, rel=1e-6)
    nobody = estimate_baselines(np.array([0, 1, 1]), np.array([1.0, 2, 3]), 2)
    assert np.isnan(baseline_residuals(nobody, np.array([0, 1, 1]), np.array([1.0, 2, 3]))[0])
