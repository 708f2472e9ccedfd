"""Alerts as rows and messages as lines: states in a word, long ones cut."""

import datetime as dt
from dataclasses import replace

import pytest

from truelift.decisions.alert import Alert, Message
from truelift.decisions.alert_rules import Judged
from truelift.reports.alerts import (
    MOST_LINES,
    alert_json,
    alerts_table,
    judged_json,
    message_json,
    message_lines,
    state_of,
)

AT = dt.datetime(2026, 5, 1)
LATER = AT + dt.timedelta(hours=1)
ALERT = Alert(
    id="abc", rule="pace", subject="summer", sentence="Slow.", action="Look.", campaign="summer",
    creator=None, opened_at=AT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "open"), ({"snoozed_until": LATER}, "snoozed"), ({"open": False}, "over"),
     ({"open": False, "muted": True}, "closed")],
)  # fmt: skip
def test_a_state_is_a_word(change, state):
    assert state_of(replace(ALERT, **change), AT) == state


def test_rows_and_bodies_say_why_and_what_to_do():
    told = alert_json(replace(ALERT, told_at=LATER), AT)
    assert (told["why"], told["action"], told["told_at"]) == (
        "Slow.", "Look.", "2026-05-01T01:00:00Z",
    )  # fmt: skip
    assert alerts_table([ALERT], AT).rows[0]["since"] == AT
    assert alerts_table([ALERT], AT, Judged(0, 0, 0)).note == "as of 2026-05-01T00:00:00Z"
    judged = Judged(looked_at=14, beyond_chance=2, within_chance=3)
    assert alerts_table([ALERT], AT, judged).note.endswith(judged_json(judged)["sentence"])
    assert judged_json(judged)["sentence"] == (
        "of 14 returns 2 are below target; 3 more, not beyond chance"
    )
    body = message_json(Message("pace", (ALERT,)), "acme", AT)
    assert (body["type"], body["data"]["brand"]) == ("alerts.raised", "acme")


def test_a_long_message_counts_what_it_does_not_spell_out():
    assert message_lines(Message("pace", (ALERT,))) == ["pace", "Slow. Look. (abc)"]
    lines = message_lines(Message("pace", (ALERT,) * (MOST_LINES + 2)))
    assert (len(lines), lines[-1]) == (MOST_LINES + 2, "and 2 more.")
