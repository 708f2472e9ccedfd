"""Rows of the catalog are written from pages; two changes of one row stand side by side."""

from __future__ import annotations

import json
import re
import shutil
from urllib.parse import urlencode

import pytest
from litestar.testing import TestClient
from tests.web.working import form, outcome, sent

from truelift.app import opened
from truelift.facts.kinds import KINDS
from truelift.web.pages import application
from truelift.web.work_deeds import TITLES


@pytest.fixture(scope="module")
def own(folder, tmp_path_factory):
    """Give pages of a copy that these tests write in."""
    copy = tmp_path_factory.mktemp("catalog") / "ws"
    shutil.copytree(folder.with_name("closed"), copy)
    with opened(copy) as workspace:
        made = application(workspace)
        with TestClient(made, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
            yield found


def edit(kind, *key):
    return f"/catalog/{kind}/edit?{urlencode({'key': json.dumps(list(key))})}"


@pytest.mark.parametrize("kind", TITLES)
def test_every_kind_has_a_list_with_its_twins_and_a_form_of_its_columns(client, kind):
    page = client.get(f"/catalog/{kind}")
    assert page.status_code == 200
    assert f'href="/catalog/{kind}/new"' in page.text
    assert len(page.content) < 60_000
    form_page = client.get(f"/catalog/{kind}/new").text
    for column in KINDS[kind].columns:
        assert (f'name="{column.name}"' in form_page) == (column.name != "approved_by")
    assert client.get(f"/catalog/{kind}.csv").status_code == 200
    assert client.get(f"/catalog/{kind}.json").json()["rows"] is not None


def test_a_campaign_is_made_and_changed_and_what_is_off_stands_beside_its_field(own):
    given = form(own.get("/catalog/campaigns/new").text, "save-campaigns")
    assert given["currency"] == "USD"
    given |= {"campaign": "late", "goal": "sales", "starts": "2026-07-01", "ends": "2026-06-01"}
    refused = sent(own, "save-campaigns", given)
    assert 'id="save-campaigns-ends-why"' in refused.text
    again = form(refused.text, "save-campaigns")
    assert again["campaign"] == "late"
    kept = sent(own, "save-campaigns", again | {"ends": "2026-08-01"})
    assert kept.url.path == "/catalog/campaigns"
    assert outcome(kept) == "late is saved."
    address = re.search(r'href="(/catalog/campaigns/edit[^"]+late[^"]+)"', kept.text)[1]
    shown = form(own.get(address).text, "save-campaigns")
    assert (shown["ends"], shown["goal"]) == ("2026-08-01", "sales")
    assert outcome(sent(own, "save-campaigns", shown)) == "late is saved. It was the same before."
    first = sent(own, "save-campaigns", again | {"ends": "2026-08-01", "once": "x"})
    assert "There is late already" in first.text


def test_a_form_that_is_sent_twice_is_done_once(own):
    given = form(own.get("/catalog/creators/new").text, "save-creators") | {"creator": "dee"}
    assert outcome(sent(own, "save-creators", given)) == "dee is saved."
    assert outcome(sent(own, "save-creators", given)) == "dee is saved."
    assert own.get("/catalog/creators.csv").text.count("dee") == 1


def test_a_change_of_what_somebody_else_changed_shows_both_and_saves_together(own):
    address = edit("campaigns", "glow")
    mine, theirs = (form(own.get(address).text, "save-campaigns") for _ in "ab")
    sent(own, "save-campaigns", theirs | {"budget": "10.00", "hashtags": "glow"})
    stale = sent(own, "save-campaigns", mine | {"budget": "20.00", "entity": "Ltd"})
    assert "Two changes of one row" in stale.text
    assert "Somebody else changed this row" in outcome(stale)
    for cell in ("10.00", "20.00", "empty", "Ltd"):
        assert f">{cell}<" in stale.text
    both = form(stale.text, "save-campaigns")
    assert (both["budget"], both["hashtags"], both["entity"]) == ("20.00", "glow", "Ltd")
    assert outcome(sent(own, "save-campaigns", both)) == "glow is saved."
    assert "20.00" in own.get("/catalog/campaigns.csv").text


def test_a_value_waits_and_says_so_and_its_proposer_cannot_approve_it(own):
    given = form(own.get("/catalog/values/new").text, "save-values")
    given |= {
        "metric": "leads",
        "valid_from": "2026-01-01",
        "unit_value": "8",
        "basis": "lead_value",
    }
    page = sent(own, "save-values", given)
    assert "waits until another person" in outcome(page)
    assert "proposes: new: metric leads" in page.text
    refused = sent(own, "approve-value", form(page.text, "approve-value"))
    assert "another person has to" in outcome(refused)
    assert outcome(sent(own, "reject-value", form(page.text, "reject-value"))) == (
        "The value is rejected."
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/catalog/campaigns/edit", 400),
        ("/catalog/campaigns/edit?key=%7B%7D", 400),
        (edit("campaigns", "nothing"), 404),
        ("/catalog/orders", 404),
    ],
)
def test_an_address_that_names_no_row_says_so(client, address, status):
    assert client.get(address).status_code == status


def test_a_damaged_form_says_so_and_hostile_names_stay_text(own):
    given = form(own.get(edit("campaigns", "glow")).text, "save-campaigns")
    assert "form is damaged" in outcome(sent(own, "save-campaigns", given | {"read": "{"}))
    page = own.get(edit("creators", "<script>alert(1)</script>")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
