"""The first tables: brands, imports and quarantine, seals, the catalog, the journal."""

from __future__ import annotations

from truelift.store.migrations.revision_0001 import catalog, journal, workspace

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first version, and the guards of journal and seals."""
    workspace.create_tables()
    catalog.create_tables()
    journal.create_tables()
    journal.create_guards()
    workspace.create_guards()
