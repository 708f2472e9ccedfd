"""Posts of a campaign as columns: live ones, planned ones, and whose level is not known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.base.estimate import Reason
from truelift.operations.forecast_posts import posted
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement

FACTS = """
campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD

profiles
platform  | handle | creator
instagram | ana.ig | ana
tiktok    | cy.tt  | cy

agreements
agreement | campaign | creator | currency | signed_on
a         | glow     | ana     | USD      | 04-01
b         | glow     | bo      | USD      | 04-01
c         | glow     | cy      | USD      | 04-01

deliverables
deliverable | agreement | platform  | due_on | live_at
a1          | a         |           | 05-02  | @05-02
a2          | a         | instagram | 05-20  |
a3          | a         | instagram | 05-05  |
a4          | a         | instagram | 06-20  |
b1          | b         |           | 05-20  |
c1          | c         | tiktok    | 05-20  |

posts
platform  | post_id | handle | published_at | campaign
instagram | o1      | ana.ig | @03-01       |
instagram | o2      | ana.ig | @03-08       |
instagram | o3      | ana.ig | @03-15       |
instagram | a-ad    | ana.ig | @05-02       | glow
tiktok    | c-ad    | cy.tt  | @05-12       | glow

observations
platform  | post_id | observed_at         | likes
instagram | o1      | @04-01              | 900
instagram | o2      | @04-08              | 1000
instagram | o3      | @04-15              | 1100
instagram | a-ad    | @05-09              | 3000
"""
NOW = dt.datetime(2026, 5, 12, 16)


@pytest.fixture(scope="module")
def found(read_only):
    told = read_only(FACTS, dt.datetime(2026, 5, 13))
    told.sealed(dt.datetime(2026, 5, 13, 1), creator="ana", late=True)
    return posted(Measurement(knowledge(told.ground, as_of=NOW)), "glow", "engagement")


def test_live_posts_grow_to_the_end_and_planned_ones_are_those_not_yet_published(found):
    assert found.units == [("ana", "instagram"), ("cy", "tiktok")]
    posts = found.posts
    assert posts.count.tolist() == [3000]
    assert 0 < posts.grow[0] < 0.2
    assert posts.planned_row.tolist() == [0, 0, 1]
    assert posts.planned_age[0] > posts.planned_age[1]


def test_levels_before_and_since_are_the_baseline_and_the_campaigns_posts(found):
    evidence = found.posts.evidence
    assert np.exp(evidence.before[0]) == pytest.approx(1000, rel=0.1)
    assert np.exp(evidence.since[0]) == pytest.approx(3000, rel=0.2)
    assert np.isinf(evidence.before_variance).tolist() == [False, True]
    assert np.isinf(evidence.since_variance).tolist() == [False, True]


def test_who_has_no_baseline_or_was_never_read_says_so(found):
    assert found.withheld["cy"].reason is Reason.NO_BASELINE
    assert found.silent["cy"].reason is Reason.NO_HISTORY
    assert found.of(["ana", "cy"]).tolist() == [[1, 0], [0, 1]]
