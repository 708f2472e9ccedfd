"""Commands of the lake: seal what was accepted, see where it stands, compact. `main` has them."""

from __future__ import annotations

from cyclopts import App

from truelift.cli.options import Brand, Form, In, Out, opened, say, show

lake_app = App(name="lake", help="The lake of a workspace that has outgrown its folder.")


@lake_app.command
def seal(*, workspace: In, brand: Brand = None) -> None:
    """Append to the lake what was accepted since it was sealed last; a served workspace does it."""
    with opened(workspace, brand) as ws:
        commits, rows = ws.seal_lake()
    say(f"{rows:,} rows were sealed in {commits} commits.")


@lake_app.command
def status(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Say of every kind of fact what the lake holds, and what waits to be sealed."""
    with opened(workspace, brand) as ws:
        show(ws.lake_standing(), format, output)


@lake_app.command
def compact(*, workspace: In, brand: Brand = None) -> None:
    """Make few files of many, and remove those that no version of the last week needs."""
    with opened(workspace, brand) as ws:
        merged, removed = ws.compact_lake()
    say(f"{merged:,} files were merged, {removed:,} old ones removed.")
