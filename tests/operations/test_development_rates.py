"""Rates of returns: proposed by one, approved by another, and then held back by the books."""

from __future__ import annotations

import datetime as dt
import runpy
from pathlib import Path

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.ledger.chart import RESERVE
from truelift.operations.book import book_by_policy
from truelift.operations.development_rates import approve_rates, development_rates, propose_rates
from truelift.operations.policy import policy_rows

FACTS = runpy.run_path(str(Path(__file__).parent / "test_developments.py"))["FACTS"]


def test_each_age_says_what_is_still_to_come(read_only):
    rows = development_rates(read_only(FACTS).ground)
    assert rows[0]["refunded_still_to_come"] > rows[1]["refunded_still_to_come"] > 0
    assert rows[-1]["refunded_still_to_come"] == 0
    assert rows[0]["why"].endswith("of goods are still refunded after 0 days.")


def test_one_proposes_another_approves_and_the_books_hold_the_rate_back(told, acting):
    told.given(FACTS)
    proposed = propose_rates(acting("pat", Role.PREPARER))
    assert proposed["returns_reserve_ppm"] == pytest.approx(14_000 / 1_150_000 * 1e6, rel=0.02)
    assert (proposed["commission_validation_days"], proposed["prepared_by"]) == (14, "pat")
    assert "weeks of orders" in proposed["why"]
    both = acting("pat", Role.PREPARER, Role.APPROVER)
    with pytest.raises(Refused, match="another person has to"):
        approve_rates(both, proposed["proposal"])
    with pytest.raises(Refused):
        approve_rates(acting("pim", Role.PREPARER), proposed["proposal"])
    assert len(policy_rows(told.ground)) == 1
    kim = acting("kim", Role.APPROVER)
    row = approve_rates(kim, proposed["proposal"], valid_from=dt.date(2026, 1, 1))
    assert (row["state"], row["approved_by"]) == ("approved", "kim")
    signed = policy_rows(told.ground)[-1]
    assert signed["returns_reserve_ppm"] == proposed["returns_reserve_ppm"]
    assert (signed["commission_validation_days"], signed["recorded_by"]) == (14, "kim")
    with pytest.raises(UsageError, match="approved already"):
        approve_rates(kim, proposed["proposal"])
    _, faults = book_by_policy(kim)
    assert not faults
    rows = told.ws.journal().rows
    reserve = [float(row["base"]) for row in rows if row["account"] == RESERVE]
    assert max(reserve) > 0
    assert min(reserve) < 0  # released after the days


def test_what_is_not_proposed_or_has_no_history_is_refused(told, acting):
    with pytest.raises(NotFound, match="no proposal 'x'"):
        approve_rates(acting("kim", Role.APPROVER), "x")
    with pytest.raises(UsageError, match="cohorts are old enough"):
        propose_rates(acting("pat", Role.PREPARER))
    (row,) = development_rates(told.ground)
    assert row["withheld"] == "NO_HISTORY"
