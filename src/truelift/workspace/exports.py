"""Exports: the methods of a workspace that hand the journal to other programs."""

from __future__ import annotations

from pathlib import Path

from truelift.base.errors import UsageError
from truelift.base.time import Period
from truelift.operations.account_mapping import kept_mapping, mapping_rows, set_mapping
from truelift.operations.export_journal import ExportRequest, export_journal, exported_batches
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

_SHOWN = ("batch", "program", "period", "entries", "first_number", "last_number")


class Exports(Opened):
    """What a workspace exports; a part of Workspace."""

    def export_journal(
        self,
        to: str,
        output: str | Path,
        *,
        period: str | None = None,
        batch: str | None = None,
        mapping: str | Path | None = None,
        template: str | Path | None = None,
        only_new: bool = False,
    ) -> Result:
        """Write the entries of book `fin` to files for a program, and keep what was exported.

        to: beancount, hledger, ledger, xlsx, parquet, csv, quickbooks, xero, netsuite, intacct or
        datev. output: a file or a folder. `notes` of the result says what a controller must know.
        """
        request = ExportRequest(
            program=to,
            output=Path(output),
            period=_month(period),
            batch=batch,
            mapping=None if mapping is None else Path(mapping),
            template=None if template is None else Path(template),
            only_new=only_new,
        )
        record, files, notes = export_journal(self._ground, request)
        head = {name: record[name] for name in _SHOWN}
        rows = [
            head | {"file": str(path), "sha256": sha256}
            for path, sha256 in zip(files, record["sha256"], strict=True)
        ]
        return Result(
            record | {"notes": notes, "rows": rows}, plain_table("Exported journal", rows)
        )

    def export_batches(self) -> Result:
        """Give every export with its totals and hashes, oldest first: what, who and when."""
        found = exported_batches(self._ground)
        told = [
            each.record | {"recorded_at": each.recorded_at, "recorded_by": each.recorded_by}
            for each in found
        ]
        shown = [
            {name: row[name] for name in (*_SHOWN, "recorded_at", "recorded_by")}
            | {"sha256": ";".join(row["sha256"])}
            for row in told
        ]
        return Result(self._head() | {"rows": told}, plain_table("Export batches", shown))

    def set_account_mapping(self, file: str | Path) -> Result:
        """Keep the account mapping of a YAML file as the one in force; older ones stay."""
        _, changed = set_mapping(self._ground, Path(file))
        result = self.account_mapping()
        return Result(result.data | {"changed": changed}, result.table)

    def account_mapping(self) -> Result:
        """Give every account of book `fin` with the account that stands for it elsewhere."""
        record = kept_mapping(self._ground)
        rows = mapping_rows(self._ground)
        head = {
            "sha256": record.sha256 if record else None,
            "recorded_at": record.recorded_at if record else None,
            "recorded_by": record.recorded_by if record else None,
            "mapping": record.record["mapping"] if record else {},
        }
        note = (
            f"set {record.recorded_at:%Y-%m-%d %H:%M} UTC by {record.recorded_by}"
            if record
            else "none is set"
        )
        return Result(head | {"rows": rows}, plain_table("Account mapping", rows, note))


def _month(text: str | None) -> Period | None:
    try:
        return None if text is None else Period.parse(text)
    except ValueError:
        msg = f"{text!r} is not a period; write a month such as 2026-05."
        raise UsageError(msg) from None
