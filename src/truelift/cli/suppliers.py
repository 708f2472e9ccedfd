"""Commands of suppliers' money documents: match, payables, chase, accruals. `main` registers them.

A suggestion is resolved by a person: `match accept` and `match reject` keep who did and when.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.cli.options import (
    Brand,
    Creator,
    Form,
    In,
    KnownAt,
    Month,
    Out,
    opened,
    say,
    show,
)

match_app = App(name="match", help="Invoices and bank lines, and what they settle.")
accruals_app = App(name="accruals", help="Work that is in the books and not invoiced.")

LineName = Annotated[str, Parameter(help="The invoice or bank line, as `truelift match` has it.")]


@match_app.default
def matches(
    *,
    workspace: In,
    exceptions: Annotated[
        bool, Parameter(negative="", help="Only what waits for a person, with its age in days.")
    ] = False,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List every invoice and bank line with its verdict: exact, suggested or unmatched, and why."""
    with opened(workspace, brand) as ws:
        show(ws.match(exceptions=exceptions, known_at=known_at), format, output)


@match_app.command(name="accept")
def accept_match(
    line: LineName,
    /,
    *documents: Annotated[str, Parameter(help="What it settles, in this order.")],
    workspace: In,
    brand: Brand = None,
) -> None:
    """Take a line for one or several documents and book it; replaces what was accepted before."""
    with opened(workspace, brand) as ws:
        ws.accept_match(line, *documents)
    say(f"Accepted: {line} settles {', '.join(documents)}.")


@match_app.command(name="reject")
def reject_match(
    line: LineName,
    document: Annotated[
        str | None, Parameter(help="The document it is not for; nothing here at all when empty.")
    ] = None,
    /,
    *,
    workspace: In,
    brand: Brand = None,
) -> None:
    """Say that a line is not for a document, or settles nothing here at all."""
    with opened(workspace, brand) as ws:
        ws.reject_match(line, document)
    say(f"Rejected: {line} does not settle {document or 'anything here'}.")


def payables(
    *,
    workspace: In,
    due: Annotated[str | None, Parameter(help="Due up to and on this day.")] = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the invoices that may be paid: matched or accepted, not disputed, with the id to use."""
    with opened(workspace, brand) as ws:
        show(ws.payables(due=due, known_at=known_at), format, output)


def chase(
    *,
    workspace: In,
    period: Month = None,
    creator: Creator = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List accrued work of a period or before for which no invoice has come, per creator."""
    with opened(workspace, brand) as ws:
        show(ws.chase(creator=creator, period=period, known_at=known_at), format, output)


@accruals_app.command
def confirm(
    *,
    workspace: In,
    period: Month = None,
    creator: Creator = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Annotated[  # noqa: A002 - the contract's word
        Literal["text", "table", "json", "csv", "parquet"],
        Parameter(name="--format", help="text is a letter per creator; else the rows."),
    ] = "text",
    output: Out = None,
) -> None:
    """Write what stood accrued at the end of a period, per creator, for them to confirm."""
    from truelift.cli.render import write  # noqa: PLC0415 - loaded when needed

    with opened(workspace, brand) as ws:
        result, letters = ws.confirm_accruals(creator=creator, period=period, known_at=known_at)
    if format != "text":
        show(result, format, output)
    elif len(result):
        write(letters, output)
    else:
        say("Nothing stood accrued without an invoice.")
