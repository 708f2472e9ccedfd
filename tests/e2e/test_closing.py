"""A controller closes a month from the browser alone, with a second person and a late regret."""

from __future__ import annotations

import base64

import pytest

from truelift.app import create, opened, people_of
from truelift.base.secret import Secret
from truelift.operations.brands import brand_record

FILES = {
    "campaigns": "campaign,goal,starts,ends,currency\nspring,sales,2026-03-01,2026-03-31,USD\n",
    "creators": "creator\nana\n",
    "codes": "code,creator,campaign\nANA,ana,spring\n",
    "agreements": "agreement,campaign,creator,fee,currency,signed_on\n"
    "A1,spring,ana,100.00,USD,2026-03-01\n",
    "deliverables": "deliverable,agreement,live_at\nD1,A1,2026-03-02\n",
    "orders": "order_id,ordered_at,currency,subtotal,cogs,code\n"
    "1,2026-03-05T12:00:00Z,USD,100.00,30.00,ANA\n2,2026-04-02T12:00:00Z,USD,50.00,20.00,ANA\n",
}
WORD = "correct horse battery"


@pytest.fixture
def books(served, tmp_path):
    """Serve a brand with a month to close and two people who may do one half of it each."""
    files = tmp_path / "files"
    files.mkdir()
    for kind, text in FILES.items():
        (files / f"{kind}.csv").write_text(text, encoding="utf-8")
    folder = tmp_path / "ws"
    create(folder, brand_record("Sample", "USD", "UTC"))
    with opened(folder) as ws:
        ws.import_files([files])
    with people_of(folder) as people:
        for name, role in (("pat", "preparer"), ("kim", "approver")):
            people.add(name, role)
            people.set_password(name, Secret(WORD))
    return served(folder)


@pytest.fixture
def as_person(chromium):
    """Open a page as somebody: by the header that a program sends, which also works."""
    contexts = []

    def opened_as(name):
        said = base64.b64encode(f"{name}:{WORD}".encode()).decode()
        given = {"authorization": f"Basic {said}"}
        contexts.append(chromium.new_context(extra_http_headers=given))
        return contexts[-1].new_page()

    yield opened_as
    for each in contexts:
        each.close()


def press(page, words):
    page.get_by_role("button", name=words, exact=True).first.click()
    page.wait_for_load_state()
    return page.locator(".outcome").inner_text()


def test_a_month_is_closed_by_two_people_and_opened_again_with_a_reason(books, as_person):
    pat, kim = as_person("pat"), as_person("kim")
    pat.goto(f"{books}/close")
    assert "2026-03: open" in pat.locator("main").inner_text()
    assert press(pat, "Prepare") == "2026-03 is prepared; somebody else approves it."
    assert "prepared" in pat.locator("#p2026-03").inner_text()
    told = press(pat, "Approve and close")
    assert "pat may not" in told or "approver" in told
    kim.goto(f"{books}/close")
    assert press(kim, "Approve and close") == "2026-03 is closed."
    with kim.expect_download() as pack:
        kim.get_by_text("Close pack (workbook)").click()
    assert pack.value.suggested_filename == "close-2026-03.xlsx"
    assert pack.value.path().read_bytes()[:2] == b"PK"
    kim.get_by_label("Document in the general ledger").fill("JE-7")
    assert press(kim, "Acknowledge") == "2026-03 stands in the general ledger as JE-7."
    kim.get_by_label("Reason").fill("late refund")
    assert press(kim, "Open again") == "2026-03 is open again."
    assert "reopened" in kim.locator("#p2026-03").inner_text()
