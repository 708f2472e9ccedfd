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


@pytest.fixture(scope="module")
def refunded(tmp_path_factory):
    """Ask as one of several people, in a brand whose refunds have a history."""
    asking = runpy.run_path("tests/api/test_application.py")["asking"]
    facts = runpy.run_path("tests/operations/test_developments.py")["FACTS"]
    with contextlib.ExitStack() as stack:
        asked = asking(stack, tmp_path_factory.mktemp("refunded"), facts)
        yield lambda who, path, body=None: asked(path, body, who)


def test_rates_are_proposed_by_one_and_approved_by_another_once(refunded):
    ages = refunded("kim", "forecast/rates").json()["rows"]
    assert ages[0]["refunded_still_to_come"] > 0
    assert refunded("kim", "forecast/rates/propose", []).status_code == 403
    first = refunded("pat", "forecast/rates/propose", []).json()["rows"]
    assert refunded("pat", "forecast/rates/propose", []).json()["rows"] == first
    body = {"proposal": first[0]["proposal"], "valid_from": "2026-01-01"}
    assert refunded("pat", "forecast/rates/approve", body).status_code == 403
    assert refunded("lee", "forecast/rates/approve", {"proposal": "x"}).status_code == 404
    assert refunded("lee", "forecast/rates/approve", body | {"valid_from": "x"}).status_code == 400
    answer = refunded("lee", "forecast/rates/approve", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"][0]["state"] == "approved"
    assert answer.json()["entries"] > 0
    again = refunded("lee", "forecast/rates/approve", body)
    assert again.status_code == 400
    assert "approved already" in again.json()["detail"]
    (row,) = refunded("pat", "forecast/rates/propose", []).json()["rows"]
    assert row["state"] == "approved"


def test_a_backtest_is_asked_of_the_api(tmp_path):
    asking = runpy.run_path("tests/api/test_application.py")["asking"]
    with contextlib.ExitStack() as stack:
        asked = asking(stack, tmp_path)
        assert asked("forecast/backtest", [], who="pat").status_code == 403
        answer = asked("forecast/backtest", [])
        assert answer.status_code == 200, answer.text
        assert answer.json()["rows"][0]["withheld"] == "NO_HISTORY"
