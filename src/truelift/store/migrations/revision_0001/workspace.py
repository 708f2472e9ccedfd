"""Revision 0001: the workspace, its brands, what was imported or refused, and sealed baselines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from truelift.store.catalog_tables import create_seal_triggers


def create_tables() -> None:
    """Make the tables that are not the catalog's or the journal's."""
    _workspace()
    _imports()
    _seals()


def _workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("workspace_id", sa.String(36), nullable=False),
        sa.Column("customer_salt", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("simulated_now", sa.DateTime),
        sa.PrimaryKeyConstraint("workspace_id"),
    )
    op.create_table(
        "brand",
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("entity", sa.String, nullable=False),
        sa.Column("calendar", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("brand"),
    )


def _imports() -> None:
    op.create_table(
        "imported_file",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("source_file", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
        sa.Column("duplicate", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "quarantine",
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("source_file", sa.String, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("column", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("raw", sa.String, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("resolved_at", sa.DateTime),
        sa.PrimaryKeyConstraint("brand", "sha256", "source_file", "line", "column", "kind"),
    )


def _seals() -> None:
    op.create_table(
        "baseline_seal",
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("creator", sa.String, nullable=False),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("sealed_at", sa.DateTime, nullable=False),
        sa.Column("sealed_by", sa.String, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("record", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("brand", "sha256"),
    )


def create_guards() -> None:
    """Make what refuses a change of a sealed baseline."""
    create_seal_triggers(op.get_bind())
