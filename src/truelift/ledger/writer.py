"""The writer: turns the legs of a rule into entries, in the brand's currency, at the day's rate.

In:   legs (account, amount, base) of one obligation; policy; rates.
Out:  entries and faults, collected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truelift.base.money import translate
from truelift.ledger.chart import Book
from truelift.ledger.journal import Entry, Posting, write_entry
from truelift.ledger.rules import RULES
from truelift.ledger.source import Dimensions, Fault, FaultCode, Happening, Missing, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from truelift.ledger.fx import FoundRate, RateSet

Leg = tuple[str, int, int]
"""An account, an amount in the obligation's currency, the same in the brand's; debit positive."""

TAX_CODE = "input"


@dataclass(slots=True)
class Collected:
    """What one run of recognition writes: entries and faults, in the order they came up."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self,
        code: FaultCode,
        event: str,
        rule: str,
        sentence: str,
        missing: Missing | None = None,
    ) -> None:
        """Note a fact that cannot be booked as it stands, and from whose cost it is missing."""
        self.faults.append(Fault(event, rule, code, sentence, missing))


@dataclass(slots=True)
class Writer:
    """Writes the entries of one obligation, which has one currency and one set of dimensions."""

    collected: Collected
    policy: Policy
    rates: RateSet
    currency: str
    dimensions: Dimensions
    _rate: FoundRate | None = None

    def begin(self, at: Happening, rule: str) -> bool:
        """Look up the rate of a step's day; without one, note a fault and say no."""
        self._rate = self.rates.find(at.on, self.currency, self.policy.currency)
        if self._rate is None:
            self.collected.fault(
                FaultCode.NO_RATE,
                at.event,
                rule,
                f"No rate from {self.currency} to {self.policy.currency} is known on {at.on}; "
                f"import one, and {at.subject} is booked.",
                Missing(
                    at.on,
                    at.campaign or self.dimensions.campaign,
                    at.creator or self.dimensions.creator,
                ),
            )
        return self._rate is not None

    def base(self, amount: int) -> int:
        """Translate an amount to the brand's currency at the rate of the step's day."""
        if self._rate is None or self.currency == self.policy.currency:
            return amount
        return translate(amount, self.currency, self.policy.currency, self._rate.rate)

    def write(
        self,
        rule: str,
        kind: str,
        at: Happening,
        legs: Iterable[Leg],
        *,
        tax_legs: Iterable[Leg] = (),
        book: Book = Book.FIN,
        memo: str,
    ) -> None:
        """Write an entry; legs that move nothing are left out, and so is an entry without legs.

        tax_legs: legs of recoverable tax, marked so that cost can be read without tax.
        """
        postings = (*self._postings(legs, at, None), *self._postings(tax_legs, at, TAX_CODE))
        if not postings:
            return
        entry = write_entry(
            book=book,
            effective_date=at.on,
            kind=kind,
            event=at.event,
            rule=rule,
            rule_version=RULES[rule].version,
            memo=f"{memo}: {at.subject}",
            postings=postings,
        )
        self.collected.entries.append(entry)

    def _postings(
        self, legs: Iterable[Leg], at: Happening, tax_code: str | None
    ) -> Sequence[Posting]:
        belongs = self.dimensions
        rate_set = self._rate.rate_set if self._rate else None
        return [
            Posting(
                account=account,
                currency=self.currency,
                amount_minor=amount,
                base_minor=base,
                campaign=at.campaign or belongs.campaign,
                creator=at.creator or belongs.creator,
                deliverable=at.deliverable or belongs.deliverable,
                agreement=belongs.agreement,
                cost_centre=belongs.cost_centre,
                counterparty=at.counterparty or belongs.counterparty,
                tax_code=tax_code,
                rate_set=rate_set,
            )
            for account, amount, base in legs
            if amount or base
        ]
