"""The one description of the workspace database's tables, shared by every file that adds some."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
"""All tables of the workspace database; the Alembic migrations are compared with it in a test."""
