"""Campaigns that never were, on real creators and their real calendar, with and without controls.

Fifteen Instagram accounts are called treated from a Monday on; their next five posts are the
campaign, everybody else is a control. Nothing was sponsored, so every lift that is told is wrong.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace

import numpy as np
import pytest

from truelift.measurement.baseline import estimate_baselines
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.controls import ControlPosts, Windows, control_columns
from truelift.measurement.lift import CampaignPosts, creator_lift

TREATED, BEFORE, POSTS = 15, 20, 5
WEEKS = np.datetime64("2020-03-02", "us") + np.arange(40) * np.timedelta64(7, "D")
SPAN = np.timedelta64(84, "D")


@pytest.fixture
def accounts(real):
    """Give (times, readings) of each Instagram account, oldest first."""
    with gzip.open(real("creator_posts_final.csv.gz"), "rt", newline="") as file:
        rows = [row for row in csv.reader(file) if row[0] == "instagram" and row[7] == "0"]
    found = {}
    for row in rows:
        found.setdefault(row[1], []).append((row[2], sum(map(float, row[3:6]))))
    told = []
    for name in sorted(found):
        posts = sorted(found[name])
        times = np.array([at for at, _ in posts], "datetime64[us]")
        told.append((times, np.log(np.array([count for _, count in posts]) + 0.5)))
    return told


def replayed(accounts, start, random):
    """Give the campaign lift of one draw: without controls, and with."""
    cut = [int(np.searchsorted(times, start)) for times, _ in accounts]
    able = [
        one
        for one, (times, _) in enumerate(accounts)
        if cut[one] >= BEFORE
        and len(times) >= cut[one] + POSTS
        and times[cut[one] + POSTS - 1] < start + SPAN
    ]
    treated = sorted(random.choice(able, TREATED, replace=False).tolist())
    others = [one for one in able if one not in treated]
    order = [*treated, *others]
    history = np.concatenate([accounts[one][1][cut[one] - BEFORE : cut[one]] for one in order])
    pool = estimate_baselines(np.repeat(np.arange(len(order)), BEFORE), history, len(order))
    columns = ("level", "p", "s2", "nu", "q", "n")
    base = replace(pool, **{name: getattr(pool, name)[:TREATED] for name in columns})
    z = np.concatenate([accounts[one][1][cut[one] : cut[one] + POSTS] for one in treated])
    zeros = np.zeros(len(z))
    group = np.repeat(np.arange(TREATED), POSTS)
    posts = CampaignPosts(group, np.round(np.exp(z)), z, zeros, zeros)
    times = np.array([accounts[one][0][cut[one] : cut[one] + POSTS] for one in treated])
    began = np.full(TREATED, start)
    windows = Windows(np.full(TREATED, -1), began, times[:, 0], times[:, -1], base.q)
    control = control_columns(windows, beside(accounts, others, cut, start))
    return [campaign_lift(creator_lift(base, posts, control=one)) for one in (None, control)]


def beside(accounts, others, cut, start):
    parts = [
        (place, accounts[one][0][cut[one] - BEFORE :], accounts[one][1][cut[one] - BEFORE :])
        for place, one in enumerate(others)
    ]
    unit = np.concatenate([np.full(len(z), place) for place, _, z in parts])
    times, z = (np.concatenate([part[index] for part in parts]) for index in (1, 2))
    kept = times < start + SPAN
    nobody = np.zeros(0, "datetime64[us]")
    return ControlPosts(
        names=[str(one) for one in others],
        unit=unit[kept],
        published_at=times[kept],
        z=z[kept],
        tau2=np.zeros(kept.sum()),
        since=np.full(len(others), np.datetime64("1970-01-01", "us")),
        until=np.full(len(others), np.datetime64("2100-01-01", "us")),
        busy=np.zeros(0, np.int64),
        busy_since=nobody,
        busy_until=nobody,
    )


@pytest.mark.soak
def test_controls_take_the_real_calendar_out(accounts, show):
    random = np.random.default_rng(6)
    found = [replayed(accounts, start, random) for start in WEEKS for _ in range(2)]
    wrong, size = [], []
    for index in (0, 1):
        mine = [pair[index] for pair in found]
        wrong.append(np.mean([not one.low <= 0 <= one.high for one in mine]))
        size.append(np.mean([(one.log / (one.high - one.low)) ** 2 for one in mine]))
    show(
        f"{len(found)} campaigns that never were, Instagram, one look",
        [
            f"{name:<17} wrong {w:.3f}, mean square of lift over width {s:.4f}"
            for name, w, s in zip(("without controls", "with controls"), wrong, size, strict=True)
        ],
    )
    assert wrong[1] <= 0.06
    assert size[1] < size[0]
