"""Closing in the Python door: the steps of a period's close, its pack, its tie-out.

In:   an opened ground, a period such as 2026-05.
Out:  results as tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.money import format_minor
from truelift.base.time import Period
from truelift.ledger.close import Severity
from truelift.operations import close, close_pack, tie_out
from truelift.operations.close import Closed
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result


class Closing(Opened):
    """The part of a workspace that closes periods."""

    def close_prepare(self, period: str) -> Result:
        """Book what is known and sign the period as prepared; gives its checks."""
        found = close.prepare(self._ground, month(period))
        checks = found.record["checks"]
        body = {"step": _told(found), "checks": checks, "accruals": close.changes(found.record)}
        rows = [
            {
                "check": check["name"],
                "result": check["severity"] if check["found"] else "holds",
                "found": check["found"],
                "sentence": check["sentence"],
                "facts": "; ".join(check["subjects"]),
            }
            for check in checks
        ]
        return Result(body | {"rows": checks}, plain_table(f"Prepared {period}", rows))

    def close_approve(self, period: str) -> Result:
        """Lock a period that another person prepared."""
        return self._step(close.approve(self._ground, month(period)))

    def close_reopen(self, period: str, reason: str) -> Result:
        """Open the last closed period again; the reason is kept."""
        return self._step(close.reopen(self._ground, month(period), reason))

    def close_status(self) -> Result:
        """Give every step of every close, oldest first."""
        rows = [_told(item) for item in close.history(self._ground)]
        return Result({"rows": rows}, plain_table("Closes", rows))

    def close_periods(self) -> Result:
        """Give every period with entries, newest first, and where its close stands."""
        rows = []
        for period, step in close.periods(self._ground):
            checks = step.record.get("checks", ()) if step else ()
            rows.append({
                "period": str(period),
                "state": step.state.value if step else "open",
                "by": step.by if step else None,
                "at": step.at if step else None,
                "blocked_by": _blocking(checks),
                "sentences": [each["sentence"] for each in checks if each["found"]],
            })  # fmt: skip
        flat = [{key: row[key] for key in row if key != "sentences"} for row in rows]
        return Result(self._head() | {"rows": rows}, plain_table("Periods", flat))

    def close_pack(self, period: str, folder: str | Path) -> Result:
        """Write the PDF and the workbook of a closed period; gives each file with its SHA-256."""
        rows = close_pack.write_pack(self._ground, month(period), Path(folder))
        return Result({"rows": rows}, plain_table(f"Close pack {period}", rows))

    def close_acknowledge(self, period: str, document: str) -> Result:
        """Keep under which document the general ledger took a closed period in."""
        row = tie_out.acknowledge(self._ground, month(period), document)
        return Result({"rows": [row]}, plain_table("Acknowledged", [row]))

    def close_tie_out(self, period: str) -> Result:
        """Set our balances beside the general ledger's imported ones, account by account."""
        rows = tie_out.tie_out(self._ground, month(period))
        shown = [
            {
                "account": row["account"],
                "currency": row["currency"],
                **{
                    name: format_minor(row[f"{name}_minor"], row["currency"])
                    for name in ("ours", "theirs", "difference")
                },
            }
            for row in rows
        ]
        money = {"ours", "theirs", "difference"}
        return Result({"rows": rows}, plain_table(f"Tie-out {period}", shown, "", money))

    def _step(self, found: Closed) -> Result:
        row = _told(found)
        return Result({"rows": [row]}, plain_table(f"{found.state} {found.period}", [row]))


def month(text: str) -> Period:
    """Read an accounting period; UsageError for anything else."""
    try:
        return Period.parse(text)
    except ValueError as error:
        msg = f"--period {text}: {error}."
        raise UsageError(msg) from None


def _blocking(checks: Sequence[Mapping[str, Any]]) -> int:
    """Count the checks that stand against a close."""
    return sum(
        check["severity"] == Severity.BLOCKS.value and check["found"] > 0 for check in checks
    )


def _told(found: Closed) -> dict[str, Any]:
    return {
        "period": str(found.period),
        "state": found.state.value,
        "by": found.by,
        "at": found.at,
        "blocked_by": _blocking(found.record.get("checks", ())),
        "entries": found.record["seq"],
        "checkpoint": found.record.get("checkpoint"),
        "reason": found.record.get("reason"),
        "approvals": found.approvals
        and f"{len(found.approvals.given)} of {found.approvals.needed}",
    }


def _counted(found: Closed) -> str | None:
    """Write how many approvals were given of how many, where more than one is needed."""
    given = found.approvals
    return None if given is None else f"{len(given.given)} of {given.needed}"
