"""Remeasurement: what is owed in foreign money, at the closing rate of a period's end (R17).

In:   balances of accounts as booked up to the end of a period, rates, the period.
Out:  per account and currency an entry to 7110 and its reversal on day 1 of the next period; faults
      for currencies without a closing rate.

Prepayments are not money owed (IFRIC 22) and stay at their own rate. Balances that hold an earlier
remeasurement of the same period give the difference only, so that closing twice adds nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from truelift.base.money import translate
from truelift.ledger import chart
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.chart import MONETARY_ACCOUNTS, Book
from truelift.ledger.journal import Entry, Posting, reverse, write_entry
from truelift.ledger.rules import RULES
from truelift.ledger.source import Fault, FaultCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truelift.base.time import Period
    from truelift.ledger.fx import RateSet
    from truelift.ledger.trial_balance import Balance

RULE = "R17"


def remeasure(
    balances: Iterable[Balance],
    rates: RateSet,
    period: Period,
    *,
    currency: str,
    calendar: AccountingCalendar | None = None,
) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
    """Give the remeasurements of a period's end, each followed by its reversal, and faults.

    rates: the closing rates. currency: of the books.
    """
    days = calendar or AccountingCalendar()
    end, next_day = days.last_day(period), days.first_day(period.next())
    entries: list[Entry] = []
    faults: list[Fault] = []
    for balance in sorted(balances):
        if balance.account not in MONETARY_ACCOUNTS or balance.currency == currency:
            continue
        event = f"close:{period}/{balance.account}/{balance.currency}"
        found = rates.find(end, balance.currency, currency)
        if found is None:
            sentence = (
                f"No closing rate from {balance.currency} to {currency} is known on {end}; import "
                f"one, and account {balance.account} is remeasured."
            )
            faults.append(Fault(event, RULE, FaultCode.NO_RATE, sentence))
            continue
        worth = translate(balance.amount_minor, balance.currency, currency, found.rate)
        difference = worth - balance.base_minor
        if difference:
            entry = _entry(balance, difference, end, event, found.rate_set)
            entries += [entry, reverse(entry, next_day)]
    return tuple(entries), tuple(faults)


def _entry(
    balance: Balance, difference: int, day: dt.date, event: str, rate_set: str | None
) -> Entry:
    sides = ((balance.account, difference), (chart.UNREALISED_FX, -difference))
    return write_entry(
        book=Book.FIN,
        effective_date=day,
        kind="remeasurement",
        event=event,
        rule=RULE,
        rule_version=RULES[RULE].version,
        memo=f"Closing rate of {balance.currency} on account {balance.account}",
        postings=tuple(
            Posting(account, balance.currency, 0, base, rate_set=rate_set)
            for account, base in sides
        ),
    )
