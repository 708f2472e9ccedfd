"""The entrance of a workspace: whom it lets in, what is their own, and links that open one page."""

from __future__ import annotations

import contextlib
import runpy
from pathlib import Path

import pytest

from truelift.base.errors import NotFound
from truelift.base.secret import Secret
from truelift.workspace.entrance import Entrance

TOLD_IN = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))["told_in"]
WORD = Secret("correct horse battery")


@pytest.fixture
def told(tmp_path):
    with contextlib.ExitStack() as stack:
        yield TOLD_IN(stack, tmp_path)


def test_who_comes_in_manages_people_and_shares_pages(told):
    pytest.importorskip("argon2", reason="argon2-cffi is not installed")
    ws = told.ws
    assert not ws.guarded
    assert ws.visit(None, "roi").owner
    code = ws.first_run_code()
    assert ws.first_run_open
    session = ws.make_first_admin(code, "root", WORD)
    assert ws.guarded
    assert not ws.first_run_open
    root = ws.acting(f"Session {session.reveal()}")
    root.people().add("kim", "auditor", email="kim@x.example")
    assert {row["name"] for row in root.people().list().rows} == {"kim", "root"}
    assert root.people().sessions().rows[0]["name"] == "root"
    assert ws.sign_in("root", WORD)
    kim = ws.acting(f"Session {ws.sign_in_by_address('kim@x.example').reveal()}")
    assert len(kim.own_sessions().rows) == 1
    assert kim.own_tokens().rows == []
    root.people().add("eve", "auditor", brand="acme")
    root.people().withdraw("eve", "auditor", brand="acme")
    token = root.people().token("eve").reveal()
    with pytest.raises(NotFound):  # who has no role here is told nothing, by the API too
        ws.acting(f"Bearer {token}")
    link = root.share_page("/roi", {"by": "creator"}, days=3)
    assert ws.visit_share(link, None).page == "/roi"
    root.revoke_share(root.shares().rows[0]["share"])
    with pytest.raises(NotFound):
        ws.visit_share(link, None)
    ws.sign_out(session)
    assert root.people().sessions().rows[-1]["state"] in {"open", "over"}
    assert set(Entrance.STATEMENT) > {"payable"}


def test_brands_of_a_workspace_have_one_entrance(told):
    other = type(told.ws)(told.ground)
    other.join_entrance(told.ws)
    told.ws.first_run_code()
    assert other.first_run_open
