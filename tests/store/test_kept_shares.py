"""Kept shares are a cache: given only for just what was asked, gone whenever in doubt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from truelift.operations.recompute import recompute
from truelift.store import ground as grounds
from truelift.store import kept_shares
from truelift.store.facts_engine import FactsEngine
from truelift.store.workspace_database import BrandRecord

RECORDED = dt.datetime(2026, 6, 1, 9)
ROWS = [
    {
        "order_id": str(number), "ordered_at": f"2026-05-0{number}T12:00:00Z", "currency": "USD",
        "subtotal": "10.00",
    }
    for number in (1, 2)
]  # fmt: skip


@pytest.fixture
def ground(tmp_path, facts):
    """A workspace that stands on the facts of a folder."""
    folder = tmp_path / "workspace"
    grounds.create(folder, BrandRecord("acme", "acme", "USD", "UTC", "acme", "months"), RECORDED)
    clock = grounds.StoppedClock(RECORDED)
    with grounds.opened(folder, None, clock, "ana.controller") as opened:
        yield replace(opened, facts=facts.engine)


def asked(ground, *, as_of=kept_shares.ALWAYS, known_at=kept_shares.ALWAYS):
    with ground.workspace.transaction() as connection:
        found = kept_shares.shares(ground.facts, connection, "acme", as_of=as_of, known_at=known_at)
    return None if found is None else sorted(found["conversion_id"].to_pylist())


def test_shares_are_kept_of_what_is_known_now_and_serve_every_as_of(ground, facts):
    facts.bring(ROWS)
    assert asked(ground) is None
    recompute(ground)
    assert asked(ground) == ["1", "2"]
    assert asked(ground, known_at=RECORDED) == ["1", "2"]
    assert asked(ground, as_of=dt.datetime(2026, 5, 1, 12)) == ["1"]
    assert asked(ground, known_at=RECORDED - dt.timedelta(seconds=1)) is None


def test_another_rule_drops_what_is_kept(ground, facts, monkeypatch):
    facts.bring(ROWS)
    recompute(ground)
    monkeypatch.setattr(kept_shares, "rule", lambda: "another")
    assert asked(ground) is None
    assert recompute(ground).whole
    assert asked(ground) == ["1", "2"]


def test_a_file_made_again_keeps_nothing_until_the_next_batch(ground, facts):
    facts.bring(ROWS)
    recompute(ground)
    facts.close()
    (facts.folder / "facts.duckdb").unlink()
    ground = replace(ground, facts=facts.open().engine)
    assert asked(ground) is None
    assert recompute(ground).whole


def test_facts_without_a_log_keep_nothing(ground):
    engine = FactsEngine()
    assert engine.applied_after(0) is None
    assert recompute(replace(ground, facts=engine)).conversions == 0
    engine.close()
