"""Commands of the close: prepare, approve, reopen, status, pack, acknowledge, tie-out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from truelift.base.errors import CheckFailed
from truelift.cli.options import Brand, Form, In, Out, opened, say, show

close_app = App(name="close", help="Close accounting periods: one person prepares, another locks.")

PeriodName = Annotated[str, Parameter(help="Accounting period, such as 2026-05.")]


@close_app.command
def prepare(
    period: PeriodName,
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Book what is known, check the period and sign it as prepared; exit 3 if a check blocks."""
    with opened(workspace, brand) as ws:
        result = ws.close_prepare(period)
        show(result, format, output)
    blocking = [row for row in result.rows if row["severity"] == "blocks" and row["found"]]
    for row in blocking:
        say(f"Blocks the close: {row['sentence']}")
    return CheckFailed.exit_code if blocking else 0


@close_app.command
def approve(
    period: PeriodName,
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Lock a period that another person prepared."""
    with opened(workspace, brand) as ws:
        result = ws.close_approve(period)
        show(result, format, output)
    for row in result.rows:
        if row["approvals"] and row["state"] != "closed":
            say(
                f"{period} is not closed yet: {row['approvals']} approvals; its cost is above the "
                "threshold, so another person has to approve it too."
            )


@close_app.command
def reopen(
    period: PeriodName,
    *,
    workspace: In,
    reason: Annotated[str, Parameter(help="Why; kept for ever.")] = "",
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Open the last closed period again. Late facts need no reopening: they go to the next one."""
    with opened(workspace, brand) as ws:
        show(ws.close_reopen(period, reason), format, output)


@close_app.command
def status(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show every step of every close."""
    with opened(workspace, brand) as ws:
        show(ws.close_status(), format, output)


@close_app.command
def pack(
    period: PeriodName,
    *,
    workspace: In,
    folder: Annotated[Path, Parameter(name=["--folder", "-f"], help="Where the files go.")],
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Write the close pack of a closed period (PDF and workbook), the same bytes every time."""
    with opened(workspace, brand) as ws:
        show(ws.close_pack(period, folder), format, output)
        steps = [row for row in ws.close_status().rows if row["period"] == period]
    if steps[-1]["state"] != "closed":
        why = steps[-1]["reason"] or "it is prepared anew"
        say(f"{period} was reopened after this pack was signed: {why}.")


@close_app.command
def acknowledge(
    period: PeriodName,
    *,
    workspace: In,
    document: Annotated[str, Parameter(help="The general ledger's document number.")],
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Keep under which document the general ledger took a closed period in."""
    with opened(workspace, brand) as ws:
        show(ws.close_acknowledge(period, document), format, output)


@close_app.command(name="tie-out")
def tie_out(
    period: PeriodName,
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Set our balances beside the general ledger's imported ones; exit 3 where they differ."""
    with opened(workspace, brand) as ws:
        result = ws.close_tie_out(period)
        show(result, format, output)
    differing = [row for row in result.rows if row["difference_minor"]]
    if differing:
        say(f"{len(differing)} accounts differ from the general ledger.")
    return CheckFailed.exit_code if differing else 0
