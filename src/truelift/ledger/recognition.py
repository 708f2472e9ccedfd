"""Recognition: what the facts imply for the books, as entries and faults.

In:   facts of one brand in any order, policy, rates.
Out:  entries in canonical order (day, event, as they follow from each other) and faults. The same
      facts in any order, given once or many times, always give the same.

Facts are gathered by obligation (`obligation.py`); each obligation is then played in the order of
its days. The postings of each rule are in `obligation.py`, its sentence in `rules.py`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from truelift.base.money import allocate
from truelift.ledger.commission import OrderCommission, factor
from truelift.ledger.documents import AGREEMENT, DOCUMENT, Key, Part, Router, event_of
from truelift.ledger.obligation import Obligation
from truelift.ledger.source import (
    AgreementSigned,
    CommissionEarned,
    CommissionReversed,
    CostState,
    DeliverableLive,
    Dimensions,
    Facts,
    Fault,
    FaultCode,
    Happening,
    Missing,
    Policy,
)
from truelift.ledger.writer import Collected, Writer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from truelift.ledger.fx import RateSet
    from truelift.ledger.journal import Entry

Fact = TypeVar("Fact")

# Steps of one day, in the order in which they can follow from each other.
_SIGNED, _COMMITTED, _WORK, _REFUND, _ACCRUED, _INVOICED, _PAID, _CANCELLED = range(8)


class Step(NamedTuple):
    """Something that happens to an obligation: its place in the day, and what it does."""

    rank: int
    at: Happening
    rule: str
    act: Callable[[Happening], None]


def entries_for(
    facts: Facts, policy: Policy, rates: RateSet
) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
    """Give every entry that the facts imply now, and every fault in them.

    Amounts are in the agreement's or document's currency, base in the policy's at the rate of the
    day. A missing rate is a fault (NO_RATE) of the event; the event is not booked until it has one.
    """
    return Recognition(facts, policy, rates).run()


def fee_shares(agreement: AgreementSigned) -> dict[str, int]:
    """Split the fixed price over the deliverables, to the minor unit (largest remainder).

    By price where all have one. Where some have none, those share what the priced ones leave,
    equally. Without any price all share equally. Order of the deliverables does not matter.
    """
    work = sorted(agreement.deliverables, key=lambda each: each.deliverable)
    priced = sum(each.price_minor or 0 for each in work)
    unpriced = [each for each in work if each.price_minor is None]
    weights = [each.price_minor or 0 for each in work]
    rest = fixed_price(agreement) - priced
    if unpriced and rest > 0:
        shared = iter(allocate(rest, [1] * len(unpriced)))
        weights = [next(shared) if each.price_minor is None else each.price_minor for each in work]
    if not sum(weights):
        weights = [1] * len(work)
    shares = allocate(fixed_price(agreement), weights) if work else []
    return {each.deliverable: share for each, share in zip(work, shares, strict=True)}


def fixed_price(agreement: AgreementSigned) -> int:
    """Give the fixed price of an agreement: its fee, else the sum of its deliverables' prices."""
    if agreement.fee_minor is not None:
        return agreement.fee_minor
    return sum(each.price_minor or 0 for each in agreement.deliverables)


class Recognition:
    """One run: gathers the steps of every obligation, then plays them."""

    def __init__(self, facts: Facts, policy: Policy, rates: RateSet) -> None:
        """Take the facts; nothing is booked yet."""
        self._facts = facts
        self._policy = policy
        self._rates = rates
        self._collected = Collected()
        self._obligations: dict[Key, Obligation] = {}
        self._steps: dict[Key, list[Step]] = defaultdict(list)
        self._agreements: dict[str, AgreementSigned] = {}
        self._shares: dict[str, dict[str, int]] = {}

    def run(self) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
        """Book everything."""
        self._gather_agreements()
        self._gather_live()
        self._gather_commissions()
        self._gather_documents()
        for key in sorted(self._steps):
            writer = self._obligations[key].writer
            for step in sorted(self._steps[key], key=_order):
                if writer.begin(step.at, step.rule):
                    step.act(step.at)
        entries = sorted(self._collected.entries, key=_canonical)
        faults = {self._placed(fault) for fault in self._collected.faults}
        return tuple(entries), tuple(sorted(faults))

    def _placed(self, fault: Fault) -> Fault:
        """Give a fault the campaign and creator of its agreement, where it names none itself."""
        missing = fault.missing
        agreement = self._agreements.get(missing.agreement or "") if missing else None
        if missing is None or agreement is None:
            return fault
        campaign = missing.campaign or agreement.campaign
        whose = replace(missing, campaign=campaign, creator=missing.creator or agreement.creator)
        return replace(fault, missing=whose)

    def _gather_agreements(self) -> None:
        for agreement in self._unique("agreement", "R01", self._facts.agreements, _agreement_key):
            event = f"agreement:{agreement.agreement}"
            prices = [each.price_minor or 0 for each in agreement.deliverables]
            if min(agreement.fee_minor or 0, agreement.cancel_fee_minor, *prices, 0) < 0:
                sentence = "Its fee, a price or its cancellation fee is below zero."
                missing = Missing(agreement.signed_on, agreement.campaign, agreement.creator)
                self._collected.fault(FaultCode.NEGATIVE_AMOUNT, event, "R01", sentence, missing)
                continue
            self._agreements[agreement.agreement] = agreement
            self._shares[agreement.agreement] = fee_shares(agreement)
            key = AGREEMENT, agreement.agreement, "fee"
            fee = self._obligation_of(key, agreement)
            subject = f"agreement {agreement.agreement}"
            signed = Happening(agreement.signed_on, event, subject)
            self._steps[key].append(Step(_SIGNED, signed, "R01", partial(fee.commit, fee.fixed)))
            if agreement.cancelled_on:
                cancelled = Happening(agreement.cancelled_on, f"{event}/cancelled", subject)
                act = partial(fee.cancel, agreement.cancel_fee_minor)
                self._steps[key].append(Step(_CANCELLED, cancelled, "R01", act))

    def _gather_live(self) -> None:
        for live in self._unique("deliverable", "R03", self._facts.live, _live_key):
            event = f"deliverable:{live.deliverable}"
            agreement = self._agreements.get(live.agreement)
            share = self._shares.get(live.agreement, {}).get(live.deliverable)
            missing = Missing(live.live_on, live.campaign, agreement=live.agreement)
            if agreement is None or share is None:
                sentence = f"Agreement {live.agreement} is unknown or does not name it."
                self._collected.fault(FaultCode.UNKNOWN_AGREEMENT, event, "R03", sentence, missing)
                continue
            if agreement.cancelled_on and live.live_on > agreement.cancelled_on:
                sentence = f"It went live after agreement {live.agreement} was cancelled."
                self._collected.fault(FaultCode.LIVE_AFTER_CANCEL, event, "R03", sentence, missing)
                continue
            key = AGREEMENT, live.agreement, "fee"
            at = Happening(
                live.live_on,
                event,
                f"deliverable {live.deliverable}",
                campaign=live.campaign,
                deliverable=live.deliverable,
            )
            act = partial(_deliver, self._obligations[key], share)
            self._steps[key].append(Step(_WORK, at, "R03", act))

    def _gather_commissions(self) -> None:
        orders: dict[str, OrderCommission] = {}
        for earned in self._unique("order", "R06", self._facts.commissions, _order_key):
            commission = self._commission(earned)
            if commission is not None:
                orders[earned.order] = commission
        for refund in self._unique("refund", "R07", self._facts.refunds, _refund_key):
            event = f"refund:{_refund_key(refund)}"
            order = orders.get(refund.order)
            if order is None:
                sentence = f"Order {refund.order} earned no commission that is known."
                self._collected.fault(FaultCode.UNKNOWN_ORDER, event, "R07", sentence)
            elif refund.refunded_minor < 0:
                sentence = "A refund is an amount above zero."
                self._collected.fault(FaultCode.NEGATIVE_AMOUNT, event, "R07", sentence)
            else:
                self._refund(refund, order, event)

    def _commission(self, earned: CommissionEarned) -> OrderCommission | None:
        event = f"order:{earned.order}"
        agreement = self._agreements.get(earned.agreement)
        missing = Missing(earned.ordered_on, earned.campaign, agreement=earned.agreement)
        if agreement is None:
            sentence = f"Agreement {earned.agreement} is unknown."
            self._collected.fault(FaultCode.UNKNOWN_AGREEMENT, event, "R06", sentence, missing)
            return None
        found = self._rates.find(earned.ordered_on, earned.currency, agreement.currency)
        if found is None:
            sentence = (
                f"No rate from {earned.currency} to {agreement.currency} is known on "
                f"{earned.ordered_on}; import one, and its commission is booked."
            )
            self._collected.fault(FaultCode.NO_RATE, event, "R06", sentence, missing)
            return None
        key = AGREEMENT, earned.agreement, "commission"
        obligation = self._obligation_of(key, agreement)
        per_unit = factor(earned.rate_ppm, earned.currency, agreement.currency, found.rate)
        order = OrderCommission(earned, obligation, per_unit)
        at = Happening(earned.ordered_on, event, f"order {earned.order}", campaign=earned.campaign)
        self._steps[key].append(Step(_WORK, at, "R06", order.earn))
        return order

    def _refund(self, refund: CommissionReversed, order: OrderCommission, event: str) -> None:
        at = Happening(
            max(refund.refunded_on, order.earned.ordered_on),
            event,
            f"refund {refund.refund} of order {refund.order}",
            campaign=order.earned.campaign,
        )
        act = partial(order.refund, refund.refunded_minor)
        key = AGREEMENT, order.earned.agreement, "commission"
        self._steps[key].append(Step(_REFUND, at, "R07", act))

    def _gather_documents(self) -> None:
        agreement_of = {
            deliverable: agreement
            for agreement, shares in sorted(self._shares.items())
            for deliverable in shares
        }
        rows = self._unique("cost", "R13", self._facts.documents, event_of)
        for part in Router(agreement_of, self._collected).route(rows):
            self._gather_part(part)

    def _gather_part(self, part: Part) -> None:
        row, obligation = part.row, self._obligation_for(part)
        currency = obligation.writer.currency
        if row.currency != currency:
            sentence = f"It is in {row.currency}, what it settles in {currency}; give it in that."
            belongs = obligation.writer.dimensions
            missing = Missing(
                row.on, row.campaign or belongs.campaign, row.creator or belongs.creator
            )
            self._collected.fault(FaultCode.CURRENCY_DIFFERS, part.event, "R13", sentence, missing)
            return
        at = Happening(
            row.on,
            part.event,
            f"document {row.document}",
            campaign=row.campaign,
            creator=row.creator,
            deliverable=row.deliverable,
            counterparty=row.counterparty,
        )
        rank, rule, act = _document_step(part, obligation)
        self._steps[part.key].append(Step(rank, at, rule, act))

    def _obligation_for(self, part: Part) -> Obligation:
        kind, name, cost_type = part.key
        agreement = self._agreements.get(name) if kind == AGREEMENT else None
        if agreement is not None:
            return self._obligation_of((kind, name, cost_type), agreement)
        row = part.row
        if kind == AGREEMENT:
            sentence = f"Agreement {name} is unknown; the document is booked under its name."
            self._collected.fault(FaultCode.UNKNOWN_AGREEMENT, part.event, "R13", sentence)
        if part.key not in self._obligations:
            belongs = Dimensions(
                campaign=row.campaign,
                creator=row.creator,
                deliverable=row.deliverable,
                agreement=name if kind == AGREEMENT else None,
                cost_centre=row.cost_centre,
                counterparty=row.counterparty or row.creator,
            )
            self._obligations[part.key] = Obligation(
                self._writer(row.currency, belongs), row.cost_type, standalone=kind == DOCUMENT
            )
        return self._obligations[part.key]

    def _obligation_of(self, key: Key, agreement: AgreementSigned) -> Obligation:
        if key not in self._obligations:
            belongs = Dimensions(
                campaign=agreement.campaign,
                creator=agreement.creator,
                agreement=agreement.agreement,
                cost_centre=agreement.cost_centre,
                counterparty=agreement.creator,
            )
            is_fee = key[2] == "fee"
            self._obligations[key] = Obligation(
                self._writer(agreement.currency, belongs),
                key[2],
                awaits_delivery=is_fee and bool(agreement.deliverables),
                fixed=fixed_price(agreement) if is_fee else 0,
            )
        return self._obligations[key]

    def _writer(self, currency: str, belongs: Dimensions) -> Writer:
        return Writer(self._collected, self._policy, self._rates, currency, belongs)

    def _unique(
        self, kind: str, rule: str, facts: Iterable[Fact], key: Callable[[Fact], str]
    ) -> list[Fact]:
        """Count copies once; where one key has several meanings, note it and keep one of them."""
        by_key: dict[str, set[Fact]] = defaultdict(set)
        for fact in facts:
            by_key[key(fact)].add(fact)
        kept = []
        for name, variants in sorted(by_key.items()):
            if len(variants) > 1:
                sentence = f"It was given with {len(variants)} different contents; one is booked."
                event = name if kind == "cost" else f"{kind}:{name}"
                self._collected.fault(FaultCode.CONFLICT, event, rule, sentence)
            kept.append(min(variants, key=repr))
        return kept


def _document_step(
    part: Part, obligation: Obligation
) -> tuple[int, str, Callable[[Happening], None]]:
    """Say what a part of a document does to its obligation, and by which rule."""
    amount, tax = part.amount_minor, part.tax_minor
    row = part.row
    if row.state is CostState.COMMITTED:
        return _COMMITTED, "R01", partial(obligation.commit_reported, amount)
    if row.state is CostState.ACCRUED:
        return _ACCRUED, obligation.accounts.rule, partial(obligation.accrue_reported, amount)
    if row.state is CostState.INVOICED:
        invoice = partial(
            obligation.invoice, amount, tax, recoverable=row.recoverable, last=part.last
        )
        return _INVOICED, "R13", invoice
    pay = partial(
        obligation.pay, amount + tax, tax, part.withheld_minor, recoverable=row.recoverable
    )
    return _PAID, "R16", pay


def _deliver(obligation: Obligation, share: int, at: Happening) -> None:
    obligation.deliver(share, at)


def _order(step: Step) -> tuple[dt.date, int, str]:
    return step.at.on, step.rank, step.at.event


def _canonical(entry: Entry) -> tuple[dt.date, str]:
    return entry.effective_date, entry.source_event.rpartition("@")[0]


def _agreement_key(fact: AgreementSigned) -> str:
    return fact.agreement


def _live_key(fact: DeliverableLive) -> str:
    return fact.deliverable


def _order_key(fact: CommissionEarned) -> str:
    return fact.order


def _refund_key(fact: CommissionReversed) -> str:
    return f"{fact.refund}>{fact.order}"
