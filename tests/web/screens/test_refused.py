"""Refused rows are corrected or dismissed from their pages; codes of nobody get an owner."""

from __future__ import annotations

import re
import shutil

import pytest
from litestar.testing import TestClient
from tests.web.working import form, outcome, sent

from truelift.app import opened
from truelift.web.pages import application

ROWS = """order_id,ordered_at,currency,subtotal,code
q1,2026-05-02,USD,ten,
q2,2026-05-99,USD,10.00,
q3,2026-05-98,USD,10.00,
q4,2026-05-04,USD,10.00,LATE
q5,2026-05-05,USD,20.00,late
"""


@pytest.fixture(scope="module")
def own(folder, tmp_path_factory):
    """Give pages of a copy that these tests write in."""
    place = tmp_path_factory.mktemp("refused")
    shutil.copytree(folder.with_name("closed"), place / "ws")
    (place / "orders.csv").write_text(ROWS, encoding="utf-8")
    with opened(place / "ws") as workspace:
        workspace.import_files([place / "orders.csv"])
        with TestClient(
            application(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as found:
            yield found


def row_of(page, words):
    """Give the address of the row whose line of the table holds some words."""
    rows = re.findall(r"<tr.*?</tr>", page.text, re.DOTALL)
    found = next(each for each in rows if words in each)
    return re.search(r'href="(/quarantine/row[^"]+)"', found)[1].replace("&amp;", "&")


def test_a_row_is_corrected_with_what_is_off_beside_its_field(own):
    page = own.get(row_of(own.get("/quarantine"), "&#39;ten&#39;"))
    given = form(page.text, "correct-orders")
    assert (given["order_id"], given["subtotal"]) == ("q1", "ten")
    assert "refused: goods before discount" in page.text
    again = sent(own, "correct-orders", given)
    assert 'id="correct-orders-subtotal-why"' in again.text
    done = sent(own, "correct-orders", form(again.text, "correct-orders") | {"subtotal": "10"})
    assert done.url.path == "/quarantine"
    assert outcome(done) == "The row is accepted as it was corrected."
    assert "Decided: 1" in done.text
    gone = sent(own, "correct-orders", given | {"once": "other"})
    assert "decided about it already" in gone.text


def test_rows_of_a_reason_are_shown_alone_and_dismissed_together_with_a_reason(own):
    page = own.get("/quarantine?reason=NOT_A_DATE")
    csv = own.get("/quarantine.csv?reason=NOT_A_DATE").text
    assert csv.count("NOT_A_DATE") == 2
    assert len(own.get("/quarantine.json?reason=NOT_A_DATE").json()["rows"]) == 2
    index = page.text.count("dismiss-reason", 0, page.text.index("NOT_A_DATE: 2 rows"))
    given = form(page.text, "dismiss-reason", index)
    assert given["reason"] == "NOT_A_DATE"
    tried = sent(own, "retry-reason", {"once": "t", "back": "/quarantine", "reason": "NOT_A_DATE"})
    assert outcome(tried) == "They were tried again: 0 accepted, 2 refused."
    assert "is missing" in outcome(sent(own, "dismiss-reason", given))
    done = sent(own, "dismiss-reason", given | {"why": "a test of the till"})
    assert outcome(done) == "They are dismissed: 2 dismissed."
    assert "a test of the till" in done.text
    assert "NOT_A_DATE" not in own.get("/quarantine.csv").text


def test_one_row_is_dismissed_and_an_address_of_none_says_so(own):
    page = own.get(row_of(own.get("/quarantine"), "inv&lt;b&gt;"))
    given = form(page.text, "dismiss-row") | {"why": "sent twice"}
    assert outcome(sent(own, "dismiss-row", given)) == "The row is dismissed."
    assert own.get("/quarantine/row").status_code == 400
    assert own.get("/quarantine/row?row=nothing").status_code == 404
    assert own.get("/codes/map").status_code == 400


def test_a_code_of_nobody_is_mapped_late_and_says_what_that_changed(own):
    page = own.get("/codes")
    assert ">LATE<" in page.text
    assert "LATE" in own.get("/codes.csv").text
    assert own.get("/codes.json").json()["rows"][0]["orders"] == 2
    mapping = own.get("/codes/map?code=LATE")
    assert "2 orders from 2026-05-04 to 2026-05-05 carry it" in mapping.text
    given = form(mapping.text, "map-code") | {"creator": "ana", "campaign": "summer"}
    assert given["valid_from"] == "2026-05-04"
    told = outcome(sent(own, "map-code", given))
    assert "summer: orders" in told
    assert "The audit log has it as" in told
    assert "LATE" not in own.get("/codes.csv").text
    assert "No order of nobody" in own.get("/codes/map?code=LATE").text
