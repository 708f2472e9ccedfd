"""Brings a workspace database to the tables this version needs; forward only."""

from __future__ import annotations

import sqlalchemy as sa

from truelift.store import catalog_tables, journal_tables  # noqa: F401 - their tables register
from truelift.store.journal_tables import create_triggers
from truelift.store.tables import metadata


def migrate(engine: sa.Engine) -> None:
    """Make the tables when they are absent."""
    if sa.inspect(engine).has_table("workspace"):
        return
    with engine.begin() as connection:
        metadata.create_all(connection)
        create_triggers(connection)
