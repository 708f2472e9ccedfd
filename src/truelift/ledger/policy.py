"""The policy of the books: what the controller of the legal entity signed, and since when.

In:   switches, each with its default.
Out:  `Policy`, and `Policies`: which one is in force on a day.

A switch applies to agreements by the day they were signed, to documents and orders by their own.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class LiveOrAccepted(StrEnum):
    """When a deliverable is received: when it is live, or when the brand accepted it."""

    LIVE = "live"
    ACCEPTED = "accepted"


class UsageRights(StrEnum):
    """When a usage right is cost: when it may first be used, or day by day over its term."""

    AT_ACCESS = "at_access"
    OVER_TERM = "over_term"


class Production(StrEnum):
    """When production is cost: as it is incurred, or when its campaign first runs (US only)."""

    INCURRED = "incurred"
    FIRST_RUN = "first_run"


class Estimates(StrEnum):
    """What happens to an estimated accrual: its invoice trues it up, or day 1 reverses it."""

    TRUE_UP = "true_up"
    REVERSING = "reversing"


class UnmatchedPayments(StrEnum):
    """What happens to a payment that no invoice and no agreement asked for."""

    BOOK = "book"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Policy:
    """The switches of one version, in the currency of the books.

    returns_reserve_ppm: the part of attributed goods held back in the statistical book until
    commissions are validated. commission_validation_days: after so many days an order's commission
    is validated. minimum_live_days: content deleted earlier is taken back. price_tolerance_ppm: an
    invoice may exceed its agreement by this part of the price, as a price variance; None allows
    any. go_live: the first day of the books; balances of the period before open them.
    """

    currency: str
    recognition: LiveOrAccepted = LiveOrAccepted.LIVE
    usage_rights: UsageRights = UsageRights.AT_ACCESS
    us_production: Production = Production.INCURRED
    estimates: Estimates = Estimates.TRUE_UP
    unmatched_payments: UnmatchedPayments = UnmatchedPayments.BOOK
    returns_reserve_ppm: int | None = None
    commission_validation_days: int | None = None
    minimum_live_days: int | None = None
    price_tolerance_ppm: int | None = 50_000
    go_live: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """Every version with the day from which it is in force, in the order they were recorded."""

    default: Policy
    versions: tuple[tuple[dt.date, Policy], ...] = ()

    @property
    def currency(self) -> str:
        """Give the currency of the books; no version changes it."""
        return self.default.currency

    @property
    def newest(self) -> Policy:
        """Give the version that is in force last."""
        return self.on(dt.date.max)

    def on(self, day: dt.date) -> Policy:
        """Give the version in force on a day; of two from one day, the one recorded later."""
        versions = sorted(self.versions, key=_since)
        place = bisect_right(versions, day, key=_since)
        return versions[place - 1][1] if place else self.default


def _since(version: tuple[dt.date, Policy]) -> dt.date:
    return version[0]


SWITCHES: dict[str, str] = {
    "recognition": "a deliverable is cost when it is `live`, or when the brand `accepted` it",
    "usage_rights": "a usage right is cost `at_access`, or day by day `over_term`",
    "us_production": "production is cost as `incurred`, or when its campaign `first_run`s (US)",
    "estimates": "an estimate is settled by its invoice (`true_up`), or taken back on day 1 of the "
    "next period (`reversing`)",
    "unmatched_payments": "a payment that nothing asked for: `book` it as cost, or `refuse` it",
    "returns_reserve_ppm": "part of attributed goods held back in the statistical book until "
    "commissions are validated, in parts per million, or none",
    "commission_validation_days": "days after an order in which its commission can be refunded, or "
    "none",
    "minimum_live_days": "content deleted within so many days is taken back, or none",
    "price_tolerance_ppm": "an invoice may exceed its agreement by this part of the price, as a "
    "price variance; above it is refused; none books any",
    "go_live": "first day of the books; balances of the period before open them, or none",
}
"""Every switch, and what it decides."""
