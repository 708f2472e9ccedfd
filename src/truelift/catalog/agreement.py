"""Agreements: what creator and brand signed, and the deliverables promised.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a creator and the brand signed."""

    agreement: str = column(ColumnType.NAME, "stable id", key=True, required=True)
    campaign: str | None = column(ColumnType.NAME, "campaign, empty for a standing agreement")
    creator: str = column(ColumnType.NAME, "creator", required=True)
    fee: int | None = column(ColumnType.MONEY, "fixed price of the whole agreement")
    currency: str = column(ColumnType.CURRENCY, "of every amount here", required=True)
    signed_on: dt.date = column(ColumnType.DATE, "when both sides were bound", required=True)
    starts: dt.date | None = column(ColumnType.DATE, "service from")
    ends: dt.date | None = column(ColumnType.DATE, "service to")
    cancelled_on: dt.date | None = column(ColumnType.DATE, "when it was cancelled")
    cancellable_until: dt.date | None = column(ColumnType.DATE, "last day it can be cancelled")
    cancel_fee: int | None = column(ColumnType.MONEY, "owed when cancelled")
    advance: int | None = column(ColumnType.MONEY, "paid before service")
    commission_rate: int | None = column(ColumnType.RATE, "share of the base, 0.10 is 10 %")
    commission_base: str | None = column(
        ColumnType.CHOICE,
        "what the rate applies to",
        choices=(
            "net_of_discount",
            "gross",
        ),
    )
    commission_trigger: str | None = column(
        ColumnType.CHOICE,
        "which orders earn it",
        choices=(
            "own_code",
            "own_link",
            "attributed",
        ),
    )
    commission_window_days: int | None = column(
        ColumnType.COUNT, "days after a touch in which orders earn it"
    )
    new_customers_only: bool | None = column(
        ColumnType.BOOLEAN, "only first orders of a customer earn it"
    )
    commission_cap: int | None = column(ColumnType.MONEY, "the most that can be earned")
    bonus_metric: str | None = column(ColumnType.TEXT, "metric of the bonus")
    bonus_threshold: str | None = column(ColumnType.DECIMAL, "reading from which the bonus is due")
    bonus_amount: int | None = column(ColumnType.MONEY, "bonus")
    usage_from: dt.date | None = column(ColumnType.DATE, "usage right since")
    usage_to: dt.date | None = column(ColumnType.DATE, "usage right until")
    usage_fee: int | None = column(ColumnType.MONEY, "price of the usage right")
    agency: str | None = column(ColumnType.TEXT, "agency in between")
    agency_fee: int | None = column(ColumnType.MONEY, "price of the agency")
    kind: str | None = column(
        ColumnType.CHOICE,
        "how it is earned",
        choices=(
            "deliverables",
            "retainer",
            "affiliate",
            "gift",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """One piece of content promised in an agreement."""

    deliverable: str = column(ColumnType.NAME, "stable id", key=True, required=True)
    agreement: str = column(ColumnType.NAME, "agreement", required=True)
    platform: str | None = column(ColumnType.PLATFORM, "where it will be published")
    type: str | None = column(ColumnType.TEXT, "reel, story, video, ...")
    price: int | None = column(
        ColumnType.UNIT_MONEY, "its part of the fee, in the agreement's currency"
    )
    due_on: dt.date | None = column(ColumnType.DATE, "when it is due")
    live_at: dt.datetime | None = column(ColumnType.INSTANT, "when it went live")
    accepted_at: dt.datetime | None = column(ColumnType.INSTANT, "when the brand accepted it")
    post_id: str | None = column(
        ColumnType.TEXT,
        "the post that fulfils it; an empty cell keeps what was known",
        kept="post_id",
    )


KINDS = (
    kind_of(Agreement, "agreements", Plane.WORKSPACE),
    kind_of(Deliverable, "deliverables", Plane.WORKSPACE),
)
