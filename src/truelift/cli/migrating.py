"""The command that moves a workspace's database to PostgreSQL. `main` registers it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from truelift.base.errors import TrueliftError
from truelift.cli.elsewhere import is_served
from truelift.cli.options import In, say


def migrate_workspace(
    *,
    workspace: In,
    to: Annotated[
        str, Parameter(help="postgresql://USER@HOST/DATABASE, empty; its password: PGPASSWORD.")
    ],
) -> None:
    """Move a workspace's database from its file to PostgreSQL, compared row by row; facts stay."""
    if is_served(workspace):
        msg = f"{workspace} is served; stop that first, then migrate it."
        raise TrueliftError(msg)
    from truelift.app import migrate_workspace  # noqa: PLC0415 - loaded when needed

    moved = migrate_workspace(workspace, to, lambda table, rows: say(f"{table}: {rows:,} rows"))
    for brand, head in moved.heads.items():
        say(f"The journal of {brand} is the same, up to {head}.")
    say(
        f"{sum(moved.rows.values()):,} rows of {len(moved.rows)} tables are in PostgreSQL and "
        f"compared; {workspace} uses it from now on, and workspace.db.migrated is what it was."
    )
