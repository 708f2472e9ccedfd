"""Lists of real creators without any campaign: how often a list flags a creator all the same.

Windows of 20 and then 10 posts of X accounts, final counters, a look after each of the 10. Only
every second account, those on which nothing was chosen (measurement.discoveries.TAIL_DEGREES). A
list holds some windows of each account, drawn at random, so lists are not independent of each
other: the share is printed with the number of accounts behind it.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from truelift.measurement import discoveries
from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.lift import CampaignPosts, creator_lift

BEFORE, AFTER, PER_ACCOUNT, LISTS = 20, 10, 12, 40


@pytest.fixture
def accounts(real):
    """Log readings of every second X account, oldest first."""
    rows = pyarrow.csv.read_csv(real("creator_posts_final.csv.gz"))
    rows = rows.filter(
        pc.and_(pc.equal(rows["platform"], "twitter"), pc.equal(rows["is_reply"], 0))
    )
    rows = rows.sort_by([("account", "ascending"), ("posted_at", "ascending")])
    counts = sum(rows[name].to_numpy().astype(float) for name in ("likes", "comments", "shares"))
    _, start = np.unique(rows["account"].to_numpy(zero_copy_only=False), return_index=True)
    found = np.split(np.log(counts + 0.5), start[1:])[1::2]
    return [z for z in found if len(z) >= BEFORE + AFTER + 5]


def flags_anything(accounts, random):
    """Play one list, and say whether any look flags any of its creators."""
    picked = [
        z[at : at + BEFORE + AFTER]
        for z in accounts
        for at in random.integers(0, len(z) - BEFORE - AFTER, PER_ACCOUNT)
    ]
    z = np.array(picked)
    group = np.repeat(np.arange(len(z)), BEFORE)
    baselines = estimate_baselines(group, z[:, :BEFORE].ravel(), len(z))
    for look in range(1, AFTER + 1):
        read = z[:, BEFORE : BEFORE + look].ravel()
        nothing = np.zeros(len(read))
        posts = CampaignPosts(
            np.repeat(np.arange(len(z)), look), np.ones(len(read)), read, nothing, nothing
        )
        lifts = creator_lift(baselines, posts)
        if discoveries.flagged(lifts.p, lifts.log).any():
            return True
    return False


def share_of_lists(accounts):
    random = np.random.default_rng(11)
    return np.mean([flags_anything(accounts, random) for _ in range(LISTS)])


@pytest.mark.soak
def test_a_list_of_real_creators_without_a_campaign_flags_hardly_ever(accounts, show, monkeypatch):
    ours = share_of_lists(accounts)
    monkeypatch.setattr(discoveries, "TAIL_DEGREES", np.inf)
    model = share_of_lists(accounts)
    show(
        f"{LISTS} lists of {PER_ACCOUNT * len(accounts)} windows of {len(accounts)} X accounts",
        [
            f"flag anything at any of {AFTER} looks: {ours:.3f}",
            f"with the model's tail: {model:.3f}",
        ],
    )
    assert ours <= 0.05
    assert model > 0.1
