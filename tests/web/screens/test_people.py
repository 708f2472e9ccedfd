"""Pages about people: each says what it is of, keeps its twins, and fits the frame."""

from __future__ import annotations

import csv
import io
import re

import pytest

PAGES = ("/people", "/tokens", "/sessions", "/audit", "/shares", "/me")


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_small_escaped_and_its_csv_is_its_table(peopled, path):
    client = peopled.client("the-admin")
    page = client.get(path)
    assert page.status_code == 200
    assert len(page.content) < 60_000
    for hostile in ("<script>", "<Co>", " style=", " onclick="):
        assert hostile not in page.text
    heads = re.findall(r'<th[^>]*scope="col"[^>]*><a[^>]*>([^<]*)</a>', page.text)
    rows = list(csv.reader(io.StringIO(client.get(f"{path}.csv").text)))
    if rows and heads:
        assert [each.replace("_", " ") for each in rows[0]] == [
            each.rstrip(" \u2191\u2193") for each in heads
        ]
    assert "rows" in client.get(f"{path}.json").json()


def test_the_log_is_looked_through_by_who_what_and_day_and_verified(peopled):
    client = peopled.client("the-auditor")
    whole = client.get("/audit.json").json()["rows"]
    assert whole
    assert {row["brand"] for row in whole} == {"Brand & <Co>"}  # the rest is not theirs to read
    some = client.get("/audit.json?what=MANAGE&who=the-aud").json()["rows"]
    assert {(row["person"], row["action"]) for row in some} <= {("the-auditor", "manage_users")}
    assert len(some) < len(whole)
    assert client.get("/audit.json?who=nobody").json()["rows"] == []
    day = whole[0]["recorded_at"][:10]
    assert client.get(f"/audit?day={day}").status_code == 200
    assert client.get("/audit?day=1999-01-01").text.count("Nothing in the log fits.") == 1
    assert client.get("/audit?day=soon").status_code == 400
    assert "Every line is what was written." in client.get("/audit?verify=yes").text
    assert client.get("/audit?verify=maybe").status_code == 400


def test_a_creators_statement_has_their_rows_and_no_margin(peopled):
    client = peopled.client("the-creator")
    seen = ""
    for part in ("payable", "agreements", "deliverables", "codes", "links", "costs"):
        page = client.get(f"/mine?part={part}")
        assert page.status_code == 200
        assert client.get(f"/mine.csv?part={part}").status_code == 200
        seen += page.text
    assert "ANA10" in seen
    assert "300.00" in seen
    for hidden in ("1250", "99.99", "EVE", "B&lt;B&gt;", "margin", "0.5", "/roi", "/close"):
        assert hidden not in seen
    assert client.get("/mine?part=margins").status_code == 400
    assert client.get("/mine?creator=bob").status_code == 400


def test_the_local_owner_is_told_that_they_have_no_account(client):
    page = client.get("/me").text
    assert "You are the local owner" in page
    assert "own-password" not in page
    assert "Sign out" not in page


def test_an_error_names_the_request_as_its_header_does(peopled):
    client = peopled.client("the-marketer")
    for path, status, words in (
        ("/people", 403, "Ask whoever manages people"), ("/nowhere", 404, "To the overview"),
        ("/roi?x=1", 400, "To the overview"),
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == status
        assert words in answer.text
        assert f"Request <code>{answer.headers['x-request-id']}</code>" in answer.text
    told = client.get("/people.json")
    assert told.json()["request_id"] == told.headers["x-request-id"]
