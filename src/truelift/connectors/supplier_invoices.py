"""Supplier invoices as CSV: the list that an accounts department or an invoice inbox exports.

Under the canonical names, or the names that such lists usually give: Invoice number, Supplier,
Invoice date, Due date, Net, VAT, Total, PO, IBAN. Net is what is given, else total less tax.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from truelift.connectors.calendar_text import day
from truelift.connectors.numerals import decimal_mark, given, number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Row, Skipped

_SYNONYMS = {
    "number": ("number", "invoice number", "invoice no", "invoice no.", "invoice #", "invoice id",
               "rechnungsnummer"),
    "supplier": ("supplier", "vendor", "creator", "supplier name", "vendor name", "lieferant"),
    "date": ("date", "invoice date", "rechnungsdatum"),
    "due_on": ("due_on", "due date", "due", "payment due", "fallig am", "falligkeit"),
    "currency": ("currency", "ccy", "wahrung"),
    "net": ("net", "net amount", "subtotal", "amount net", "netto"),
    "tax": ("tax", "vat", "tax amount", "vat amount", "gst", "sales tax", "mwst", "ust"),
    "gross": ("gross", "total", "gross amount", "amount", "total amount", "amount due", "brutto"),
    "recoverable": ("recoverable", "tax recoverable"),
    "type": ("type", "cost type"),
    "agreement": ("agreement", "contract", "vertrag"),
    "deliverable": ("deliverable",),
    "purchase_order": ("purchase_order", "purchase order", "po", "po number", "order number",
                       "bestellnummer"),
    "campaign": ("campaign", "project"),
    "description": ("description", "details", "memo", "reference", "text"),
    "iban": ("iban", "bank account", "account number", "bankverbindung"),
    "end_to_end_id": ("end_to_end_id", "end to end id", "end-to-end id", "payment id"),
    "disputed": ("disputed", "on hold", "hold"),
}  # fmt: skip
_NAMES = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%Y/%m/%d")
_AMOUNTS = ("net", "tax", "gross")
_LOOKED_AT = 10_000


def translate(header: str) -> str:
    """Call a folded header by its one name."""
    return _NAMES.get(header, header)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert a list of invoices; its first rows tell how it writes figures."""
    first = list(islice(rows, _LOOKED_AT))
    mark = decimal_mark(row.get(name) for row in first for name in _AMOUNTS)
    for row in chain(first, rows):
        if given(row.get("number")) is None and given(row.get("supplier")) is None:
            yield Skipped(row.line)
        else:
            yield _invoice(row, mark, context)


def _invoice(row: Row, mark: str, context: Context) -> Made:
    values = {name: row.get(name) for name in _SYNONYMS}
    amounts = {name: plain(row.get(name), mark) for name in _AMOUNTS}
    gross, tax = number(row.get("gross"), mark), number(row.get("tax"), mark)
    if amounts["net"] is None and gross is not None:
        amounts["net"] = written(gross - (tax or 0))
    days = {name: day(row.get(name), _DAYS) for name in ("date", "due_on")}
    currency = row.get("currency") or context.said("currency") or context.options.currency
    return Made(
        "invoices",
        row.line,
        {**values, **amounts, **days, "currency": currency},
        row.rest(*_SYNONYMS),
    )


FORMAT = Format(
    name="supplier_invoices",
    title="supplier invoices",
    fingerprints=tuple(
        frozenset({"number", "supplier", "date", amount}) for amount in ("net", "gross")
    ),
    columns=frozenset(_SYNONYMS),
    kinds=("invoices",),
    convert=convert,
    private=frozenset({"email", "e-mail", "address", "tax id", "vat id", "bic", "swift"}),
    translate=translate,
)
