"""Decisions over HTTP: the same objects as the command line, and POST to decide."""

from __future__ import annotations

import contextlib
import json
import runpy
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from truelift.api import application as api
from truelift.catalog.permission import Role
from truelift.operations import desk
from truelift.store.ground import Desk
from truelift.store.people_store import owner
from truelift.workspace.workspace import Workspace

STORY = runpy.run_path("tests/stories/test_reallocation.py")
TOLD = runpy.run_path("tests/operations/conftest.py")


async def at_once(call):
    return call()


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A client of the API on the campaign's fifteenth day: asked(path, rows, who) -> answer."""
    with contextlib.ExitStack() as stack:
        told = STORY["spring"](TOLD["told_in"](stack, tmp_path_factory.mktemp("spring")))
        ground = replace(told.ground)
        at = Desk(ground.workspace, ground.clock, owner("owner"))
        tokens = {}
        for name, role in (("kim", Role.MARKETER), ("audrey", Role.AUDITOR)):
            desk.add_person(at, name, role)
            tokens[name] = desk.issue_token(at, name).reveal()
        ws = Workspace(ground)
        made = api.application(ws, ws, writing=at_once, reading=at_once)
        client = stack.enter_context(TestClient(made, raise_server_exceptions=False))

        def ask(path, body=None, who="kim"):
            headers = {"authorization": f"Bearer {tokens[who]}"}
            if body is None:
                return client.get(f"/api/v1/{path}", headers=headers)
            return client.post(f"/api/v1/{path}", content=json.dumps(body), headers=headers)

        yield ask, ws


def test_the_advice_over_http_is_that_of_the_python_door_and_can_be_accepted(asked):
    ask, ws = asked
    answer = ask("reallocation?campaign=spring")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told == json.loads(json.dumps(ws.reallocation("spring").data, default=str))
    assert {row["creator"]: row["change"] for row in told["rows"]}["vera"] < 0
    proposal = {"proposal": told["proposal"]["id"], "reason": "as advised"}
    assert ask("reallocation/accept", proposal, who="audrey").status_code == 403
    decided = ask("reallocation/accept", proposal)
    assert decided.status_code == 200, decided.text
    assert decided.json()["rows"][0]["state"] == "accepted"
    assert ask("reallocation/reject", proposal).status_code == 409
    (version,) = ask("reallocation/versions?campaign=spring").json()["rows"]
    assert version["approved_by"] == ["kim"]
    (row,) = [row for row in ask("reallocation/scorecard?campaign=spring&every=30").json()["rows"]
              if row["kind"] == "advice"]  # fmt: skip
    assert row["state"] == "accepted"


def test_fees_and_constraints_are_asked_in_the_query(asked):
    ask, _ = asked
    assert {row["creator"] for row in ask("fee?campaign=spring").json()["rows"]} >= {"vera", "will"}
    told = ask("reallocation?campaign=spring&floor=vera=9000&cap=vera=8000&exclude=will"
               "&exclusive=ana%2Bwill&explore=0.03").json()  # fmt: skip
    assert told["proposal"]["withheld"] == "CONTRADICTION"
    for wrong in ("floor=vera", "floor=vera=1,vera=2", "explore=much", "exclusive=ana"):
        assert ask(f"reallocation?campaign=spring&{wrong}").status_code == 400
    assert ask("reallocation").status_code == 400
