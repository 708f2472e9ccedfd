"""Source facts: what the books are drawn from, as the operation `book` hands it over.

In:   accepted facts, already of one brand; days are in the legal entity's time zone.
Out:  frozen values that the posting rules read, and the faults that rules give back.

Amounts are whole minor units of the named currency. None is missing, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from truelift.ledger.policy import Policy as Policy  # noqa: PLC0414 - handed on with the facts

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class AgreedDeliverable:
    """One piece of work in an agreement, with its stand-alone price when the parties set one."""

    deliverable: str
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AgreementSigned:
    """What creator and brand signed: the fixed fee, its currency, and the work it is for.

    fee_minor: the fixed price; None when only the deliverables carry prices. cancel_fee_minor: owed
    on cancelled_on instead of the undelivered rest. retainer: the fee is earned day by day from
    starts to ends. advance_minor: what may be paid ahead where nothing else says so.
    commission_cap_minor: the most that its orders earn together, after refunds. without_fee: it is
    for commission or gifts alone, so that no fee is owed.
    """

    agreement: str
    creator: str
    currency: str
    signed_on: dt.date
    campaign: str | None = None
    fee_minor: int | None = None
    deliverables: tuple[AgreedDeliverable, ...] = ()
    cancelled_on: dt.date | None = None
    cancel_fee_minor: int = 0
    cost_centre: str | None = None
    retainer: bool = False
    starts: dt.date | None = None
    ends: dt.date | None = None
    advance_minor: int = 0
    usage_fee_minor: int = 0
    usage_from: dt.date | None = None
    usage_to: dt.date | None = None
    agency: str | None = None
    agency_fee_minor: int = 0
    bonus_minor: int = 0
    commission_cap_minor: int | None = None
    without_fee: bool = False


@dataclass(frozen=True, slots=True)
class DeliverableLive:
    """A deliverable was published, accepted or deleted: the service is received, or lost again.

    By policy it is received when it is live or when it was accepted. deleted_on: the day its last
    post was deleted.
    """

    deliverable: str
    agreement: str
    live_on: dt.date | None
    campaign: str | None = None
    accepted_on: dt.date | None = None
    deleted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BonusReached:
    """The live posts of an agreement reached the reading from which its bonus is due."""

    agreement: str
    reached_on: dt.date
    metric: str
    reading: int


@dataclass(frozen=True, slots=True)
class CommissionEarned:
    """An order that earns commission under an agreement.

    base_minor: the net base as the agreement defines it, in the order's currency. rate_ppm: parts
    per million, 10 % is 100000.
    """

    order: str
    agreement: str
    base_minor: int
    currency: str
    rate_ppm: int
    ordered_on: dt.date
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class CommissionReversed:
    """A refund, partial or full, of an order that earned commission.

    refunded_minor: by how much the commission base of the order fell, in the order's currency.
    """

    refund: str
    order: str
    refunded_minor: int
    refunded_on: dt.date


class CostState(StrEnum):
    """How far a cost has come. States are cumulative: paid implies invoiced implies accrued."""

    COMMITTED = "committed"
    ACCRUED = "accrued"
    INVOICED = "invoiced"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class CostDocument:
    """One row of the `costs` file: a document (line) reached a state on a day.

    Rows that name an agreement or deliverable advance its states; others stand alone under their
    document and line. cost_type: a key of `chart.COST_TYPES`. amount_minor: net of tax for accrued
    and invoiced rows, all that was settled for paid rows (tax_minor comes on top of it when given).
    recoverable: the tax comes back from the authority. withheld_minor: the part of a payment kept
    back for the authority, contained in the amount. settles: the document that this one settles.
    Below zero an invoiced row is a credit note, a paid row money that came back, and an accrued row
    cost taken back. fair_value_minor: of a gift, for the memo only.
    """

    document: str
    state: CostState
    on: dt.date
    cost_type: str
    amount_minor: int
    currency: str
    line: str | None = None
    creator: str | None = None
    campaign: str | None = None
    agreement: str | None = None
    deliverable: str | None = None
    tax_minor: int = 0
    recoverable: bool = True
    withheld_minor: int = 0
    settles: str | None = None
    counterparty: str | None = None
    cost_centre: str | None = None
    fair_value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AttributedDay:
    """What attributed orders of one day, campaign and creator are made of, in the books' currency.

    Refunds and what they give back stand on their own day. gross: goods before discount with the
    tax that prices hold, and won leads; goods: after discount and without tax.
    """

    on: dt.date
    campaign: str | None
    creator: str | None
    gross: int = 0
    discounts: int = 0
    tax: int = 0
    goods: int = 0
    refunds: int = 0
    goods_cost: int = 0
    fulfilment: int = 0


@dataclass(frozen=True, slots=True)
class AllocationRule:
    """Since a day, cost without campaign of a document or an account belongs to these.

    shares: (campaign, creator, parts per million); one of the two is named.
    """

    source: str
    valid_from: dt.date
    shares: tuple[tuple[str | None, str | None, int], ...]


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """What stood on an account when the books went live; debit positive."""

    account: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All the facts of one brand that move the books, in any order; copies count once."""

    agreements: tuple[AgreementSigned, ...] = ()
    live: tuple[DeliverableLive, ...] = ()
    commissions: tuple[CommissionEarned, ...] = ()
    refunds: tuple[CommissionReversed, ...] = ()
    documents: tuple[CostDocument, ...] = ()
    bonuses: tuple[BonusReached, ...] = ()
    days: tuple[AttributedDay, ...] = ()
    allocations: tuple[AllocationRule, ...] = ()
    openings: tuple[OpeningBalance, ...] = ()
    faults: tuple[Fault, ...] = ()


class FaultCode(StrEnum):
    """What is wrong with a fact. Closed: each is a sentence a controller can act on."""

    NO_RATE = "NO_RATE"
    UNKNOWN_AGREEMENT = "UNKNOWN_AGREEMENT"
    UNKNOWN_DOCUMENT = "UNKNOWN_DOCUMENT"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    CURRENCY_DIFFERS = "CURRENCY_DIFFERS"
    NEGATIVE_AMOUNT = "NEGATIVE_AMOUNT"
    LIVE_AFTER_CANCEL = "LIVE_AFTER_CANCEL"
    CONFLICT = "CONFLICT"
    NO_TERM = "NO_TERM"
    ABOVE_AGREEMENT = "ABOVE_AGREEMENT"
    PAYMENT_WITHOUT_INVOICE = "PAYMENT_WITHOUT_INVOICE"
    CREDIT_ABOVE_INVOICE = "CREDIT_ABOVE_INVOICE"
    RETURN_ABOVE_PAID = "RETURN_ABOVE_PAID"
    TAKEN_BACK_ABOVE_COST = "TAKEN_BACK_ABOVE_COST"
    UNKNOWN_METRIC = "UNKNOWN_METRIC"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    UNKNOWN_NAME = "UNKNOWN_NAME"


@dataclass(frozen=True, slots=True)
class Missing:
    """From whose cost a fact that is not booked is missing, and since when."""

    on: dt.date
    campaign: str | None = None
    creator: str | None = None
    agreement: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fact that could not be booked as it stands: by which rule, which event, and why.

    missing: from whose cost it is missing; None when it is booked all the same, or is no cost.
    """

    event: str
    rule: str
    code: FaultCode
    sentence: str
    missing: Missing | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a posting belongs to, besides its account."""

    campaign: str | None = None
    creator: str | None = None
    deliverable: str | None = None
    agreement: str | None = None
    cost_centre: str | None = None
    counterparty: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """When something happened, under which event key, what it is about, and what it names itself.

    subject: the words for people, as in "deliverable D1". The dimensions given here win over the
    obligation's own.
    """

    on: dt.date
    event: str
    subject: str
    campaign: str | None = None
    creator: str | None = None
    deliverable: str | None = None
    counterparty: str | None = None
