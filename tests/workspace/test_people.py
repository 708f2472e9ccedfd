"""The door to people says which words it takes; the rest is tried at the desk and as commands."""

from __future__ import annotations

import pytest

from truelift.app import create, open_workspace, people_of
from truelift.base.errors import Refused, UsageError
from truelift.operations.brands import brand_record


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    return tmp_path / "ws"


def test_roles_and_scopes_are_words_of_a_list(folder):
    with people_of(folder) as people:
        with pytest.raises(UsageError, match="use marketer, preparer"):
            people.add("kim", "king")
        people.add("kim", "auditor")
        with pytest.raises(UsageError, match="use read, import"):
            people.token("kim", ["all"])
        assert [row["role"] for row in people.list().rows] == ["auditor"]
        assert people.verify_audit().rows[0]["changed_at"] is None
        assert people.tokens().rows == []


def test_a_program_opens_a_workspace_by_a_token(folder):
    with people_of(folder) as people:
        people.add("kim", "auditor")
        token = people.token("kim")
    with open_workspace(folder, token=token.reveal()) as ws:
        assert ws.trial_balance().rows == []
        with pytest.raises(Refused, match="kim may not write down before launch"):
            ws.seal()
    with pytest.raises(Refused, match="none of this workspace"):
        open_workspace(folder, token="truelift_1_x")
    with people_of(folder) as people:
        lines = [(row["person"], row["outcome"].split(":")[0]) for row in people.audit().rows]
        assert ("kim", "refused") in lines
        people.withdraw("kim", "auditor")
        people.set_active("kim", active=False)
        people.revoke(token.reveal().split("_")[1])
