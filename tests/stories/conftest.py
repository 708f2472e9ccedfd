"""The stories are told with the same tables as the tests of operations."""

import datetime as dt
import runpy
from pathlib import Path

import pytest

from truelift.base.time import Period
from truelift.ledger.period import PeriodStatus
from truelift.store import control_records, journal

TOLD = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))

told = TOLD["told"]


@pytest.fixture
def play():
    """Play the season in a folder: play(stack, folder) -> Told."""
    return lambda stack, folder: TOLD["play_season"](TOLD["told_in"](stack, folder))


@pytest.fixture(scope="session")
def workspace_in():
    """Make an empty workspace below a folder: workspace_in(stack, folder) -> Told."""
    return TOLD["told_in"]


@pytest.fixture(scope="session")
def shown():
    """Give a result's columns as (what is there, what is expected): shown(result, table)."""
    return TOLD["shown"]


@pytest.fixture(scope="session")
def closed():
    """Close a period of a told workspace with what is known at a time: closed(told, 5, at)."""

    def close(told, month, at, state="closed"):
        period, brand = Period(2026, month), told.ground.brand.brand
        status = PeriodStatus.CLOSED if state == "closed" else PeriodStatus.OPEN
        record = {"period": str(period), "state": state, "known_at": at.isoformat()}
        later = at + dt.timedelta(hours=1)
        with told.ground.workspace.transaction() as connection:
            journal.set_period_status(
                connection, brand, period, status, changed_by="eve", changed_at=later
            )
            control_records.keep(
                connection, brand, control_records.CLOSE, str(period), record, at=later, by="eve"
            )

    return close
