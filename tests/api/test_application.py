import contextlib
import json
import runpy

import pytest
from litestar.testing import TestClient

from truelift.api import application as api
from truelift.catalog.permission import Role
from truelift.operations import desk
from truelift.store.ground import Desk
from truelift.store.people_store import owner
from truelift.workspace.workspace import Workspace

ORDER = {"order_id": "1", "ordered_at": "2026-05-12T12:00:00Z", "currency": "USD", "subtotal": 1.10}


async def at_once(call):
    return call()


@pytest.fixture
def asked(tmp_path):
    """A client of the API, and the headers of people: asked(path, rows, who) -> answer."""
    with contextlib.ExitStack() as stack:
        yield asking(stack, tmp_path)


def asking(stack, folder, facts=""):
    """Give what asks the API of a new workspace as one of four people."""
    told = runpy.run_path("tests/operations/conftest.py")["told_in"](stack, folder)
    ground = (told.given(facts) if facts else told).ground
    at = Desk(ground.workspace, ground.clock, owner("owner"))
    tokens = {}
    roles = {
        "kim": Role.MARKETER, "audrey": Role.AUDITOR, "pat": Role.PREPARER, "lee": Role.APPROVER,
    }  # fmt: skip
    for name, role in roles.items():
        desk.add_person(at, name, role)
        tokens[name] = desk.issue_token(at, name).reveal()
    ws = Workspace(ground)
    made = api.application(ws, ws, writing=at_once, reading=at_once)
    client = stack.enter_context(TestClient(made, raise_server_exceptions=False))

    def ask(path, rows=None, who="kim", **headers):
        if who:
            headers["authorization"] = f"Bearer {tokens[who]}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if rows is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        headers = {"content-type": "application/json"} | headers
        body = rows if isinstance(rows, bytes) else json.dumps(rows)
        return client.post(f"/api/v1/{path}", content=body, headers=headers)

    return ask


def test_rows_get_a_verdict_each_and_money_stays_exact(asked):
    answer = asked("orders", [ORDER, {**ORDER, "order_id": "2", "currency": "ZZZ"}])
    assert answer.status_code == 207
    told = answer.json()
    assert (told["accepted"], told["quarantined"]) == (1, 1)
    assert told["rows"][1]["field"] == "currency"
    assert asked("orders").json()["rows"][0]["subtotal"] == "1.10"
    assert asked("creators", {"creator": "ana"}).status_code == 200


def test_a_request_under_a_key_is_answered_once(asked):
    first = asked("orders", [ORDER], idempotency_key="k")
    second = asked("orders", [ORDER], idempotency_key="k")
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert asked("orders", [{**ORDER, "tax": "1"}], idempotency_key="k").status_code == 409
    assert asked("orders", [ORDER], idempotency_key="k" * 201).status_code == 400


def test_who_says_nothing_or_may_not_is_refused(asked):
    assert asked("orders", [ORDER], who=None).status_code == 401
    assert asked("orders", [ORDER], who=None, authorization="Basic a2ltOng=").status_code == 401
    assert asked("roi", who=None, authorization="Bearer truelift_a_b").status_code == 401
    assert asked("orders", [ORDER], who="audrey").status_code == 403
    assert asked("orders", who="audrey").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"), (b"[]", "body"), (b"[1]", "[0]"), (b'[{"tax": [1]}]', "[0].tax"),
        (b"[" + b"{}," * 5_000 + b"{}]", "body"),
    ],
)  # fmt: skip
def test_a_body_that_is_off_is_named_by_its_field(asked, body, field):
    answer = asked("orders", body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_that_is_no_json_by_its_own_word_is_not_read(asked, kind):
    answer = asked("orders", [ORDER], content_type=kind)
    assert answer.status_code == 415
    assert "send it as application/json" in answer.json()["detail"]
    assert asked("orders").json()["rows"] == []


def test_questions_are_answered_as_the_command_line_does(asked):
    asked("orders", [ORDER])
    for path in ("roi?by=campaign", "bridge", "trial-balance", "attribution", "freshness"):
        answer = asked(path)
        assert answer.status_code == 200, answer.text
        assert "rows" in answer.json()
    assert asked("roi?by=nothing").status_code == 400
    assert asked("explain?figure=none").status_code == 400
    assert asked("explain").status_code == 400
    assert asked("nothing").status_code == 404


def test_every_kind_is_described(asked):
    told = asked("../schema").json()
    assert told["openapi"].startswith("3.1")
    assert {"get", "post"} <= told["paths"]["/api/v1/orders"].keys()
