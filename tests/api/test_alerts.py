"""Leaks and alerts over HTTP: the command line's JSON, by a token, and refused without one."""

import runpy
from pathlib import Path

import pytest

from truelift.operations import alerts

HERE = runpy.run_path(str(Path(__file__).with_name("test_application.py")))
told, asked = HERE["told"], HERE["asked"]

AGREED = {
    "agreements": {"agreement": "a1", "creator": "ana", "fee": "9", "currency": "USD",
                   "signed_on": "2026-05-01", "usage_to": "2026-05-20"},
    "codes": {"code": "ANA", "creator": "ana", "kind": "evergreen"},
    "orders": {"order_id": "1", "ordered_at": "2026-05-12T12:00:00Z", "currency": "USD",
               "subtotal": "9", "code": "ANA"},
}  # fmt: skip


@pytest.fixture
def filled(asked):
    for kind, row in AGREED.items():
        assert asked(kind, row).status_code == 200
    return asked


def test_leaks_and_alerts_are_asked_and_an_alert_is_snoozed(filled):
    (code,) = filled("leaks").json()["rows"]
    assert (code["code"], code["leaked"], code["leaks"]) == ("ANA", 0, False)
    (order,) = filled("leaks?by=order").json()["rows"]
    assert order["verdict"] == "valid"
    asked_at = "alerts?which=open&as_of=2026-05-12"
    (alert,) = filled(asked_at).json()["rows"]
    assert (alert["rule"], alert["state"]) == ("usage_right_ends", "open")
    snoozed = filled(f"alerts/{alert['id']}/snooze?days=2", rows=[])
    assert snoozed.status_code in {200, 404}, snoozed.text


def test_who_may_not_is_refused(filled):
    assert filled("alerts", who=None).status_code == 401
    assert filled("alerts/abc/snooze", rows=[], who="audrey").status_code == 403
    assert filled("alerts/abc/snooze", rows=[]).status_code == 404
    assert alerts.LONGEST_SNOOZE.days == 90
