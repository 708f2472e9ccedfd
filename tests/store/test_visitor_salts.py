"""Visitor salts: all workers of a day have the same one, and it is gone 48 hours later."""

from __future__ import annotations

from truelift.store.visitor_salts import NAME, VisitorSalts


def test_all_workers_have_the_salt_of_the_day(tmp_path):
    first, second = VisitorSalts(tmp_path), VisitorSalts(tmp_path)
    assert first(20_000) == second(20_000) == first(20_000)
    assert len(first(20_000)) == 32
    assert first(20_001) != first(20_000)
    assert second(20_001) == first(20_001)


def test_a_salt_is_destroyed_after_the_day_that_follows_its_own(tmp_path):
    salts = VisitorSalts(tmp_path)
    old = salts(20_000)
    file = tmp_path / "private" / NAME
    salts(20_001)
    assert old.hex() in file.read_text(encoding="utf-8")
    salts(20_002)
    assert old.hex() not in file.read_text(encoding="utf-8")
    assert salts(20_000) != old
    assert file.stat().st_mode & 0o777 == 0o600
    assert old not in file.read_bytes()


def test_a_clock_that_went_back_far_has_a_salt_all_the_same(tmp_path):
    salts = VisitorSalts(tmp_path)
    assert salts(20_000)
    assert salts(19_000) == salts(20_000)
