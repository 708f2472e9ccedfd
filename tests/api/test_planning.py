"""The API looks ahead as the other doors do."""

from __future__ import annotations

import contextlib
import runpy

import pytest
from litestar.testing import TestClient

from truelift.api import application as api
from truelift.catalog.permission import Role
from truelift.operations import desk
from truelift.store.ground import Desk
from truelift.store.people_store import owner
from truelift.workspace.workspace import Workspace

FACTS = """
campaigns
campaign | goal  | starts | ends  | currency | budget
spring   | sales | 05-01  | 05-31 | USD      | 100.00
"""


async def at_once(call):
    return call()


@pytest.fixture
def asked(tmp_path):
    """A client of the API, as an auditor."""
    told_in = runpy.run_path("tests/operations/conftest.py")["told_in"]
    with contextlib.ExitStack() as stack:
        ground = told_in(stack, tmp_path).given(FACTS).ground
        at = Desk(ground.workspace, ground.clock, owner("owner"))
        desk.add_person(at, "audrey", Role.AUDITOR)
        token = desk.issue_token(at, "audrey").reveal()
        ws = Workspace(ground)
        made = api.application(ws, ws, writing=at_once, reading=at_once)
        client = stack.enter_context(TestClient(made, raise_server_exceptions=False))
        client.headers["authorization"] = f"Bearer {token}"
        yield lambda path: client.get(f"/api/v1/{path}")


def test_pacing_and_forecast_are_questions_of_the_api(asked):
    rows = asked("pacing?campaign=spring").json()["rows"]
    assert [row["metric"] for row in rows] == ["", "budget"]
    (row,) = asked("forecast?campaign=spring&target=0.5").json()["rows"]
    assert row["withheld"] == "NOT_PLANNED"
    assert asked("forecast?campaign=none").status_code == 404
    assert asked("forecast?target=x").status_code == 400
    assert asked("pacing?as_of=May").status_code == 400
