"""Obligations: every obligation of one run by its key, with the steps it will be played in.

In:   agreements, parts of documents, policies, rates.
Out:  the obligation of a key, made when it is first asked for; entries when all are played.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from truelift.ledger.documents import AGREEMENT, DOCUMENT, Key, Part
from truelift.ledger.obligation import Obligation
from truelift.ledger.policy import Policies, UnmatchedPayments
from truelift.ledger.source import AgreementSigned, Dimensions, FaultCode, Happening
from truelift.ledger.writer import Collected, Writer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from truelift.ledger.fx import RateSet

Fact = TypeVar("Fact")

# Steps of one day, in the order in which they can follow from each other.
(
    REVERSED,
    SIGNED,
    COMMITTED,
    WORK,
    REFUND,
    VALIDATED,
    ACCRUED,
    TAKEN_BACK,
    INVOICED,
    CREDITED,
    PAID,
    RETURNED,
    CANCELLED,
) = range(13)


class Step(NamedTuple):
    """Something that happens to an obligation: its place in the day, and what it does."""

    rank: int
    at: Happening
    rule: str
    act: Callable[[Happening], None]


def fixed_price(agreement: AgreementSigned, cost_type: str = "fee") -> int:
    """Give the fixed price of a type of cost: the fee is the sum of its prices when none stands."""
    if cost_type == "usage":
        return agreement.usage_fee_minor
    if cost_type == "agency":
        return agreement.agency_fee_minor
    if cost_type != "fee":
        return 0
    if agreement.fee_minor is not None:
        return agreement.fee_minor
    return sum(each.price_minor or 0 for each in agreement.deliverables)


NAMED_OR_NOT_OWED = frozenset({"usage", "bonus"})
"""Types of cost that an agreement names with a price, or does not owe at all."""


def most_owed(agreement: AgreementSigned, cost_type: str) -> int | None:
    """Give what an agreement without a price of a type owes of it at most; None: it does not say.

    In minor units of its currency, beyond what its work earns.
    """
    if cost_type == "commission":
        return agreement.commission_cap_minor
    if cost_type in NAMED_OR_NOT_OWED or (cost_type == "fee" and agreement.without_fee):
        return 0
    return None


class Obligations:
    """All obligations of one run."""

    def __init__(self, collected: Collected, policies: Policies, rates: RateSet) -> None:
        """Take where entries and faults are collected; there is no obligation yet."""
        self.collected = collected
        self.policies = policies
        self.rates = rates
        self.agreements: dict[str, AgreementSigned] = {}
        self._obligations: dict[Key, Obligation] = {}
        self._steps: dict[Key, list[Step]] = defaultdict(list)

    def add(self, key: Key, step: Step) -> None:
        """Add a step to the obligation of a key."""
        self._steps[key].append(step)

    def play(self) -> None:
        """Play every obligation in the order of its days."""
        for key in sorted(self._steps):
            writer = self._obligations[key].writer
            for step in sorted(self._steps[key], key=_order):
                if writer.begin(step.at, step.rule):
                    step.act(step.at)

    def of_agreement(self, cost_type: str, agreement: AgreementSigned) -> Obligation:
        """Give the obligation of an agreement's type of cost."""
        key = AGREEMENT, agreement.agreement, cost_type
        if key not in self._obligations:
            fixed = fixed_price(agreement, cost_type)
            by_terms = bool(agreement.deliverables) or agreement.retainer
            awaits = {"fee": by_terms, "agency": by_terms and bool(fixed), "usage": bool(fixed)}
            policy = self.policies.on(agreement.signed_on)
            lends = cost_type == ("fee" if fixed_price(agreement) else "commission")
            is_agency = cost_type == "agency" and agreement.agency
            belongs = Dimensions(
                campaign=agreement.campaign,
                creator=agreement.creator,
                agreement=agreement.agreement,
                cost_centre=agreement.cost_centre,
                counterparty=agreement.agency if is_agency else agreement.creator,
            )
            self._obligations[key] = Obligation(
                self._writer(agreement.currency, belongs),
                cost_type,
                awaits_delivery=awaits.get(cost_type, False),
                fixed=fixed,
                advance=agreement.advance_minor if lends else 0,
                tolerance_ppm=policy.price_tolerance_ppm,
                most_owed=most_owed(agreement, cost_type),
                refuses_unmatched=policy.unmatched_payments is UnmatchedPayments.REFUSE,
            )
        return self._obligations[key]

    def of_part(self, part: Part) -> Obligation:
        """Give the obligation that a part of a document advances."""
        kind, name, cost_type = part.key
        agreement = self.agreements.get(name) if kind == AGREEMENT else None
        if agreement is not None:
            return self.of_agreement(cost_type, agreement)
        row = part.row
        if kind == AGREEMENT:
            sentence = f"Agreement {name} is unknown; the document is booked under its name."
            self.collected.fault(FaultCode.UNKNOWN_AGREEMENT, part.event, "R13", sentence)
        if part.key not in self._obligations:
            policy = self.policies.on(row.on)
            belongs = Dimensions(
                campaign=row.campaign,
                creator=row.creator,
                deliverable=row.deliverable,
                agreement=name if kind == AGREEMENT else None,
                cost_centre=row.cost_centre,
                counterparty=row.counterparty or row.creator,
            )
            self._obligations[part.key] = Obligation(
                self._writer(row.currency, belongs),
                row.cost_type,
                standalone=kind == DOCUMENT,
                tolerance_ppm=policy.price_tolerance_ppm,
                refuses_unmatched=policy.unmatched_payments is UnmatchedPayments.REFUSE,
            )
        return self._obligations[part.key]

    def unique(
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
                self.collected.fault(FaultCode.CONFLICT, event, rule, sentence)
            kept.append(min(variants, key=repr))
        return kept

    def _writer(self, currency: str, belongs: Dimensions) -> Writer:
        return Writer(self.collected, self.policies.default, self.rates, currency, belongs)


def _order(step: Step) -> tuple[dt.date, int, str]:
    return step.at.on, step.rank, step.at.event
