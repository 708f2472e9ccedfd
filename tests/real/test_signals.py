"""Authenticity signals on real accounts: how often they call where nothing is known to be wrong.

Units are the newest 30 posts of each account (Instagram, X). Planted: the same posts with a fifth
of their spread, as engagement bought per post would have; and comments a twentieth of what they
were. Nobody knows that the real accounts are all authentic: the share is an upper bound.
"""

from __future__ import annotations

import numpy as np
import pyarrow.csv
import pytest

from truelift.decisions.authenticity import Shown, far_from_peers, narrow_spreads

POSTS, PLANTED = 30, 5


@pytest.fixture
def accounts(real):
    """Log engagement and comments per like of each account's newest posts, by platform."""
    rows = pyarrow.csv.read_csv(real("creator_posts_final.csv.gz"))
    rows = rows.filter(rows["is_reply"].to_numpy() == 0)
    rows = rows.sort_by([("account", "ascending"), ("posted_at", "ascending")])
    likes, comments, shares = (
        np.nan_to_num(rows[name].to_numpy().astype(float))
        for name in ("likes", "comments", "shares")
    )
    platform = rows["platform"].to_numpy(zero_copy_only=False)
    name = rows["account"].to_numpy(zero_copy_only=False)
    _, start = np.unique(name, return_index=True)
    found = []
    for part in np.split(np.arange(len(name)), start[1:]):
        newest = part[-POSTS:]
        if len(newest) == POSTS and likes[newest].sum() > 0:
            log = np.log(likes[newest] + comments[newest] + shares[newest] + 0.5)
            found.append((platform[newest[0]], log, comments[newest].sum() / likes[newest].sum()))
    return found


def signals(accounts, planted=()):
    """Give who gets a signal of either sort."""
    where = np.unique([one[0] for one in accounts], return_inverse=True)[1]
    unit = np.repeat(np.arange(len(accounts)), POSTS)
    logs = [
        log.mean() + (log - log.mean()) / 5 if at in planted else log
        for at, (_, log, _) in enumerate(accounts)
    ]
    ratio = [one[2] / 20 if at in planted else one[2] for at, one in enumerate(accounts)]
    shown = Shown(unit, np.full(len(unit), np.datetime64("2020-01-01")), np.concatenate(logs))
    narrow = narrow_spreads(shown, where, len(accounts))
    return set(narrow), set(far_from_peers("comments", "comments", np.array(ratio), where))


def test_real_accounts_are_seldom_signalled_and_planted_ones_are(accounts, show):
    usual_spread, usual_ratio = signals(accounts)
    seen_spread = seen_ratio = tried = 0
    for first in range(0, len(accounts) - PLANTED, PLANTED):
        planted = set(range(first, first + PLANTED))
        spread, ratio = signals(accounts, planted)
        seen_spread, seen_ratio = (
            seen_spread + len(spread & planted),
            seen_ratio + len(ratio & planted),
        )
        tried += PLANTED
    count = len(accounts)
    rows = (("narrow spread", usual_spread, seen_spread), ("comments", usual_ratio, seen_ratio))
    show(
        f"signals on {count} real accounts, {POSTS} posts each",
        [
            f"{name}: {len(usual) / count:.3f} as they are, {seen / tried:.3f} of {tried} planted"
            for name, usual, seen in rows
        ],
    )
    assert len(usual_spread) <= 0.05 * count
    assert len(usual_ratio) <= 0.05 * count
    assert seen_spread >= 0.8 * tried
