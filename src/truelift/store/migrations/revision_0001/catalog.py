"""Revision 0001: the catalog, one table a kind, every version of every row kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op


def create_tables() -> None:
    """Make the table of every kind that lives in the workspace database."""
    _creator_kinds()
    _campaign_kinds()
    _agreement_kinds()
    _tracking_kinds()
    _value_schedule_kinds()
    _accounting_kinds()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean)


def _day(name: str) -> sa.Column[dt.date]:
    return sa.Column(name, sa.Date)


def _instant(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime)


def _kind(name: str, first_key: str, *columns: sa.Column[Any]) -> None:
    """Make the table of a kind: whose row, what it says, and where and when it came from."""
    op.create_table(
        f"catalog_{name}",
        sa.Column("row_number", sa.Integer, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        *columns,
        sa.Column("notes", sa.String),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("source_file", sa.String, nullable=False),
        sa.Column("source_line", sa.Integer, nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("row_hash", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("superseded_at", sa.DateTime),
        sa.PrimaryKeyConstraint("row_number"),
    )
    op.create_index(f"catalog_{name}_key", f"catalog_{name}", ["brand", first_key])


def _creator_kinds() -> None:
    _kind(
        "creators", "creator",
        _text("creator"), _text("name"), _text("category"), _text("country"), _text("email"),
    )  # fmt: skip
    _kind(
        "profiles", "platform",
        _text("platform"), _text("handle"), _text("creator"), _text("profile_id"),
        _instant("valid_from"), _instant("valid_to"),
    )  # fmt: skip
    _kind(
        "aliases", "kind",
        _text("kind"), _text("alias"), _instant("valid_from"), _text("creator"),
        _text("campaign"),
    )  # fmt: skip


def _campaign_kinds() -> None:
    _kind(
        "campaigns", "campaign",
        _text("campaign"), _text("name"), _text("goal"), _day("starts"), _day("ends"),
        _whole("budget"), _text("currency"), _text("hashtags"), _text("entity"),
        _text("cost_centre"),
    )  # fmt: skip
    _kind(
        "targets", "campaign",
        _text("campaign"), _text("creator"), _text("metric"), _text("target"), _day("by"),
    )  # fmt: skip
    _kind(
        "participants", "campaign",
        _text("campaign"), _text("creator"), _text("arm"), _day("from"), _day("to"),
    )  # fmt: skip
    _kind(
        "experiments", "experiment",
        _text("experiment"), _text("campaign"), _text("design"), _text("outcome"),
        _whole("factor"), _whole("low"), _whole("high"), _whole("level"), _day("from"),
        _day("to"), _text("document"),
    )  # fmt: skip
    _kind(
        "events", "event",
        _text("event"), _instant("starts"), _instant("ends"), _text("kind"), _text("scope"),
    )  # fmt: skip


def _agreement_kinds() -> None:
    _kind(
        "agreements", "agreement",
        _text("agreement"), _text("campaign"), _text("creator"), _whole("fee"),
        _text("currency"), _day("signed_on"), _day("starts"), _day("ends"), _day("cancelled_on"),
        _day("cancellable_until"), _whole("cancel_fee"), _whole("advance"),
        _whole("commission_rate"), _text("commission_base"), _text("commission_trigger"),
        _whole("commission_window_days"), _flag("new_customers_only"),
        _whole("commission_cap"), _text("bonus_metric"), _text("bonus_threshold"),
        _whole("bonus_amount"), _day("usage_from"), _day("usage_to"), _whole("usage_fee"),
        _text("agency"), _whole("agency_fee"), _text("kind"),
    )  # fmt: skip
    _kind(
        "deliverables", "deliverable",
        _text("deliverable"), _text("agreement"), _text("platform"), _text("type"),
        _whole("price"), _day("due_on"), _instant("live_at"), _instant("accepted_at"),
        _text("post_id"),
    )  # fmt: skip


def _tracking_kinds() -> None:
    _kind(
        "codes", "code",
        _text("code"), _instant("valid_from"), _text("creator"), _text("campaign"),
        _instant("valid_to"), _text("kind"),
    )  # fmt: skip
    _kind(
        "links", "slug",
        _text("slug"), _text("destination"), _text("creator"), _text("campaign"),
        _text("post_id"), _text("kind"), _instant("valid_from"), _instant("valid_to"),
    )  # fmt: skip


def _value_schedule_kinds() -> None:
    _kind(
        "margins", "scope",
        _text("scope"), _text("key"), _day("valid_from"), _whole("margin_rate"),
        _text("approved_by"),
    )  # fmt: skip
    _kind(
        "values", "metric",
        _text("metric"), _day("valid_from"), _text("campaign"), _day("valid_to"),
        _whole("unit_value"), _text("currency"), _text("basis"), _text("approved_by"),
    )  # fmt: skip


def _accounting_kinds() -> None:
    _kind(
        "rates", "date",
        _day("date"), _text("base"), _text("quote"), _text("kind"), _text("rate"),
        _text("source"),
    )  # fmt: skip
    _kind(
        "balances", "entity",
        _text("entity"), _text("period"), _text("account"), _whole("amount"), _text("currency"),
    )  # fmt: skip
    _kind(
        "allocations", "document",
        _text("document"), _day("valid_from"), _text("shares"),
    )  # fmt: skip
