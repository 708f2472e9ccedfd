"""Recognition: what the facts imply for the books, as entries and faults.

In:   facts of one brand in any order, policies, rates, and how far time has come.
Out:  entries in canonical order (day, event, as they follow from each other) and faults. The same
      facts in any order, given once or many times, always give the same.

Facts are gathered by obligation (`obligations.py`); each is then played in the order of its days.
The postings of each rule are in `obligation.py`, `corrections.py` and `aftermath.py`, its sentence
in `rules.py`; what agreements earn is in `earnings.py`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from truelift.base.money import allocate, format_minor
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.aftermath import Aftermath
from truelift.ledger.commission import CommissionCap, OrderCommission, factor
from truelift.ledger.corrections import TAKEN_BACK as TAKEN_BACK_BY
from truelift.ledger.corrections import credit, pay_back, reverse_estimate, take_back
from truelift.ledger.documents import AGREEMENT, DOCUMENT, Part, Router, event_of
from truelift.ledger.earnings import (
    Earned,
    Horizon,
    lacks_term,
    received_on,
    terms_earned,
    work_earned,
)
from truelift.ledger.obligations import (
    ACCRUED,
    CANCELLED,
    COMMITTED,
    CREDITED,
    INVOICED,
    PAID,
    REFUND,
    RETURNED,
    REVERSED,
    SIGNED,
    TAKEN_BACK,
    VALIDATED,
    WORK,
    Obligations,
    Step,
    fixed_price,
)
from truelift.ledger.policy import Estimates, Policies, Policy
from truelift.ledger.source import (
    AgreementSigned,
    BonusReached,
    CommissionEarned,
    CommissionReversed,
    CostState,
    DeliverableLive,
    Facts,
    Fault,
    FaultCode,
    Happening,
    Missing,
)
from truelift.ledger.writer import Collected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from truelift.ledger.fx import RateSet
    from truelift.ledger.journal import Entry
    from truelift.ledger.obligation import Obligation

COMMITTED_TYPES = {"fee": "", "usage": "/usage_fee", "agency": "/agency_fee"}
"""The types of cost that have a price to commit, and how the event of their commitment ends."""


def entries_for(
    facts: Facts,
    policy: Policy | Policies,
    rates: RateSet,
    *,
    through: dt.date = dt.date.max,
    calendar: AccountingCalendar | None = None,
) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
    """Give every entry that the facts imply now, and every fault in them.

    Amounts are in the agreement's or document's currency, base in the policy's at the rate of the
    day. A missing rate is a fault (NO_RATE) of the event; the event is not booked until it has one.
    through: what time alone brings about (a period of a retainer, a validation) is booked up to and
    on this day. calendar: the legal entity's; months when there is none.
    """
    policies = Policies(policy) if isinstance(policy, Policy) else policy
    horizon = Horizon(through, calendar or AccountingCalendar())
    return Recognition(facts, policies, rates, horizon).run()


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


class Recognition:
    """One run: gathers the steps of every obligation, then plays them."""

    def __init__(self, facts: Facts, policies: Policies, rates: RateSet, horizon: Horizon) -> None:
        """Take the facts; nothing is booked yet."""
        self._facts = facts
        self._policies = policies
        self._rates = rates
        self._horizon = horizon
        self._collected = Collected(faults=list(facts.faults))
        self._obligations = Obligations(self._collected, policies, rates)
        self._agreements = self._obligations.agreements
        self._shares: dict[str, dict[str, int]] = {}
        self._caps: dict[str, CommissionCap] = {}

    def run(self) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
        """Book everything."""
        self._gather_agreements()
        self._gather_live()
        self._gather_commissions()
        self._gather_documents()
        self._obligations.play()
        Aftermath(
            self._facts, self._policies, self._rates, self._horizon.through, self._collected
        ).run()
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
        unique = self._obligations.unique
        bonuses = {
            bonus.agreement: bonus
            for bonus in unique("bonus", "R09", self._facts.bonuses, _bonus_key)
        }
        for agreement in unique("agreement", "R01", self._facts.agreements, _agreement_key):
            event = f"agreement:{agreement.agreement}"
            missing = Missing(agreement.signed_on, agreement.campaign, agreement.creator)
            if min(_amounts(agreement)) < 0:
                sentence = "Its fee, a price or its cancellation fee is below zero."
                self._collected.fault(FaultCode.NEGATIVE_AMOUNT, event, "R01", sentence, missing)
                continue
            self._agreements[agreement.agreement] = agreement
            self._shares[agreement.agreement] = fee_shares(agreement)
            self._commit(agreement, event)
            policy = self._policies.on(agreement.signed_on)
            lacking = lacks_term(agreement, policy)
            if lacking:
                rule = "R04" if agreement.retainer else "R05"
                self._collected.fault(FaultCode.NO_TERM, event, rule, lacking, missing)
                continue
            bonus = bonuses.get(agreement.agreement)
            for earned in terms_earned(agreement, bonus, policy, self._horizon):
                if earned.amount_minor:
                    self._earn(agreement, earned)

    def _commit(self, agreement: AgreementSigned, event: str) -> None:
        """Commit every price of an agreement, and release what is left when it is cancelled."""
        subject = f"agreement {agreement.agreement}"
        for cost_type, ending in COMMITTED_TYPES.items():
            if cost_type != "fee" and not fixed_price(agreement, cost_type):
                continue
            key = AGREEMENT, agreement.agreement, cost_type
            one = self._obligations.of_agreement(cost_type, agreement)
            signed = Happening(agreement.signed_on, event + ending, subject)
            self._obligations.add(key, Step(SIGNED, signed, "R01", partial(one.commit, one.fixed)))
            if agreement.cancelled_on:
                cancelled = Happening(agreement.cancelled_on, f"{event}{ending}/cancelled", subject)
                fee = agreement.cancel_fee_minor if cost_type == "fee" else 0
                act = partial(one.cancel, fee)
                self._obligations.add(key, Step(CANCELLED, cancelled, "R01", act))

    def _earn(self, agreement: AgreementSigned, earned: Earned) -> None:
        one = self._obligations.of_agreement(earned.cost_type, agreement)
        key = AGREEMENT, agreement.agreement, earned.cost_type
        if earned.lost:
            lost = partial(take_back, one, earned.amount_minor)
            self._obligations.add(key, Step(TAKEN_BACK, earned.at, earned.rule, lost))
        else:
            act = partial(_deliver, one, earned.amount_minor, earned.rule)
            self._obligations.add(key, Step(WORK, earned.at, earned.rule, act))

    def _gather_live(self) -> None:
        for live in self._obligations.unique("deliverable", "R03", self._facts.live, _live_key):
            event = f"deliverable:{live.deliverable}"
            agreement = self._agreements.get(live.agreement)
            share = self._shares.get(live.agreement, {}).get(live.deliverable)
            known = live.live_on or live.accepted_on or dt.date.max
            missing = Missing(known, live.campaign, agreement=live.agreement)
            if agreement is None or share is None:
                sentence = f"Agreement {live.agreement} is unknown or does not name it."
                self._collected.fault(FaultCode.UNKNOWN_AGREEMENT, event, "R03", sentence, missing)
                continue
            policy = self._policies.on(agreement.signed_on)
            received = received_on(live, policy)
            if received is None or agreement.retainer:
                continue
            if agreement.cancelled_on and received > agreement.cancelled_on:
                sentence = f"It went live after agreement {live.agreement} was cancelled."
                self._collected.fault(FaultCode.LIVE_AFTER_CANCEL, event, "R03", sentence, missing)
                continue
            shares = self._shares[live.agreement]
            for earned in work_earned(agreement, live, received, shares, policy):
                if earned.cost_type == "fee" or earned.amount_minor:
                    self._earn(agreement, earned)

    def _gather_commissions(self) -> None:
        unique = self._obligations.unique
        orders: dict[str, OrderCommission] = {}
        for earned in unique("order", "R06", self._facts.commissions, _order_key):
            commission = self._commission(earned)
            if commission is not None:
                orders[earned.order] = commission
        for refund in unique("refund", "R07", self._facts.refunds, _refund_key):
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
        obligation = self._obligations.of_agreement("commission", agreement)
        per_unit = factor(earned.rate_ppm, earned.currency, agreement.currency, found.rate)
        order = OrderCommission(earned, obligation, per_unit, self._cap(agreement))
        at = Happening(earned.ordered_on, event, f"order {earned.order}", campaign=earned.campaign)
        self._obligations.add(key, Step(WORK, at, "R06", order.earn))
        days = self._policies.on(earned.ordered_on).commission_validation_days
        if days is not None and days <= (self._horizon.through - earned.ordered_on).days:
            on = earned.ordered_on + dt.timedelta(days=days)
            validated = replace(at, on=on, event=f"{event}/validated")
            self._obligations.add(key, Step(VALIDATED, validated, "R08", order.validate))
        return order

    def _cap(self, agreement: AgreementSigned) -> CommissionCap | None:
        """Give the cap that the orders of an agreement share."""
        most = agreement.commission_cap_minor
        if most is None:
            return None
        return self._caps.setdefault(agreement.agreement, CommissionCap(most))

    def _refund(self, refund: CommissionReversed, order: OrderCommission, event: str) -> None:
        at = Happening(
            max(refund.refunded_on, order.earned.ordered_on),
            event,
            f"refund {refund.refund} of order {refund.order}",
            campaign=order.earned.campaign,
        )
        act = partial(order.refund, refund.refunded_minor)
        key = AGREEMENT, order.earned.agreement, "commission"
        self._obligations.add(key, Step(REFUND, at, "R07", act))

    def _gather_documents(self) -> None:
        agreement_of = {
            deliverable: agreement
            for agreement, shares in sorted(self._shares.items())
            for deliverable in shares
        }
        rows = self._obligations.unique("cost", "R13", self._facts.documents, event_of)
        for part in Router(agreement_of, self._collected).route(rows):
            self._gather_part(part)

    def _gather_part(self, part: Part) -> None:
        row, obligation = part.row, self._obligations.of_part(part)
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
        if row.fair_value_minor is not None:
            worth = format_minor(row.fair_value_minor, row.currency)
            at = replace(at, subject=f"{at.subject} (fair value {worth} {row.currency})")
        rank, rule, act = _step_back(part, obligation) if part.back else _step(part, obligation)
        self._obligations.add(part.key, Step(rank, at, rule, act))
        if rank == ACCRUED and part.key[0] == DOCUMENT:
            self._reverse_estimate(part, obligation, at)

    def _reverse_estimate(self, part: Part, obligation: Obligation, at: Happening) -> None:
        """Add the reversal of an estimate on day 1 of the next period, where policy wants it."""
        policy, calendar = self._policies.on(at.on), self._horizon.calendar
        if policy.estimates is not Estimates.REVERSING or obligation.cost_type == "gift":
            return
        day = calendar.first_day(calendar.period_of(at.on).next())
        if day <= self._horizon.through:
            on = replace(at, on=day, event=f"{at.event}/reversed")
            act = partial(reverse_estimate, obligation)
            self._obligations.add(part.key, Step(REVERSED, on, obligation.accounts.rule, act))


def _step(part: Part, obligation: Obligation) -> tuple[int, str, Callable[[Happening], None]]:
    """Say what a part of a document does to its obligation, and by which rule."""
    amount, tax = part.amount_minor, part.tax_minor
    row = part.row
    if row.state is CostState.COMMITTED:
        return COMMITTED, "R01", partial(obligation.commit_reported, amount)
    if row.state is CostState.ACCRUED:
        return ACCRUED, obligation.accounts.rule, partial(obligation.accrue_reported, amount)
    if row.state is CostState.INVOICED:
        invoice = partial(
            obligation.invoice, amount, tax, recoverable=row.recoverable, last=part.last
        )
        return INVOICED, "R13", invoice
    pay = partial(
        obligation.pay, amount + tax, tax, part.withheld_minor, recoverable=row.recoverable
    )
    return PAID, "R16", pay


def _step_back(part: Part, obligation: Obligation) -> tuple[int, str, Callable[[Happening], None]]:
    """Say what a part of a document takes back from its obligation, and by which rule."""
    amount, tax = part.amount_minor, part.tax_minor
    if part.row.state is CostState.ACCRUED:
        rule = TAKEN_BACK_BY.get(obligation.cost_type, "R19")
        return TAKEN_BACK, rule, partial(take_back, obligation, amount)
    if part.row.state is CostState.INVOICED:
        act = partial(credit, obligation, amount, tax, recoverable=part.row.recoverable)
        return CREDITED, "R15", act
    act = partial(pay_back, obligation, amount + tax, part.withheld_minor)
    return RETURNED, "R18", act


def _deliver(obligation: Obligation, amount: int, rule: str, at: Happening) -> None:
    obligation.deliver(amount, at, rule)


def _amounts(agreement: AgreementSigned) -> Iterable[int]:
    yield 0
    yield from (
        agreement.fee_minor or 0,
        agreement.cancel_fee_minor,
        agreement.advance_minor,
        agreement.usage_fee_minor,
        agreement.agency_fee_minor,
        agreement.bonus_minor,
    )
    yield from (each.price_minor or 0 for each in agreement.deliverables)


def _canonical(entry: Entry) -> tuple[dt.date, str]:
    return entry.effective_date, entry.source_event.rpartition("@")[0]


def _agreement_key(fact: AgreementSigned) -> str:
    return fact.agreement


def _bonus_key(fact: BonusReached) -> str:
    return fact.agreement


def _live_key(fact: DeliverableLive) -> str:
    return fact.deliverable


def _order_key(fact: CommissionEarned) -> str:
    return fact.order


def _refund_key(fact: CommissionReversed) -> str:
    return f"{fact.refund}>{fact.order}"
