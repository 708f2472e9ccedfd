"""Alerts at the Python door: what asks for somebody, who looks after it, where it is told.

In:   an opened workspace, of which this is a part.
Out:  results as every other method gives them.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.decisions.alert import Alert
from truelift.operations import alert_channels, link_checks
from truelift.operations import alerts as alerting
from truelift.reports.alerts import alert_json, alerts_table, judged_json
from truelift.reports.roi import instant_text
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Result

LONGEST_DAYS = 10_000.0
"""More is no length of time; how long a snooze may be is decided elsewhere."""


class AlertMethods(Opened):
    """The part of a workspace that says what asks for somebody."""

    def alerts(
        self, *, open_only: bool = False, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give the alerts as they stand, open ones first, each with why and what to do."""
        at, found, judged = alerting.alerts(
            self._ground, open_only=open_only, as_of=self._time(as_of),
            known_at=self._time(known_at),
        )  # fmt: skip
        rows = [alert_json(each, at) for each in found]
        head = self._head() | {"as_of": instant_text(at), "returns": judged_json(judged)}
        table = self._filled(alerts_table(found, at, judged), "alerts")
        return Result(head | {"rows": rows}, table)

    def kept_alerts(self) -> Result:
        """Give the open alerts as they were kept last; no rule is asked again."""
        at, found = alerting.open_alerts(self._ground)
        rows = [alert_json(each, at) for each in found]
        return Result(
            self._head() | {"rows": rows}, self._filled(alerts_table(found, at), "alerts")
        )

    def check_alerts(self) -> Result:
        """Ask the rules, keep what changed and tell the channels; give what was told."""
        _, told = alerting.check(self._ground, now=self._ground.clock.now())
        rows = [
            {"message": each.title, "alerts": len(each.alerts),
             "ids": ";".join(alert.id for alert in each.alerts)}
            for each in told
        ]  # fmt: skip
        return Result(
            self._head() | {"rows": rows}, self._filled(plain_table("Told", rows), "told")
        )

    def own_alert(self, name: str, owner: str) -> Result:
        """Say who looks after an alert."""
        return self._alert(alerting.own(self._ground, name, owner))

    def snooze_alert(self, name: str, *, days: float | None = None, until: Time = None) -> Result:
        """Let nobody be told of an alert for some days, or until a time; it stays open."""
        moment = self._time(until)
        if (days is None) == (moment is None):
            msg = "Say how long with --days, or until when with --until."
            raise UsageError(msg)
        if days is not None and math.isnan(days):
            msg = "--days is a number of days, 1.5 for instance."
            raise UsageError(msg)
        length = None if days is None else dt.timedelta(days=min(days, LONGEST_DAYS))
        return self._alert(alerting.snooze(self._ground, name, length=length, until=moment))

    def close_alert(self, name: str) -> Result:
        """Close an alert; it comes back only after what it tells of was over."""
        return self._alert(alerting.close(self._ground, name))

    def check_links(self, *, private: bool = False) -> Result:
        """Ask the destinations of all links in force whether they answer, dead ones first."""
        rows = link_checks.check_links(self._ground, private=private)
        table = self._filled(plain_table("Links", rows), "link checks")
        return Result(self._head() | {"rows": rows}, table)

    def add_alert_channel(
        self,
        kind: str,
        name: str,
        **options: Any,  # noqa: ANN401 - to, server, sender, user, secret of alert_channels
    ) -> tuple[Result, Secret | None]:
        """Add a channel; give it, and the secret of a webhook when it was made here."""
        row, made = alert_channels.add_channel(self._ground, kind, name, **options)
        return Result(self._head() | {"rows": [row]}, plain_table("Channel", [row])), made

    def remove_alert_channel(self, name: str) -> Result:
        """End a channel and forget its secrets."""
        row = alert_channels.remove_channel(self._ground, name)
        return Result(self._head() | {"rows": [row]}, plain_table("Channel", [row]))

    def alert_channels(self) -> Result:
        """List the channels, never a secret."""
        rows = alert_channels.channel_rows(self._ground)
        table = self._filled(plain_table("Channels", rows), "channels")
        return Result(self._head() | {"rows": rows}, table)

    def _alert(self, found: Alert) -> Result:
        at = found.closed_at or found.opened_at
        rows = [alert_json(found, at)]
        return Result(self._head() | {"rows": rows}, alerts_table([found], at))
