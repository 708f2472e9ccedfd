"""Alert report: alerts as rows, and messages as the lines and JSON that channels get.

In:   alerts, messages.
Out:  rows and texts, the same for every door and channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from truelift.base.time import Instant
from truelift.decisions.alert import Alert, Message
from truelift.decisions.alert_rules import Judged
from truelift.reports.roi import instant_text
from truelift.reports.table import Cell, Table, TableColumn

MOST_LINES = 20
"""How many alerts a message spells out; the rest is counted."""

_COLUMNS = (
    TableColumn("id"),
    TableColumn("rule"),
    TableColumn("state"),
    TableColumn("since", Cell.INSTANT),
    TableColumn("owner"),
    TableColumn("why"),
    TableColumn("action"),
)


def state_of(alert: Alert, at: Instant) -> str:
    """Say in a word how an alert stands: open, snoozed, closed (by a person) or over."""
    if alert.open:
        return "snoozed" if alert.snoozed(at) else "open"
    return "closed" if alert.muted else "over"


def alert_json(alert: Alert, at: Instant) -> dict[str, Any]:
    """Write an alert as JSON."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "state": state_of(alert, at),
        "campaign": alert.campaign,
        "creator": alert.creator,
        "since": instant_text(alert.opened_at),
        "closed_at": _text(alert.closed_at),
        "closed_by": alert.closed_by,
        "owner": alert.owner,
        "snoozed_until": _text(alert.snoozed_until),
        "told_at": _text(alert.told_at),
        "why": alert.sentence,
        "action": alert.action,
    }


def judged_json(judged: Judged) -> dict[str, Any]:
    """Say how many returns were looked at, and how many below target chance may explain."""
    return {
        "looked_at": judged.looked_at,
        "below_target": judged.beyond_chance,
        "not_beyond_chance": judged.within_chance,
        "sentence": judged_sentence(judged),
    }


def judged_sentence(judged: Judged) -> str:
    """Say it in words."""
    return (
        f"of {judged.looked_at} returns {judged.beyond_chance} are below target; "
        f"{judged.within_chance} more, not beyond chance"
    )


def alerts_table(alerts: Sequence[Alert], at: Instant, judged: Judged | None = None) -> Table:
    """Lay alerts out for a terminal or a file."""
    rows = tuple(alert_json(each, at) | {"since": each.opened_at} for each in alerts)
    told = f"; {judged_sentence(judged)}" if judged and judged.looked_at else ""
    return Table("Alerts", _COLUMNS, rows, f"as of {instant_text(at)}{told}")


def message_lines(message: Message) -> list[str]:
    """Write a message: its title, and a line per alert."""
    lines = [f"{each.sentence} {each.action} ({each.id})" for each in message.alerts[:MOST_LINES]]
    more = len(message.alerts) - MOST_LINES
    return [" ".join(message.title.split()), *lines, *([f"and {more} more."] if more > 0 else [])]


def message_json(message: Message, brand: str, at: Instant) -> dict[str, Any]:
    """Write a message as the body of a webhook."""
    return {
        "type": "alerts.raised",
        "timestamp": instant_text(at),
        "data": {
            "brand": brand,
            "title": message.title,
            "alerts": [alert_json(each, at) for each in message.alerts],
        },
    }


def _text(at: Instant | None) -> str | None:
    return None if at is None else instant_text(at)
