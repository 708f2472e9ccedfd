"""Audit: the log of who did what, as rows, and whether it is still what was written.

In:   a Desk (who asks decides which brands' lines are read), or the ground of one brand.
Out:  rows oldest first; a sentence for each log that was changed.
"""

from __future__ import annotations

from typing import Any

from truelift.base.errors import Refused
from truelift.catalog.permission import Action
from truelift.store import audit_log
from truelift.store import workspace_database as records
from truelift.store.ground import Desk
from truelift.store.people_tables import EVERY_BRAND

Row = dict[str, Any]


def audit_rows(desk: Desk, brand: str | None = None) -> list[Row]:
    """Give the lines of every log that who asks may read, or of one brand, oldest first."""
    with desk.workspace.transaction() as connection:
        found = [
            item
            for where in _readable(desk, brand)
            for item in audit_log.records(connection, where)
        ]
    return [
        {
            "recorded_at": item.recorded_at,
            "brand": item.brand or None,
            "place": item.place,
            "person": item.person,
            "action": item.action,
            "subject": item.subject,
            "outcome": item.outcome,
            "sha256": item.sha256,
        }
        for item in sorted(found, key=lambda item: (item.recorded_at, item.brand, item.place))
    ]


def verify_audit(desk: Desk, brand: str | None = None) -> list[Row]:
    """Check each log's chain: how many lines, the head to keep outside, the first changed line."""
    rows = []
    with desk.workspace.transaction() as connection:
        for where in _readable(desk, brand):
            count, head = audit_log.head(connection, where)
            rows.append(
                {
                    "brand": where or None,
                    "lines": count,
                    "head": head,
                    "changed_at": audit_log.broken(connection, where),
                }
            )
    return rows


def _readable(desk: Desk, brand: str | None) -> list[str]:
    """Give the logs who asks may read; "" is the workspace's own, of people and brands."""
    with desk.workspace.transaction() as connection:
        known = [EVERY_BRAND, *(record.brand for record in records.brands(connection))]
    readable = [
        name
        for name in known
        if brand in {None, name} and desk.actor.at(name).allows(Action.READ_AUDIT)
    ]
    if not readable:
        refusal = desk.actor.at(brand or EVERY_BRAND).refusal(desk.actor.name, Action.READ_AUDIT)
        raise Refused(refusal or f"There is no audit log of {brand!r} here.")
    return readable
