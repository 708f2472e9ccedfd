"""A session holds until it idles, runs out or is ended, and only its hash is kept."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.secret import Secret
from truelift.store import people_store
from truelift.store import session_store as sessions
from truelift.store.credentials import SESSION, new_token
from truelift.store.session_store import IDLE, KEPT, LOOKED, WHOLE
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9)
MOMENT = dt.timedelta(seconds=1)


@pytest.fixture
def connection(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    with database.transaction() as made:
        people_store.add(made, "kim", email=None, creator=None, at=NOW, by="owner")
        yield made
    database.close()


@pytest.fixture
def text(connection):
    token = new_token(SESSION)
    sessions.begin(connection, "kim", token, "password", NOW)
    return token.text


def test_a_session_is_found_by_its_text_alone(connection, text):
    assert sessions.found(connection, text, NOW).name == "kim"
    prefix, session_id, secret = text.reveal().split("_", 2)
    for wrong in (
        "", secret, f"{prefix}_{session_id}_", f"{prefix}_{session_id}_{secret}x",
        f"truelift_{session_id}_{secret}", f"{prefix}_0_{secret}", f"{prefix}_{session_id}_%",
    ):  # fmt: skip
        assert sessions.found(connection, Secret(wrong), NOW) is None
    assert len(secret) >= 43  # 256 bits
    kept = connection.exec_driver_sql("select * from person_session").one()
    assert secret not in str(kept)


def test_it_ends_when_it_idles_and_after_a_week_in_any_case(connection, text):
    assert sessions.found(connection, text, NOW + IDLE - MOMENT)
    assert sessions.found(connection, text, NOW + 2 * IDLE - 2 * MOMENT)
    assert sessions.found(connection, text, NOW + 3 * IDLE) is None
    at = NOW
    token = new_token(SESSION)
    sessions.begin(connection, "kim", token, "password", NOW)
    while at < NOW + WHOLE:
        assert sessions.found(connection, token.text, at)
        at += IDLE - MOMENT
    assert sessions.found(connection, token.text, NOW + WHOLE) is None


def test_looking_at_it_writes_now_and_then(connection, text):
    sessions.found(connection, text, NOW + LOOKED - MOMENT)
    assert sessions.sessions(connection)[0].seen_at == NOW
    sessions.found(connection, text, NOW + LOOKED)
    assert sessions.sessions(connection)[0].seen_at == NOW + LOOKED


def test_one_is_ended_or_all_of_a_person_and_old_ones_are_forgotten(connection, text):
    others = [new_token(SESSION) for _ in "ab"]
    for each in others:
        sessions.begin(connection, "kim", each, "provider", NOW)
    sessions.end(connection, others[0].token_id, NOW + MOMENT)
    assert sessions.found(connection, others[0].text, NOW) is None
    assert sessions.found(connection, others[1].text, NOW)
    sessions.end_all(connection, "kim", NOW + 2 * MOMENT)
    assert sessions.found(connection, text, NOW) is None
    ended = {each.session_id: each.ended_at for each in sessions.sessions(connection)}
    assert ended[others[0].token_id] == NOW + MOMENT
    sessions.begin(connection, "kim", new_token(SESSION), "password", NOW + WHOLE + KEPT + MOMENT)
    assert len(sessions.sessions(connection)) == 1
