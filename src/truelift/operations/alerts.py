"""Alerts: asks the rules, keeps what changed, has the channels told, and lets people decide.

In:   what is known; the alerts as they were kept.
Out:  alerts as they stand; control records of every change, with who owned, snoozed and closed.

Reading keeps nothing: it shows how the alerts stand at the time of the data. `check` keeps and
tells; a running process does it when something changed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Instant
from truelift.decisions.alert import ID_LENGTH, Alert, Message, messages, step
from truelift.decisions.alert_rules import Judged, findings, judged_returns
from truelift.operations.alert_channels import tell
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.operations.watched import Watching
from truelift.store import control_records
from truelift.store.control_records import ALERT, ALERT_MESSAGE
from truelift.store.ground import Ground

Row = dict[str, Any]

_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")

LONGEST_SNOOZE = dt.timedelta(days=90)
_TIMES = ("opened_at", "closed_at", "snoozed_until", "told_at")


@needs(Action.READ)
def alerts(
    ground: Ground,
    *,
    open_only: bool = False,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> tuple[Instant, list[Alert], Judged]:
    """Give the time, the alerts as they stand, open ones first, and how returns were judged.

    Nothing is kept.
    """
    at, standing, judged = _standing(ground, as_of, known_at)
    found = [each for each in standing.values() if each.open or not open_only]
    return at, sorted(found, key=lambda each: (not each.open, each.rule, each.subject)), judged


@needs(Action.HANDLE_ALERTS, logged=False, alone=False)
def check(ground: Ground, *, now: Instant | None = None) -> tuple[list[Alert], list[Message]]:
    """Ask the rules, keep what changed and tell the channels; give what is open, and what was told.

    now: the time by which silence is measured; that of the newest data when none is given.
    """
    before = kept_alerts(ground)
    at, standing, _ = _standing(ground, None, None, now)
    told, sent = [], _sent(ground)
    for message in messages([each for each in standing.values() if each.waits(at)], sent, at):
        outcome = tell(ground, message, at)
        _keep(ground, ALERT_MESSAGE, message.title, {
            "title": message.title, "alerts": [each.id for each in message.alerts],
            "sent_at": at.isoformat(), "channels": outcome,
        })  # fmt: skip
        if not outcome or "sent" in outcome.values():
            told.append(message)
            for each in message.alerts:
                standing[each.id] = replace(each, told_at=at)
    keep_alerts(ground, before, standing.values())
    return [each for each in standing.values() if each.open], told


def _standing(
    ground: Ground, as_of: Instant | None, known_at: Instant | None, now: Instant | None = None
) -> tuple[Instant, dict[str, Alert], Judged]:
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    at = now or as_of or min(known.as_of, known.known_at)
    kept = kept_alerts(ground, known_at)
    # Looked at from an earlier day, what was raised later is not known yet.
    before = {name: each for name, each in kept.items() if each.opened_at <= at}
    watched = Watching(known, at).everything()
    return at, before | step(before, findings(watched), at), judged_returns(watched)


@needs(Action.HANDLE_ALERTS, "name")
def own(ground: Ground, name: str, owner: str) -> Alert:
    """Say who looks after an alert."""
    if not owner.strip():
        msg = "Name who looks after the alert."
        raise UsageError(msg)
    _, found = _open(ground, name)
    return _decided(ground, replace(found, owner=owner.strip()))


@needs(Action.HANDLE_ALERTS, "name")
def snooze(
    ground: Ground,
    name: str,
    *,
    length: dt.timedelta | None = None,
    until: Instant | None = None,
) -> Alert:
    """Let nobody be told of an alert for a length or until a time; it is told again then."""
    at, found = _open(ground, name)
    moment = until if length is None else at + min(length, 2 * LONGEST_SNOOZE)
    if moment is None or not at < moment <= at + LONGEST_SNOOZE:
        msg = f"Snooze until a time after {at:%Y-%m-%d %H:%M}, at most {LONGEST_SNOOZE.days} days."
        raise UsageError(msg)
    return _decided(ground, replace(found, snoozed_until=moment))


@needs(Action.HANDLE_ALERTS, "name")
def close(ground: Ground, name: str) -> Alert:
    """Close an alert; it comes back only after what it tells of was over."""
    at, found = _open(ground, name)
    closed = replace(found, open=False, muted=True, closed_at=at, closed_by=ground.person)
    return _decided(ground, closed)


def _open(ground: Ground, name: str) -> tuple[Instant, Alert]:
    """Give an open alert and the time of the data; the rules are asked where none is kept."""
    found = kept_alerts(ground).get(name)
    known = knowledge(ground)
    at = min(known.as_of, known.known_at)
    if found is None and _ID.fullmatch(name):
        found = _raised(Watching(known, at), name, at)
    if found is None or not found.open:
        msg = f"There is no open alert {name}; `truelift alerts --open` lists them."
        raise NotFound(msg)
    return at, found


def _raised(watching: Watching, name: str, at: Instant) -> Alert | None:
    """Give an alert that is raised now and was never kept; measured only where its id may be."""
    measured = name in watching.measured_ids()
    watched = watching.everything() if measured else watching.quick()
    return step({}, [each for each in findings(watched) if each.id == name], at).get(name)


def _decided(ground: Ground, alert: Alert) -> Alert:
    _keep(ground, ALERT, alert.id, _record(alert))
    return alert


@needs(Action.READ)
def open_alerts(ground: Ground) -> tuple[Instant, list[Alert]]:
    """Give the open alerts as they were kept last, at no cost: no rule is asked again."""
    at = knowledge(ground).known_at
    found = [each for each in kept_alerts(ground).values() if each.open]
    return at, sorted(found, key=lambda each: (each.rule, each.subject))


def kept_alerts(ground: Ground, known_at: Instant | None = None) -> dict[str, Alert]:
    """Give the alerts as they were kept last."""
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, ALERT, known_at)
    return {name: _alert(item.record) for name, item in kept.items()}


def keep_alerts(ground: Ground, before: Mapping[str, Alert], after: Iterable[Alert]) -> None:
    """Keep the alerts that stand differently; other words for the same are no change."""
    for each in after:
        was = before.get(each.id)
        if was is None or replace(was, sentence=each.sentence, action=each.action) != each:
            _keep(ground, ALERT, each.id, _record(each))


def _record(alert: Alert) -> Row:
    record = asdict(alert)
    for name in _TIMES:
        record[name] = None if record[name] is None else record[name].isoformat()
    return record


def _alert(record: Row) -> Alert:
    told = {name: record[name] for name in Alert.__dataclass_fields__}
    for name in _TIMES:
        told[name] = None if told[name] is None else dt.datetime.fromisoformat(told[name])
    return Alert(**told)


def _sent(ground: Ground) -> list[Instant]:
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, ALERT_MESSAGE)
    return [dt.datetime.fromisoformat(item.record["sent_at"]) for item in kept]


def _keep(ground: Ground, kind: str, name: str, record: Row) -> None:
    """Keep a record; its time is after the newest one's, should the clock stand still."""
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, brand)
        newest = control_records.newest_recording(connection, brand, kind)
        now = ground.clock.now()
        at = now if newest is None else max(now, newest + dt.timedelta(microseconds=1))
        control_records.keep(connection, brand, kind, name, record, at=at, by=ground.person)
