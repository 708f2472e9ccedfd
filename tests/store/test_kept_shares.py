"""Kept shares are a cache: given only for just what was asked, gone whenever in doubt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest

from truelift.operations.recompute import Recomputed, recompute
from truelift.store import ground as grounds
from truelift.store import kept_shares
from truelift.store.facts_engine import FactsEngine
from truelift.store.kept_shares import Arrived
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


def test_what_came_after_a_segment_is_told_with_its_rows(ground, facts, monkeypatch):
    facts.bring(ROWS)
    facts.bring(ROWS[:1], brand="bolt")
    facts.bring([ROWS[0] | {"order_id": "3"}], file="more.csv")
    arrived = partial(kept_shares.arrived, ground.facts, "acme")
    assert arrived(0) == Arrived(3, ((1, "orders"), (3, "orders")), 3)
    assert arrived(1) == arrived(2) == Arrived(3, ((3, "orders"),), 1)
    assert arrived(3) == Arrived(3, (), 0)
    # One that waits to be applied is not there yet; one that is missing makes all of it unknown.
    with monkeypatch.context() as patch:
        patch.setattr(facts.engine, "_apply", lambda *_given, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            facts.bring([ROWS[0] | {"order_id": "4"}], file="waits.csv")
    assert arrived(2).last == 3
    facts.bring([ROWS[0] | {"order_id": "5"}], file="next.csv")
    assert arrived(2).last == 5
    facts.engine._connection.execute("delete from applied_segment where number = 4")
    assert arrived(2) is None
    assert arrived(4) is not None


def test_another_brand_that_is_busy_and_merged_leaves_what_is_kept_in_force(ground, facts):
    facts.bring(ROWS)
    recompute(ground)
    for number in range(20):
        facts.bring([ROWS[0] | {"order_id": f"b{number}"}], file=f"{number}.csv", brand="bolt")
    assert ground.facts.compact(2**40) > 0
    assert asked(ground) == ["1", "2"]


def test_segments_that_were_merged_before_they_were_looked_at_make_everything_anew(ground, facts):
    facts.bring(ROWS)
    recompute(ground)
    for number in range(20):
        facts.bring([ROWS[0] | {"order_id": f"n{number}"}], file=f"{number}.csv")
    ground.facts.compact(2**40)
    assert asked(ground) is None
    assert recompute(ground) == Recomputed(22, whole=True)
    assert len(asked(ground)) == 22


def test_facts_without_a_log_keep_nothing(ground):
    engine = FactsEngine()
    assert kept_shares.arrived(engine, "acme", 0) is None
    assert recompute(replace(ground, facts=engine)).conversions == 0
    engine.close()
