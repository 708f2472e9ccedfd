"""Links and codes are made for many creators at once, with what to send them."""

from __future__ import annotations

import shutil

import pytest
from litestar.testing import TestClient
from tests.web.working import form, outcome, sent

from truelift.app import opened
from truelift.web.pages import application


@pytest.fixture(scope="module")
def own(folder, tmp_path_factory):
    """Give pages of a copy that these tests write in."""
    copy = tmp_path_factory.mktemp("linking") / "ws"
    shutil.copytree(folder.with_name("closed"), copy)
    with (
        opened(copy) as workspace,
        TestClient(
            application(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as found,
    ):
        yield found


def test_links_and_codes_are_made_and_sent_out(own):
    given = form(own.get("/catalog/links/bulk").text, "make-links")
    given |= {"creators": "ana, bo\ncy", "destination": "https://shop.example/", "campaign": "glow",
              "code": "{CREATOR}5"}  # fmt: skip
    page = sent(own, "make-links", given)
    assert outcome(page) == "The links are made. 6 new or changed."
    assert page.url.path == "/catalog/links/made"
    assert page.url.params["campaign"] == "glow"
    host = "/catalog/links/made?campaign=glow&base=https://go.example"
    assert "https://go.example/r/ana-glow" in own.get(host).text
    assert "ANA5" in own.get(host.replace("made?", "made.csv?")).text
    assert len(own.get(host.replace("made?", "made.json?")).json()["rows"]) == 3
    drawn = own.get("/catalog/links/qr?slug=ana-glow&base=https://go.example")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert b"<svg" in drawn.content
    assert own.get("/catalog/links/qr?slug=ana-glow").status_code == 400
    assert own.get("/catalog/links/qr?slug=none&base=https://go.example").status_code == 404


def test_a_template_that_makes_two_alike_is_refused_and_nothing_is_lost(own):
    given = form(own.get("/catalog/codes/bulk").text, "make-codes")
    given |= {"creators": "ana\nbo", "template": "X"}
    refused = sent(own, "make-codes", given)
    assert "Two creators would have the code X" in outcome(refused)
    again = form(refused.text, "make-codes")
    assert again["creators"].splitlines() == ["ana", "bo"]
    made = sent(own, "make-codes", again | {"template": "{CREATOR}-X", "valid_from": "2026-05-01"})
    assert outcome(made) == "The codes are made. 2 new or changed."
    more = sent(own, "make-codes", again | {"template": "{WHO}", "once": "y"})
    assert "nothing to fill in" in outcome(more)
