"""Money documents that are matched: invoices of suppliers, and lines of bank statements.

Frozen values; each field carries the column it is read from (base.columns).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from truelift.base.columns import ColumnType, Plane, column, kind_of
from truelift.facts import cost

COST_TYPES = next(kind.column("type").choices for kind in cost.KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInvoice:
    """An invoice of a supplier, to be matched with what was agreed or is accrued."""

    supplier: str = column(
        ColumnType.NAME, "creator or agency, by id, name or alias", key=True, required=True
    )
    number: str = column(ColumnType.NAME, "number of the invoice", key=True, required=True)
    date: dt.date = column(ColumnType.DATE, "day of the invoice", required=True)
    due_on: dt.date | None = column(ColumnType.DATE, "day it is due; its own day when empty")
    currency: str = column(ColumnType.CURRENCY, "of every amount here", required=True)
    net: int = column(
        ColumnType.MONEY, "without tax; below zero is a credit note", required=True, signed=True
    )
    tax: int | None = column(ColumnType.MONEY, "tax on it", signed=True)
    gross: int | None = column(ColumnType.MONEY, "net and tax, checked", signed=True)
    recoverable: bool | None = column(ColumnType.BOOLEAN, "the tax is recoverable")
    type: str | None = column(ColumnType.CHOICE, "what it is for", choices=COST_TYPES)
    agreement: str | None = column(ColumnType.NAME, "agreement it is for")
    deliverable: str | None = column(ColumnType.NAME, "deliverable it is for")
    purchase_order: str | None = column(ColumnType.NAME, "order, agreement or accrual it names")
    campaign: str | None = column(ColumnType.NAME, "campaign, when nothing else says it")
    description: str | None = column(ColumnType.TEXT, "what it says")
    iban: str | None = column(ColumnType.ACCOUNT, "bank account to pay to; kept as a keyed hash")
    end_to_end_id: str | None = column(ColumnType.NAME, "id agreed for its payment")
    disputed: bool | None = column(ColumnType.BOOLEAN, "held back from payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A booked line of a bank account, to be matched with the invoices it pays."""

    bank_line: str = column(ColumnType.NAME, "the bank's id of the line", key=True, required=True)
    date: dt.date = column(ColumnType.DATE, "day of booking", required=True)
    amount: int = column(
        ColumnType.MONEY, "below zero left the account", required=True, signed=True
    )
    currency: str = column(ColumnType.CURRENCY, "of the amount", required=True)
    counterparty: str | None = column(ColumnType.TEXT, "who was paid, as the bank writes it")
    iban: str | None = column(ColumnType.ACCOUNT, "their bank account; kept as a keyed hash")
    invoice: str | None = column(ColumnType.TEXT, "invoice number, where the bank has a field")
    reference: str | None = column(ColumnType.TEXT, "text of the payment")
    end_to_end_id: str | None = column(ColumnType.TEXT, "id the payer gave it")


KINDS = (
    kind_of(SupplierInvoice, "invoices", Plane.FACTS, occurred="date"),
    kind_of(BankLine, "bank_lines", Plane.FACTS, occurred="date"),
)
