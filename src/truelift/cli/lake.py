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


@lake_app.command
def restore(*, workspace: In, brand: Brand = None) -> None:
    """Make the segments of a folder whose disk was lost, of what the lake holds."""
    with opened(workspace, brand) as ws:
        found = ws.restore_lake()
    total = sum(found.rows.values())
    say(f"{total:,} rows are in the segments again, up to number {found.last}.")
    if found.lost:
        say(f"{len(found.lost):,} numbers among them are lost; `truelift doctor` names them.")
    say(
        f"What was accepted after {found.newest} UTC and not sealed is lost: import those files "
        "again. The facts are made of the segments when the workspace is opened next."
    )


@lake_app.command
def forget_lost(*, workspace: In, brand: Brand = None) -> None:
    """Say no more that figures are partial after a restore: the files were imported again."""
    with opened(workspace, brand) as ws:
        forgotten = ws.forget_lost()
    say("Figures count as whole again." if forgotten else "Nothing counted as lost.")
