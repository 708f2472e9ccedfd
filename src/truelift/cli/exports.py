"""Commands that hand the journal to other programs. `main` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.cli.options import Brand, Form, In, Month, Out, opened, say, show

export_app = App(name="export", help="Journals for other programs, as batches that are kept.")
mapping_app = App(name="mapping", help="Which accounts of your own books stand for ours.")

Program = Literal[
    "beancount", "hledger", "ledger", "xlsx", "parquet", "csv", "quickbooks", "xero", "netsuite",
    "intacct", "datev",
]  # fmt: skip


@export_app.command
def journal(
    *,
    workspace: In,
    to: Annotated[Program, Parameter(help="The program that reads the file.")],
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="File, or a folder.")],
    period: Month = None,
    batch: Annotated[
        str | None, Parameter(help="Export this batch again, to the same bytes.")
    ] = None,
    map_: Annotated[
        Path | None, Parameter(name="--map", help="Account mapping (YAML) instead of the kept one.")
    ] = None,
    template: Annotated[
        Path | None, Parameter(help="Your own import template (CSV), for intacct.")
    ] = None,
    only_new: Annotated[
        bool, Parameter(negative="", help="Leave out what earlier batches for the program hold.")
    ] = False,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
) -> None:
    """Write the entries of the books to files for another program, and keep what was exported."""
    with opened(workspace, brand) as ws:
        result = ws.export_journal(
            to, output, period=period, batch=batch, mapping=map_, template=template,
            only_new=only_new,
        )  # fmt: skip
    show(result, format, None)
    for sentence in result.data["notes"]:
        say(sentence)


@export_app.command
def batches(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List every export: what it held, its SHA-256, who and when."""
    with opened(workspace, brand) as ws:
        show(ws.export_batches(), format, output)


@mapping_app.command(name="set")
def set_mapping(file: Path, *, workspace: In, brand: Brand = None) -> None:
    """Keep a YAML file as the account mapping in force; every earlier one stays."""
    with opened(workspace, brand) as ws:
        result = ws.set_account_mapping(file)
    mapped = sum(row["gl_account"] is not None for row in result.rows)
    what = "is in force" if result.data["changed"] else "was in force already"
    say(f"The account mapping {what}: {mapped} of {len(result.rows)} accounts.")


@mapping_app.command(name="show")
def show_mapping(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show every account with what is mapped to it; json has the program settings too."""
    with opened(workspace, brand) as ws:
        show(ws.account_mapping(), format, output)
