"""Policy methods of the Python door: read the versions, sign a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from truelift.base.errors import UsageError
from truelift.ledger.policy import SWITCHES
from truelift.operations.book import book_by_policy
from truelift.operations.policy import SignOff, policy_rows, set_policy
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Json, Result

if TYPE_CHECKING:
    from truelift.base.time import Instant

_SIGNED = ("valid_from", "signed_by", "sentence", "recorded_at", "recorded_by", "version")


class PolicyMethods(Opened):
    """What a workspace can do with the policy of its brand's books."""

    def policy(self, *, known_at: str | dt.date | Instant | None = None) -> Result:
        """Give every version of the policy, the unsigned defaults first."""
        return self._policy_result(policy_rows(self._ground, known_at=self._time(known_at)))

    def set_policy(
        self,
        changes: Mapping[str, str],
        *,
        sentence: str,
        valid_from: str | dt.date,
        signed_by: str | None = None,
    ) -> tuple[Result, int]:
        """Sign a new version and book what it changes; give it, and how many entries that took."""
        if isinstance(valid_from, str):
            try:
                valid_from = dt.date.fromisoformat(valid_from)
            except ValueError:
                msg = f"{valid_from!r} is not a day; write one such as 2026-06-01."
                raise UsageError(msg) from None
        row = set_policy(self._ground, changes, SignOff(sentence, valid_from, signed_by))
        written, _ = book_by_policy(self._ground)
        return self._policy_result([row]), written

    def _policy_result(self, rows: list[Json]) -> Result:
        """Give the rows as they are; the table has one line per switch and version."""
        flat = [
            {"switch": name, "value": row[name]} | {key: row[key] for key in _SIGNED}
            for row in rows
            for name in SWITCHES
        ]
        return Result(self._head() | {"rows": rows}, plain_table("Policy", flat))
