"""Tie-out: our balances beside the general ledger's, once it has taken a period in.

In:   a period; the general ledger's trial balance (kind `balances`); the account mapping.
Out:  a row per account with the difference; the acknowledgement as a control record.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Period
from truelift.ledger.close import difference
from truelift.operations.account_mapping import mapped_accounts
from truelift.operations.close import closed, days_of
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.store import control_records, journal_balances
from truelift.store.control_records import ACKNOWLEDGEMENT
from truelift.store.ground import Ground

Row = dict[str, Any]


@needs(Action.EXPORT, "period", "document")
def acknowledge(ground: Ground, period: Period, document: str) -> Row:
    """Keep that the general ledger took a closed period in, under its document's number."""
    if not document.strip():
        msg = "Name the general ledger's document with --document."
        raise UsageError(msg)
    found = closed(ground, period)
    record = {
        "period": str(period),
        "document": document.strip(),
        "checkpoint": found.record["checkpoint"],
        "close_sha256": found.sha256,
    }
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, ACKNOWLEDGEMENT, str(period), record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
    return record


@needs(Action.READ)
def tie_out(ground: Ground, period: Period) -> list[Row]:
    """Set the balances at a period's end beside the general ledger's; every account of either side.

    Ours are summed by the account that the mapping gives them (our own number without one), in the
    brand's currency; theirs are compared in the currency they are stated in. difference: ours less
    theirs, in minor units. NotFound where the general ledger's balances were not imported.
    """
    brand = ground.brand
    known = knowledge(ground)
    given = [row for row in known.rows("balances") if row["period"] == str(period)]
    if not given:
        msg = (
            f"No balance of the general ledger is known for {period}; import its trial balance as "
            "kind `balances` (entity, period, account, amount, currency)."
        )
        raise NotFound(msg)
    last_day = days_of(ground, period)[1]
    with ground.workspace.transaction() as connection:
        balances = journal_balances.trial_balance(connection, brand.brand, as_of=last_day)
    accounts = mapped_accounts(ground) or {}
    ours: dict[tuple[str, str], int] = defaultdict(int)
    theirs: dict[tuple[str, str], int] = defaultdict(int)
    stated = {row["currency"] for row in given}
    for item in balances:
        number = accounts.get(item.account, item.account)
        if item.currency in stated - {brand.currency}:
            ours[number, item.currency] += item.amount_minor
        ours[number, brand.currency] += item.base_minor
    for row in given:
        theirs[row["account"], row["currency"]] += row["amount"]
    if stated - {brand.currency}:
        both = {key for key in ours if key in theirs or key[1] == brand.currency}
        ours = defaultdict(int, {key: value for key, value in ours.items() if key in both})
    return [
        {
            "account": account,
            "currency": currency,
            "ours_minor": mine,
            "theirs_minor": other,
            "difference_minor": off,
        }
        for account, currency, mine, other, off in difference(ours, theirs)
    ]
