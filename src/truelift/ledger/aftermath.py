"""Aftermath: entries that follow from other entries or from whole days, not from one obligation.

In:   facts, the entries recognised so far, policies, rates, how far time has come.
Out:  entries by R00 (opening balances), R20 (statistics), R22 (allocation of cost without
      campaign) and R23 (production deferred until its campaign first runs), collected.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from truelift.base.money import PARTS_PER_MILLION, allocate, translate
from truelift.ledger import chart
from truelift.ledger.chart import CHART, COST_ACCOUNTS, Book
from truelift.ledger.documents import event_of
from truelift.ledger.journal import FEWEST_POSTINGS, Entry, Posting, write_entry
from truelift.ledger.policy import Policies, Production
from truelift.ledger.rules import RULES
from truelift.ledger.source import (
    AllocationRule,
    AttributedDay,
    Facts,
    FaultCode,
    Happening,
    Missing,
    OpeningBalance,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truelift.ledger.fx import RateSet
    from truelift.ledger.writer import Collected


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One run over the entries that are there; it adds its own."""

    facts: Facts
    policies: Policies
    rates: RateSet
    through: dt.date
    collected: Collected

    def run(self) -> None:
        """Add everything: deferrals first, since deferred cost is allocated too."""
        self._defer_production()
        self._allocate()
        self._statistics()
        self._open()

    def _write(
        self, rule: str, kind: str, at: Happening, memo: str, postings: Iterable[Posting]
    ) -> None:
        given = tuple(each for each in postings if each.amount_minor or each.base_minor)
        if len(given) < FEWEST_POSTINGS:
            return
        entry = write_entry(
            book=CHART[given[0].account].book,
            effective_date=at.on,
            kind=kind,
            event=at.event,
            rule=rule,
            rule_version=RULES[rule].version,
            memo=memo,
            postings=given,
        )
        self.collected.entries.append(entry)

    def _defer_production(self) -> None:
        """R23: production before its campaign first runs waits in 1400 (US policy first_run)."""
        first_run: dict[str | None, dt.date] = {}
        for live in self.facts.live:
            if live.live_on and live.campaign:
                known = first_run.get(live.campaign, live.live_on)
                first_run[live.campaign] = min(known, live.live_on)
        for entry in list(self.collected.entries):
            day = entry.effective_date
            if self.policies.on(day).us_production is not Production.FIRST_RUN:
                continue
            by_campaign: dict[str, list[Posting]] = defaultdict(list)
            for each in entry.postings:
                if each.account == chart.PRODUCTION and each.campaign:
                    by_campaign[each.campaign].append(each)
            for campaign, cost in sorted(by_campaign.items()):
                runs = first_run.get(campaign)
                if runs is not None and runs <= day:
                    continue
                at = Happening(day, f"{_origin(entry)}/deferred/{campaign}", campaign)
                waiting = [replace(each, account=chart.PREPAID_FEES) for each in cost]
                memo = f"Production deferred until {campaign} first runs"
                deferred = [*waiting, *map(_negative, cost)]
                self._write("R23", "deferral", at, memo, deferred)
                if runs is not None:
                    released = [*cost, *map(_negative, waiting)]
                    run = replace(at, on=runs)
                    self._write("R23", "release", run, f"{campaign} first runs", released)

    def _allocate(self) -> None:
        """R22: cost without campaign moves to where the newest rule of its day says."""
        rules: dict[str, list[AllocationRule]] = defaultdict(list)
        for rule in sorted(set(self.facts.allocations), key=_since):
            rules[rule.source].append(rule)
        if not rules:
            return
        documents = {
            event_of(row): row.document if row.document in rules else row.settles or row.document
            for row in self.facts.documents
        }
        for entry in list(self.collected.entries):
            document = documents.get(_fact(entry, documents))
            moved = []
            for each in entry.postings:
                if each.account not in COST_ACCOUNTS or each.campaign is not None:
                    continue
                by = _in_force(rules.get(document or "", ()), entry.effective_date) or _in_force(
                    rules.get(each.account, ()), entry.effective_date
                )
                if by is not None:
                    moved += _shared(each, by)
            at = Happening(entry.effective_date, f"allocation:{_origin(entry)}", entry.memo)
            self._write("R22", "allocation", at, f"Allocated by rule: {entry.memo}", moved)

    def _statistics(self) -> None:
        """R20: what attributed orders of a day are made of, in the statistical book."""
        sums: dict[tuple[dt.date, str, str], list[AttributedDay]] = defaultdict(list)
        for day in set(self.facts.days):
            sums[day.on, day.campaign or "", day.creator or ""].append(day)
        for (on, campaign, creator), days in sorted(sums.items()):
            at = Happening(
                on,
                f"orders:{on}/{campaign}/{creator}",
                f"{creator or 'nobody'} in {campaign or 'no campaign'}",
                campaign=campaign or None,
                creator=creator or None,
            )
            amounts = (
                (chart.GROSS, -sum(day.gross for day in days)),
                (chart.DISCOUNTS, sum(day.discounts for day in days)),
                (chart.TAX, sum(day.tax for day in days)),
                (chart.REFUNDS, sum(day.refunds for day in days)),
                (chart.GOODS_COST, sum(day.goods_cost for day in days)),
                (chart.FULFILMENT, sum(day.fulfilment for day in days)),
            )
            self._statistic("statistics", at, amounts)
            self._reserve(at, sum(day.goods for day in days))

    def _reserve(self, at: Happening, goods: int) -> None:
        """R20: hold a part of a day's goods back until its commissions are validated."""
        policy = self.policies.on(at.on)
        held, days = policy.returns_reserve_ppm, policy.commission_validation_days
        if held is None or days is None:
            return
        reserve = goods * held // PARTS_PER_MILLION
        self._statistic("reserve", at, [(chart.RESERVE, reserve)])
        if days <= (self.through - at.on).days:
            until = replace(at, on=at.on + dt.timedelta(days=days))
            self._statistic("reserve_released", until, [(chart.RESERVE, -reserve)])

    def _statistic(self, kind: str, at: Happening, amounts: Iterable[tuple[str, int]]) -> None:
        given = list(amounts)
        given.append((chart.STATISTICAL_CONTRA, -sum(amount for _, amount in given)))
        currency = self.policies.currency
        postings = [
            Posting(account, currency, amount, amount, at.campaign, at.creator)
            for account, amount in given
        ]
        memo = f"{kind.replace('_', ' ').capitalize()} of {at.subject}"
        self._write("R20", kind, at, memo, postings)

    def _open(self) -> None:
        """R00: balances of the period before go-live open the books, against 2990."""
        day = self.policies.newest.go_live
        if day is None:
            return
        target = self.policies.currency
        postings: list[Posting] = []
        for item in sorted(set(self.facts.openings), key=_opening):
            event = f"opening:{item.account}"
            account = CHART.get(item.account)
            if account is None or account.book is not Book.FIN:
                sentence = f"Account {item.account} is not one of the financial book's; map it."
                self.collected.fault(FaultCode.UNKNOWN_ACCOUNT, event, "R00", sentence)
                continue
            found = self.rates.find(day, item.currency, target)
            if found is None:
                sentence = (
                    f"No rate from {item.currency} to {target} is known on {day}; import one."
                )
                is_cost = item.account in COST_ACCOUNTS
                missing = Missing(day) if is_cost else None
                self.collected.fault(FaultCode.NO_RATE, event, "R00", sentence, missing)
                continue
            base = translate(item.amount_minor, item.currency, target, found.rate)
            given = (item.currency, item.amount_minor, base)
            rate_set = found.rate_set
            postings.append(Posting(item.account, *given, rate_set=rate_set))
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for each in postings:
            sums[each.currency][0] -= each.amount_minor
            sums[each.currency][1] -= each.base_minor
        contra = [
            Posting(chart.OPENING_CONTRA, name, left[0], left[1])
            for name, left in sorted(sums.items())
        ]
        at = Happening(day, f"opening:{day}", "the entity")
        self._write("R00", "opening", at, "Opening balances", [*postings, *contra])


def _fact(entry: Entry, known: Iterable[str]) -> str:
    """Give the event of the fact behind an entry; a part of a document names its obligation too."""
    event = entry.source_event.rpartition("@")[0]
    while event not in known and ">" in event:
        event = event.rpartition(">")[0]
    return event


def _origin(entry: Entry) -> str:
    return f"{entry.source_event.rpartition('@')[0]}/{entry.rule}/{entry.kind}"


def _negative(posting: Posting) -> Posting:
    return replace(posting, amount_minor=-posting.amount_minor, base_minor=-posting.base_minor)


def _since(rule: AllocationRule) -> tuple[dt.date, str]:
    return rule.valid_from, repr(rule)


def _opening(item: OpeningBalance) -> str:
    return repr(item)


def _in_force(rules: Iterable[AllocationRule], day: dt.date) -> AllocationRule | None:
    """Give the newest rule that is in force on a day; they come oldest first."""
    found = None
    for rule in rules:
        if rule.valid_from <= day:
            found = rule
    return found


def _shared(posting: Posting, rule: AllocationRule) -> list[Posting]:
    """Take a posting off and put its parts where a rule says; the parts sum to exactly it."""
    weights = [ppm for _, _, ppm in rule.shares]
    amounts, bases = (
        allocate(whole, weights) for whole in (posting.amount_minor, posting.base_minor)
    )
    return [
        _negative(posting),
        *(
            replace(
                posting,
                amount_minor=amount,
                base_minor=base,
                campaign=campaign,
                creator=creator or posting.creator,
            )
            for (campaign, creator, _), amount, base in zip(
                rule.shares, amounts, bases, strict=True
            )
        ),
    ]
