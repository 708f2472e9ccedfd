"""Earnings: what an agreement earns by its own terms, as work is delivered and time passes.

In:   an agreement, what became of its deliverables, the policy of its day, calendar, how far time
      has come.
Out:  what is earned when: fees (R03, R04), usage rights (R05), bonuses (R09), agency fees (R12),
      and what deleted content loses again (R19).

Commission is earned by orders (`commission.py`), everything else by documents (`documents.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from truelift.base.money import allocate
from truelift.ledger.policy import LiveOrAccepted, Policy, UsageRights
from truelift.ledger.source import AgreementSigned, BonusReached, DeliverableLive, Happening
from truelift.ledger.straight_line import straight_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from truelift.ledger.accounting_calendar import AccountingCalendar


class Earned(NamedTuple):
    """An amount above zero that one type of cost earns, or loses again, by one rule."""

    cost_type: str
    rule: str
    at: Happening
    amount_minor: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far time has come for the books (a day), and the legal entity's calendar."""

    through: dt.date
    calendar: AccountingCalendar


def received_on(live: DeliverableLive, policy: Policy) -> dt.date | None:
    """Give the day a deliverable is received by policy; None when it is not yet."""
    return live.live_on if policy.recognition is LiveOrAccepted.LIVE else live.accepted_on


def agency_shares(agreement: AgreementSigned, shares: Mapping[str, int]) -> dict[str, int]:
    """Split the agency's fee over the deliverables as their fees are, to the minor unit."""
    if not shares:
        return {}
    weights = list(shares.values()) if sum(shares.values()) else [1] * len(shares)
    parts = allocate(agreement.agency_fee_minor, weights)
    return dict(zip(shares, parts, strict=True))


def work_earned(
    agreement: AgreementSigned,
    live: DeliverableLive,
    received: dt.date,
    shares: Mapping[str, int],
    policy: Policy,
) -> Iterator[Earned]:
    """Give what a deliverable earns when it is received, and loses when it is deleted too soon."""
    name = live.deliverable
    at = Happening(
        received,
        f"deliverable:{name}",
        f"deliverable {name}",
        campaign=live.campaign,
        deliverable=name,
    )
    fee, agency = shares[name], agency_shares(agreement, shares)[name]
    yield Earned("fee", "R03", at, fee)
    yield Earned("agency", "R12", replace(at, event=f"{at.event}/agency"), agency)
    keep, deleted = policy.minimum_live_days, live.deleted_on
    published = live.live_on or received
    if keep is not None and deleted is not None and (deleted - published).days < keep:
        lost = replace(at, on=max(deleted, received), event=f"{at.event}/deleted")
        yield Earned("fee", "R19", lost, fee, lost=True)


def terms_earned(
    agreement: AgreementSigned, bonus: BonusReached | None, policy: Policy, horizon: Horizon
) -> Iterator[Earned]:
    """Give what an agreement earns by time and by reaching its bonus."""
    if agreement.retainer:
        yield from _retainer(agreement, horizon)
    yield from _usage(agreement, policy, horizon)
    if bonus is not None:
        at = _happening(agreement, bonus.reached_on, "bonus")
        subject = f"{bonus.reading} {bonus.metric} of {at.subject}"
        yield Earned("bonus", "R09", replace(at, subject=subject), agreement.bonus_minor)


def _retainer(agreement: AgreementSigned, horizon: Horizon) -> Iterator[Earned]:
    for cost_type, rule, price in (
        ("fee", "R04", agreement.fee_minor or 0),
        ("agency", "R12", agreement.agency_fee_minor),
    ):
        yield from _over_term(
            agreement,
            (cost_type, rule, price),
            (agreement.starts, agreement.ends),
            f"retainer/{cost_type}",
            horizon,
        )


def _usage(agreement: AgreementSigned, policy: Policy, horizon: Horizon) -> Iterator[Earned]:
    price = agreement.usage_fee_minor
    since = agreement.usage_from or agreement.starts or agreement.signed_on
    if policy.usage_rights is UsageRights.OVER_TERM:
        yield from _over_term(
            agreement, ("usage", "R05", price), (since, agreement.usage_to), "usage", horizon
        )
    elif since <= horizon.through and not _ended(agreement, since):
        yield Earned("usage", "R05", _happening(agreement, since, "usage"), price)


def _over_term(
    agreement: AgreementSigned,
    earned: tuple[str, str, int],
    term: tuple[dt.date | None, dt.date | None],
    name: str,
    horizon: Horizon,
) -> Iterator[Earned]:
    first, last = term
    cost_type, rule, price = earned
    if first is None or last is None or not price:
        return
    for part in straight_line(
        price,
        first,
        last,
        horizon.calendar,
        through=horizon.through,
        stopped_on=agreement.cancelled_on,
    ):
        at = _happening(agreement, part.on, f"{name}/{part.period}")
        yield Earned(cost_type, rule, at, part.amount_minor)


def lacks_term(agreement: AgreementSigned, policy: Policy) -> str | None:
    """Say what an agreement that is earned over a term lacks to be earned; None when nothing."""
    retainer = agreement.starts, agreement.ends
    usage = agreement.usage_from or agreement.starts or agreement.signed_on, agreement.usage_to
    over_term = policy.usage_rights is UsageRights.OVER_TERM
    for wanted, term, words in (
        (agreement.retainer and bool(agreement.fee_minor), retainer, "starts and ends"),
        (over_term and bool(agreement.usage_fee_minor), usage, "usage_from and usage_to"),
    ):
        first, last = term
        if wanted and (first is None or last is None or last < first):
            return f"It is earned over a term and has no {words} in order; give both."
    return None


def _ended(agreement: AgreementSigned, day: dt.date) -> bool:
    return agreement.cancelled_on is not None and agreement.cancelled_on < day


def _happening(agreement: AgreementSigned, day: dt.date, name: str) -> Happening:
    event = f"agreement:{agreement.agreement}/{name}"
    return Happening(day, event, f"agreement {agreement.agreement}")
