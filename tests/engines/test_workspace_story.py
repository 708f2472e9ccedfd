"""One story, told to a workspace in a file and to one in PostgreSQL: both say the same.

Import, seal, more facts, figures, the books, a close by two people, and what comes late after it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from truelift.base.time import Period
from truelift.operations import close
from truelift.store import workspace_database
from truelift.workspace.workspace import Workspace

pytestmark = pytest.mark.soak  # and `make test-cluster`

PLAYED = Path(__file__).parents[1] / "operations" / "conftest.py"
SEALED, JUNE = dt.datetime(2026, 4, 30, 20), dt.datetime(2026, 6, 3, 9)
MONTHS = (4, 5)
COURSE = """
orders
order_id | ordered_at | currency | subtotal | cogs  | code
o1       | @05-05     | USD      | 119.00   | 50.00 | ANA-26
o2       | @05-06     | EUR      | 100.01   | 33.34 | BO-26
o3       | @06-02     | USD      | 77.77    | 20.00 |

refunds
refund_id | order_id | refunded_at | amount | currency | restocked
r1        | o1       | @05-18      | 33.35  | USD      | yes

costs
document | state    | date  | agreement | campaign | type       | amount | currency
i1       | invoiced | 05-10 | a-spring  |          | fee        | 300.00 | USD
p1       | paid     | 05-12 | a-spring  |          | fee        | 120.00 | USD
studio   | invoiced | 05-11 |           | spring   | production | 40.00  | USD
"""
LATE = """
costs
document | state    | date  | campaign | type       | amount | currency
late     | invoiced | 05-20 | spring   | production | 7.00   | USD
"""
PLACE = re.compile(r"/[^\" ]*/(?=inbox/)")
OWN = ("workspace",)
"""What is different in every workspace: its id."""


def said(ws):
    """Give every report as text, without what is a workspace's own."""
    asked = {
        "roi": ws.roi(), "by campaign": ws.roi(by="campaign"), "bridge": ws.bridge("spring"),
        "trial balance": ws.trial_balance(), "journal": ws.journal(),
        "quarantine": ws.list("quarantine"), "creators": ws.list("creators"),
    }  # fmt: skip
    return {
        name: PLACE.sub(
            "",
            json.dumps(
                {key: value for key, value in found.data.items() if key not in OWN},
                default=str,
                indent=1,
            ),
        )
        for name, found in asked.items()
    }


def story(folder):
    """Tell the story in a folder; give what the workspace says before and after the close."""
    played = runpy.run_path(str(PLAYED))
    with contextlib.ExitStack() as stack:
        told = played["told_in"](stack, folder)
        told.given(played["CATALOG"], at=SEALED - dt.timedelta(hours=1))
        sealed = told.sealed(SEALED)
        told.given(COURSE, at=JUNE)
        before = said(told.ws) | {"sealed": str(sealed)}
        for month in MONTHS:
            close.prepare(replace(told.ground, person="ana"), Period(2026, month))
            close.approve(replace(told.ground, person="bo"), Period(2026, month))
        told.given(LATE, at=JUNE + dt.timedelta(days=1))
        return told.ground.workspace.address, before, said(Workspace(told.ground))


@pytest.fixture(scope="module")
def in_file(tmp_path_factory):
    return story(tmp_path_factory.mktemp("file"))


@pytest.fixture(scope="module")
def in_server(tmp_path_factory, copies):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(workspace_database, "sqlite_engine", copies.engine_of)
        return story(tmp_path_factory.mktemp("server"))


@pytest.mark.parametrize("when", [1, 2])
def test_both_say_the_same(in_file, in_server, when):
    assert in_server[0].startswith("postgresql://")
    assert len(in_file[when]["roi"]) > 1000
    for name, text in in_file[when].items():
        assert in_server[when][name] == text, name


def test_the_close_moved_the_late_cost_to_the_next_period(in_server):
    later = [json.dumps(row) for row in json.loads(in_server[2]["journal"])["rows"]]
    before = {json.dumps(row) for row in json.loads(in_server[1]["journal"])["rows"]}
    added = [row for row in later if row not in before and "late" in row]
    assert added
    assert all("2026-06" in row for row in added)
