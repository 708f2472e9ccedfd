"""Verdicts of matching: how sure a match is, why, and what it settles.

In:   nothing.
Out:  Outcome, Reason, Share and Verdict, the words in which `matching` answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How sure a verdict is; only exact ones are booked."""

    EXACT = "exact"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"


class Reason(StrEnum):
    """Why a verdict is what it is. Closed: each is documented in docs/matching.md."""

    END_TO_END = "END_TO_END"
    NUMBER = "NUMBER"
    ACCOUNT_AND_AMOUNT = "ACCOUNT_AND_AMOUNT"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"
    ABOVE_OPEN = "ABOVE_OPEN"
    BELOW_OPEN = "BELOW_OPEN"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    OTHER_PARTY = "OTHER_PARTY"
    AMBIGUOUS = "AMBIGUOUS"
    OTHER_NUMBER = "OTHER_NUMBER"
    NAME_AND_AMOUNT = "NAME_AND_AMOUNT"
    SUM_OF_OPEN = "SUM_OF_OPEN"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    NUMBER_AGAIN = "NUMBER_AGAIN"
    DUPLICATE = "DUPLICATE"
    SETTLED = "SETTLED"
    NO_DOCUMENT = "NO_DOCUMENT"
    NOT_OURS = "NOT_OURS"
    REJECTED = "REJECTED"
    GONE = "GONE"
    MONEY_IN = "MONEY_IN"
    CREDIT_NOTE = "CREDIT_NOTE"
    SUM_DIFFERS = "SUM_DIFFERS"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a line that settles an item."""

    item: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a line. shares: sum to its amount where it is exact, else empty."""

    line: str
    outcome: Outcome
    reason: Reason
    sentence: str
    shares: tuple[Share, ...] = ()
    candidates: tuple[str, ...] = ()
