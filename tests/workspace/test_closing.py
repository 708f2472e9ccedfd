"""A period is closed from Python as from the command line."""

from __future__ import annotations

import datetime as dt
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from truelift.base.errors import UsageError
from truelift.base.time import Period
from truelift.workspace.closing import month
from truelift.workspace.workspace import Workspace

TOLD = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))
told = TOLD["told"]

MONTH = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

costs
document | state    | date  | campaign | type   | amount | currency
tool-5   | invoiced | 05-11 | spring   | agency | 50.00  | USD
tool-6   | invoiced | 06-02 | spring   | agency | 10.00  | USD

balances
entity | period  | account | amount | currency
brand  | 2026-05 | 6140    | 50.00  | USD
brand  | 2026-05 | 2000    | -49.00 | USD
"""


@pytest.fixture
def people(told):
    told.given(MONTH, at=dt.datetime(2026, 6, 3))
    return {name: Workspace(replace(told.ground, person=name)) for name in ("ana", "bo")}


def test_prepared_approved_packed_acknowledged_and_tied_out(people, tmp_path):
    prepared = people["ana"].close_prepare("2026-05")
    assert [row["name"] for row in prepared.rows][:2] == ["watermark", "sequence"]
    (locked,) = people["bo"].close_approve("2026-05").rows
    assert (locked["state"], locked["by"]) == ("closed", "bo")
    files = people["bo"].close_pack("2026-05", tmp_path / "pack").rows
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == [
        "close-2026-05.pdf", "close-2026-05.xlsx",
    ]  # fmt: skip
    assert len(files) == 2
    (row,) = people["bo"].close_acknowledge("2026-05", "GL-4711").rows
    assert row["checkpoint"] == locked["checkpoint"]
    tied = {
        row["account"]: row["difference_minor"]
        for row in people["bo"].close_tie_out("2026-05").rows
    }
    assert tied == {"2000": -100, "6140": 0}
    people["bo"].close_reopen("2026-05", "an invoice came")
    states = [row["state"] for row in people["bo"].close_status().rows]
    assert states == ["prepared", "closed", "reopened"]


def test_a_period_is_a_month():
    assert month("2026-05") == Period(2026, 5)
    with pytest.raises(UsageError, match="--period May"):
        month("May")
