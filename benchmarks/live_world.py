"""A workspace with many facts behind it: a year of clicks and orders of 200 campaigns up to today.

In:   how many facts.
Out:  a folder as an import would leave it: campaigns, 2,000 creators with their agreements and
      posts, and drawn clicks and orders, taken in by the facts engine.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

import truelift
from benchmarks import closure
from truelift.operations.recompute import recompute
from truelift.store import ground as grounds
from truelift.store.workspace_database import BrandRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from truelift.workspace.workspace import Workspace

Row = dict[str, Any]

ORGANIC, SPONSORED = 25, 6
"""Posts of a creator before and in the campaign."""
SEEN_AFTER = (1, 7, 20)
"""Days after which a sponsored post was read."""


def start() -> dt.datetime:
    """Give the first day: the facts end with yesterday."""
    today = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=closure.DAYS)
    return dt.datetime.combine(today, dt.time())


def fill(folder: Path, facts: int, told: Callable[[str], None] = lambda _: None) -> None:
    """Make the workspace."""
    first = start()
    record = BrandRecord("acme", "acme", "USD", "UTC", "acme", "months")
    grounds.create(folder, record, first)
    with truelift.open(folder) as workspace:
        _plan(workspace, first)
        _posts(workspace, first)
    with grounds.opened(folder, None, grounds.StoppedClock(first), "bench") as ground:
        closure.catalog(ground)
        drawn = closure.Drawn(np.random.default_rng(5), max(facts // 4, 1), start=first)
        for number in range(0, facts, closure.CHUNK):
            since, until = (closure.DAYS * at / facts for at in (number, number + closure.CHUNK))
            clicks = closure.CHUNK * closure.CLICKS_OF_TEN // 10
            rows = {
                "clicks": drawn.clicks(clicks, since, until),
                "orders": drawn.orders(closure.CHUNK - clicks, since, until),
            }
            for kind, given in rows.items():
                closure.take(ground, kind, given, number // 1_000, first)
            told(f"{number + closure.CHUNK:,} facts")
        told(f"shares of {recompute(ground).conversions:,} conversions")


def _ingest(workspace: Workspace, kind: str, rows: list[Row]) -> None:
    names = sorted({name for row in rows for name in row})
    workspace.ingest(
        kind, pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
    )


def _plan(workspace: Workspace, first: dt.datetime) -> None:
    creators, campaigns = closure.CREATORS, closure.CAMPAIGNS
    _ingest(workspace, "campaigns", [
        {"campaign": f"campaign-{number}", "goal": "sales", "budget": "20000", "currency": "USD",
         "starts": str((first + dt.timedelta(days=number)).date()),
         "ends": str((first + dt.timedelta(days=number + 160)).date())}
        for number in range(campaigns)
    ])  # fmt: skip
    _ingest(workspace, "creators", [
        {"creator": f"creator-{number}", "name": f"Creator {number}", "category": f"c{number % 7}"}
        for number in range(creators)
    ])  # fmt: skip
    _ingest(workspace, "agreements", [
        {"agreement": f"a{number}", "campaign": f"campaign-{number % campaigns}",
         "creator": f"creator-{number}", "fee": "1000", "currency": "USD",
         "signed_on": str((first - dt.timedelta(days=10)).date())}
        for number in range(creators)
    ])  # fmt: skip
    _ingest(workspace, "margins", [
        {"scope": "brand", "key": "acme", "valid_from": "2020-01-01", "margin_rate": "0.6"}
    ])  # fmt: skip


def _posts(workspace: Workspace, first: dt.datetime) -> None:
    random = np.random.default_rng(3)
    posts: list[Row] = []
    readings: list[Row] = []
    for number in range(closure.CREATORS):
        campaign, usual = number % closure.CAMPAIGNS, float(np.exp(random.normal(7, 1)))
        plan = [
            *(("o", at, first - dt.timedelta(days=92 - 3 * at), (20,)) for at in range(ORGANIC)),
            *(("s", at, first + dt.timedelta(days=campaign + 5 + 8 * at), SEEN_AFTER)
              for at in range(SPONSORED)),
        ]  # fmt: skip
        for sort, at, published, seen in plan:
            post = {"platform": "instagram", "post_id": f"{sort}{number}-{at}"}
            ours = {"campaign": f"campaign-{campaign}"} if sort == "s" else {}
            posts.append(
                post | ours | {"creator": f"creator-{number}", "published_at": _text(published)}
            )
            likes = usual * (1.5 if ours else 1.0) * np.exp(random.normal(0, 0.5))
            readings += [
                post | {"observed_at": _text(published + dt.timedelta(days=days)), "views": str(
                    int(20 * likes)), "likes": str(int(likes)), "comments": "3", "saves": "1"}
                for days in seen
            ]  # fmt: skip
    _ingest(workspace, "posts", posts)
    _ingest(workspace, "observations", readings)


def _text(at: dt.datetime) -> str:
    return f"{at.isoformat()}Z"
