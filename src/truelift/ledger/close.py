"""The close of a period: its states, who may move it on, and the checks that come before.

In:   what is known of a period: how far the data go, what is not booked, what is open.
Out:  `Check` lines; a refusal in words for each step that is not allowed.

A period goes open -> prepared -> closed; a closed one can be reopened, with a reason, while no
later one is closed. Who prepared a period never approves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from truelift.base.errors import JournalRefused
from truelift.base.time import Period
from truelift.catalog.permission import same_person
from truelift.ledger.chart import CHART

SUBJECTS_TOLD = 20
"""So many facts are named in a check; the rest is counted."""


class CloseState(StrEnum):
    """How far the close of a period has come. A period without a record is open."""

    OPEN = "open"
    PREPARED = "prepared"
    CLOSED = "closed"
    REOPENED = "reopened"


class Severity(StrEnum):
    """Whether a check that does not hold stops the close, or is signed with it."""

    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at before a close.

    found: how many facts do not hold, 0 when it holds. sentence: what was found and what to do.
    subjects: the facts, up to SUBJECTS_TOLD of them.
    """

    name: str
    severity: Severity
    found: int
    sentence: str
    subjects: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Say whether it stops the close."""
        return self.severity is Severity.BLOCKS and self.found > 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the close of a period stands: its state, who brought it there, the chain's end then."""

    state: CloseState = CloseState.OPEN
    by: str = ""
    seq: int = 0
    hash: str = ""


def may_prepare(period: Period, standing: Standing) -> None:
    """Refuse to prepare a period that is closed."""
    if standing.state is CloseState.CLOSED:
        msg = f"{period} is closed; reopen it with a reason, or let late facts go to the next one."
        raise JournalRefused(msg)


def may_approve(
    period: Period, standing: Standing, person: str, *, seq: int, head: str, checks: Sequence[Check]
) -> None:
    """Refuse what nobody may approve: unprepared, prepared by oneself, changed since, unsound.

    seq, head: the end of the chain now.
    """
    if standing.state is not CloseState.PREPARED:
        msg = f"{period} is {standing.state}; prepare it first: truelift close prepare {period}."
        raise JournalRefused(msg)
    if same_person(standing.by, person):
        msg = (
            f"{person} prepared {period} and cannot approve it too; let another person approve it "
            "(TRUELIFT_TOKEN decides who acts)."
        )
        raise JournalRefused(msg)
    if (standing.seq, standing.hash) != (seq, head):
        msg = (
            f"The books moved from entry {standing.seq} to {seq} since {period} was prepared; "
            "prepare it again."
        )
        raise JournalRefused(msg)
    stopped = [check.sentence for check in checks if check.blocks]
    if stopped:
        msg = f"{period} cannot be closed: {' '.join(stopped)}"
        raise JournalRefused(msg)


def may_reopen(period: Period, standing: Standing, last: Period | None, reason: str) -> None:
    """Refuse to reopen a period that is not the last closed one, or without saying why."""
    if standing.state is not CloseState.CLOSED:
        msg = f"{period} is {standing.state}: there is nothing to reopen."
        raise JournalRefused(msg)
    if not reason.strip():
        msg = f"Say why {period} is reopened with --reason; it is kept for ever."
        raise JournalRefused(msg)
    if last != period:
        msg = f"{last} is closed after {period}; reopen the last closed period first."
        raise JournalRefused(msg)


def reaches_the_end(period: Period, last_day: dt.date, newest: dt.date) -> Check:
    """Check the watermark: data that stop inside the period do not show all of it."""
    short = newest <= last_day
    sentence = (
        f"The newest fact is of {newest}: facts of {period} may be missing; import until after "
        f"{last_day}."
        if short
        else f"Facts are known up to {newest}, after {last_day}."
    )
    return Check("watermark", Severity.BLOCKS, int(short), sentence)


def in_order(period: Period, used: Sequence[Period], closed: Period | None) -> Check:
    """Check that no earlier period with entries is still open: a close also closes all before."""
    open_before = sorted({each for each in used if each < period and (not closed or each > closed)})
    names = tuple(map(str, open_before))
    sentence = (
        f"Still open before it: {', '.join(names)}; close them first."
        if names
        else "Every earlier period with entries is closed."
    )
    return Check("sequence", Severity.BLOCKS, len(names), sentence, names)


def told(name: str, severity: Severity, subjects: Sequence[str], bad: str, good: str) -> Check:
    """Write a check over facts. bad: a sentence with {found}; good: the one for none."""
    found = len(subjects)
    sentence = bad.format(found=found) if found else good
    return Check(name, severity, found, sentence, tuple(subjects[:SUBJECTS_TOLD]))


def unmapped(used: Sequence[str], mapping: Mapping[str, object] | None) -> Check:
    """Check that every account of the period has its place in the general ledger.

    mapping: account -> the general ledger's; None where the brand keeps no mapping yet, which is
    only a warning: an export of our own accounts needs none.
    """
    severity = Severity.WARNS if mapping is None else Severity.BLOCKS
    missing = [
        f"{account} {CHART[account].name}" for account in used if account not in (mapping or ())
    ]
    return told(
        "account_mapping",
        severity,
        missing,
        "{found} accounts have no place in the general ledger; map them with `truelift mapping`.",
        "Every account of the period is mapped.",
    )


def difference(
    ours: Mapping[tuple[str, str], int], theirs: Mapping[tuple[str, str], int]
) -> list[tuple[str, str, int, int, int]]:
    """Tie two balances out: (account, currency, ours, theirs, ours - theirs), by account.

    Both: (account, currency) -> minor units, debit positive; an account that one does not name has
    0 there.
    """
    keys = sorted({*ours, *theirs})
    pairs = ((key, ours.get(key, 0), theirs.get(key, 0)) for key in keys)
    return [(*key, mine, other, mine - other) for key, mine, other in pairs if mine or other]
