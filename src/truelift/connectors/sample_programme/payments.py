"""Cost documents: invoices and payments of what went live, and the costs outside any agreement.

In:   the signed terms.
Out:  the costs table. Accrual comes from deliverables that are live; these rows advance it to
      invoiced and paid, a month apart, so foreign invoices are paid at another rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.agreements import (
    ADVANCE_PAID,
    CANCEL_FEE,
    CANCELLED_ON,
    GIFT_COST,
    Terms,
)
from truelift.connectors.sample_programme.people import ADVANCE
from truelift.connectors.sample_programme.table import Table, money_text, table_of_records
from truelift.connectors.sample_programme.timeline import FLIGHTS, LAST_DELIVERY

_HEADER = (
    "document line state date creator campaign agreement deliverable type amount currency tax "
    "recoverable service_from service_to sku quantity fair_value settles counterparty"
)
_INVOICED_AFTER, _PAID_AFTER = np.timedelta64(6, "D"), np.timedelta64(30, "D")
_COMMISSION_PAID = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    document: str
    state: str
    at: np.datetime64
    type: str
    amount: int
    terms: Terms | None = None
    campaign: str = ""
    deliverable: str = ""
    tax: int | None = None
    service: tuple[str, str] = ("", "")
    gift: tuple[str, str, str] = ("", "", "")
    settles: str = ""
    counterparty: str = ""

    def row(self) -> tuple[str, ...]:
        terms = self.terms
        currency = terms.currency if terms else "USD"
        return (
            *(self.document, "1", self.state, str(self.at.astype("datetime64[D]"))),
            terms.creator if terms else "",
            terms.campaign if terms else self.campaign,
            terms.agreement if terms else "",
            *(self.deliverable, self.type, money_text(self.amount, currency), currency),
            money_text(self.tax, currency),
            "" if self.tax is None else "true",
            *self.service,
            *self.gift,
            self.settles,
            self.counterparty or (terms.creator if terms else ""),
        )


def costs_table(signed: tuple[Terms, ...]) -> Table:
    """Give every cost document up to the last delivery."""
    documents = [cost for item in signed for cost in _agreement_costs(item)] + _other_costs()
    documents = [cost for cost in documents if cost.at < LAST_DELIVERY]
    documents.sort(key=lambda cost: (cost.at, cost.document, cost.state))
    known = np.array([cost.at for cost in documents])
    return table_of_records("costs", _HEADER, [cost.row() for cost in documents], known)


def _agreement_costs(item: Terms) -> list[_Cost]:
    """Give the documents of one agreement: advance, invoices and payments, usage, agency, gift."""
    costs = []
    open_advance = ADVANCE_PAID if item.creator == ADVANCE else 0
    if open_advance:
        paid_on = item.known_at + np.timedelta64(2, "D")
        name = f"advance-{item.creator}"
        costs.append(
            _Cost(
                document=name, state="paid", at=paid_on, type="fee", amount=open_advance, terms=item
            )
        )
    for name, price, live in item.live():
        invoiced = max(live, item.known_at) + _INVOICED_AFTER
        # What was paid in advance is not paid again.
        deducted = min(open_advance, price)
        open_advance -= deducted
        costs += _settled(
            item,
            f"invoice-{name}",
            "fee",
            price,
            invoiced,
            deliverable=name,
            deducted=deducted,
        )
    return costs + _special_costs(item)


def _settled(
    item: Terms,
    document: str,
    what: str,
    amount: int,
    invoiced: np.datetime64,
    *,
    deliverable: str = "",
    deducted: int = 0,
) -> list[_Cost]:
    """Give an invoice, and the payment a month later that settles it."""
    costs = [
        _Cost(
            document=document,
            state="invoiced",
            at=invoiced,
            type=what,
            amount=amount,
            terms=item,
            deliverable=deliverable,
        )
    ]
    if amount > deducted:
        costs.append(
            _Cost(
                document=document.replace("invoice", "payment"),
                state="paid",
                at=invoiced + _PAID_AFTER,
                type=what,
                amount=amount - deducted,
                terms=item,
                deliverable=deliverable,
                settles=document,
            )
        )
    return costs


def _special_costs(item: Terms) -> list[_Cost]:
    launch = np.datetime64(FLIGHTS[item.campaign].starts, "s")
    invoiced = launch + _INVOICED_AFTER
    costs = []
    if item.usage_fee:
        costs += _settled(item, f"invoice-usage-{item.creator}", "usage", item.usage_fee, invoiced)
    if item.agency_fee:
        name = f"invoice-agency-{item.creator}"
        costs += _settled(item, name, "agency", item.agency_fee, invoiced)
    if item.cancelled:
        name = f"invoice-cancellation-{item.creator}"
        costs += _settled(item, name, "fee", CANCEL_FEE, CANCELLED_ON + _INVOICED_AFTER)
    if item.creator == ADVANCE:
        # A first instalment of the commission; the rest stays accrued.
        billed = np.datetime64("2026-06-05T12:00:00", "s")
        name = f"invoice-commission-{item.creator}"
        costs += _settled(item, name, "commission", _COMMISSION_PAID, billed)
    if item.kind == "gift":
        costs.append(
            _Cost(
                document=f"gift-{item.creator}",
                state="accrued",
                at=launch - np.timedelta64(4, "D"),
                type="gift",
                amount=GIFT_COST,
                terms=item,
                gift=("glow-box", "3", "240.00"),
            )
        )
    return costs


def _other_costs() -> list[_Cost]:
    """Give the costs that no agreement explains: amplification, and a studio without campaign."""
    costs = [
        _Cost(
            document="amplification-glow",
            state=state,
            at=np.datetime64(f"{day}T12:00:00", "s"),
            type="amplification",
            amount=60_000,
            campaign="glow",
            counterparty="ad platform",
        )
        for state, day in (
            ("accrued", "2026-03-31"),
            ("invoiced", "2026-04-03"),
            ("paid", "2026-04-28"),
        )
    ]
    return costs + [
        _Cost(
            document="studio-0417",
            state=state,
            at=np.datetime64(f"{day}T12:00:00", "s"),
            type="production",
            amount=95_000,
            tax=7_600,
            service=("2026-04-13", "2026-04-17"),
            counterparty="studio",
        )
        for state, day in (("invoiced", "2026-04-20"), ("paid", "2026-05-12"))
    ]
