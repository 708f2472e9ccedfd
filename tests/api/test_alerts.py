"""Alerts over HTTP: the command line's JSON, by a token, and refused without one."""

import contextlib
import runpy
from pathlib import Path

import pytest

from truelift.operations import alerts

HERE = runpy.run_path(str(Path(__file__).with_name("test_application.py")))

AGREED = {
    "agreements": {"agreement": "a1", "creator": "ana", "fee": "9", "currency": "USD",
                   "signed_on": "2026-05-01", "usage_to": "2026-05-20"},
    "codes": {"code": "ANA", "creator": "ana", "kind": "evergreen"},
    "orders": {"order_id": "1", "ordered_at": "2026-05-12T12:00:00Z", "currency": "USD",
               "subtotal": "9", "code": "ANA"},
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Ask the API of a workspace that has an agreement, a code and an order."""
    with contextlib.ExitStack() as stack:
        asked = HERE["asking"](stack, tmp_path_factory.mktemp("filled"))
        for kind, row in AGREED.items():
            assert asked(kind, row).status_code == 200
        yield asked


def test_alerts_are_asked_owned_snoozed_and_closed(filled):
    asked_at = "alerts?which=open&as_of=2026-05-12"
    (alert,) = filled(asked_at).json()["rows"]
    assert (alert["rule"], alert["state"]) == ("usage_right_ends", "open")
    assert filled("alerts?which=every").status_code == 400
    assert filled("alerts/channels").json()["rows"] == []
    snoozed = filled(f"alerts/{alert['id']}/snooze?days=2", rows=[])
    assert snoozed.status_code in {200, 404}, snoozed.text


def opened(filled, agreement):
    """Give the id of an alert that is open on the first of January, when the data are recorded."""
    row = AGREED["agreements"] | {"agreement": agreement, "signed_on": "2025-12-01"}
    assert filled("agreements", row | {"usage_to": "2026-01-05"}).status_code == 200
    rows = filled("alerts?which=open").json()["rows"]
    return next(row["id"] for row in rows if row["subject"] == agreement)


def test_what_is_done_with_an_alert_is_the_same_when_it_is_sent_again(filled):
    one = opened(filled, "a2")
    for _ in range(2):
        owned = filled(f"alerts/{one}/own", {"owner": "kim"})
        assert (owned.status_code, owned.json()["rows"][0]["owner"]) == (200, "kim"), owned.text
        snoozed = filled(f"alerts/{one}/snooze?until=2026-01-03", rows=[]).json()["rows"][0]
        assert snoozed["snoozed_until"] == "2026-01-04T04:59:59.999999Z"
    assert filled(f"alerts/{one}/snooze?days=1&until=2026-01-03", rows=[]).status_code == 400
    assert filled(f"alerts/{one}/own", {"owner": " "}).status_code == 400
    assert filled(f"alerts/{one}/own", {"owner": "kim", "until": "x"}).status_code == 400
    closed = filled(f"alerts/{one}/close", rows=[])
    assert (closed.status_code, closed.json()["rows"][0]["state"]) == (200, "closed")
    again = filled(f"alerts/{one}/close", rows=[])
    assert again.status_code == 404
    assert "no open alert" in again.json()["detail"]


def test_the_rules_are_asked_and_a_repeat_tells_nothing_more(filled):
    one = opened(filled, "a3")
    told = filled("alerts/check", rows=[])
    assert any(one in row["ids"] for row in told.json()["rows"]), told.text
    assert filled("alerts/check", rows=[]).json()["rows"] == []
    assert filled("alerts/check-links", rows=[]).json()["rows"] == []


def test_who_may_not_is_refused(filled):
    assert filled("alerts", who=None).status_code == 401
    for path in ("abc/snooze", "abc/close", "check", "check-links"):
        assert filled(f"alerts/{path}", rows=[], who="audrey").status_code == 403
    assert filled("alerts/abc/own", {"owner": "kim"}, who="audrey").status_code == 403
    assert filled("alerts/abc/snooze", rows=[]).status_code == 404
    assert alerts.LONGEST_SNOOZE.days == 90
