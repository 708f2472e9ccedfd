"""Open accruals: work that is in the books and that nobody has invoiced yet, each with its age.

In:   entries of the journal.
Out:  what is left of every accrual, by creator, agreement and day.

What takes an accrual down takes that of its own deliverable first and the oldest after it. An entry
that was reversed, and its reversal, count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from truelift.ledger.chart import Book
from truelift.ledger.invoice_targets import TYPE_OF_ACCRUAL

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from truelift.ledger.journal import Entry, Posting


@dataclass(frozen=True, slots=True)
class OpenAccrual:
    """What is left of an accrual. what: in the words of its entry. since: the day of the work."""

    creator: str | None
    agreement: str | None
    campaign: str | None
    deliverable: str | None
    cost_type: str
    what: str
    since: dt.date
    currency: str
    amount_minor: int


@dataclass(slots=True)
class _Layer:
    """An accrual of one entry, and how much of it is left."""

    accrual: OpenAccrual
    left: int

    @property
    def age(self) -> tuple[dt.date, str]:
        """Give the order in which layers are used up."""
        return self.accrual.since, self.accrual.what


Whose = tuple[str | None, str | None, str | None, str, str]


def open_accruals(entries: Iterable[Entry], until: dt.date) -> tuple[OpenAccrual, ...]:
    """Give the open accruals of work up to and on a day, by creator, the oldest first.

    entries: all that are known; an invoice after the day takes its accrual down all the same, so
    hand in only those that are to count.
    """
    layers: dict[Whose, list[_Layer]] = defaultdict(list)
    taken: dict[Whose, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for entry in _standing(entries):
        for posting in entry.postings:
            cost_type = TYPE_OF_ACCRUAL.get(posting.account)
            if cost_type is None or not posting.amount_minor:
                continue
            whose = _whose(posting)
            if posting.amount_minor > 0:
                taken[whose][posting.deliverable] += posting.amount_minor
            else:
                layers[whose].append(_layer(entry, posting, cost_type))
    found = [
        OpenAccrual(
            **{name: getattr(layer.accrual, name) for name in _SAME}, amount_minor=layer.left
        )
        for whose, group in layers.items()
        for layer in _left_over(group, taken[whose])
        if layer.accrual.since <= until
    ]
    return tuple(sorted(found, key=_order))


_SAME = (
    "creator", "agreement", "campaign", "deliverable", "cost_type", "what", "since", "currency",
)  # fmt: skip


def _standing(entries: Iterable[Entry]) -> list[Entry]:
    given = [entry for entry in entries if entry.book is Book.FIN]
    ids = {entry.entry_id for entry in given}
    reversed_ids = {entry.reverses for entry in given if entry.reverses in ids}
    return [
        entry
        for entry in given
        if entry.entry_id not in reversed_ids and entry.reverses not in reversed_ids
    ]


def _whose(posting: Posting) -> Whose:
    owner = posting.creator or posting.counterparty
    own = None if posting.agreement is not None else posting.campaign
    return owner, posting.agreement, own, posting.account, posting.currency


def _layer(entry: Entry, posting: Posting, cost_type: str) -> _Layer:
    accrual = OpenAccrual(
        creator=posting.creator or posting.counterparty,
        agreement=posting.agreement,
        campaign=posting.campaign,
        deliverable=posting.deliverable,
        cost_type=cost_type,
        what=entry.memo.partition(": ")[2] or entry.memo,
        since=entry.effective_date,
        currency=posting.currency,
        amount_minor=-posting.amount_minor,
    )
    return _Layer(accrual, accrual.amount_minor)


def _left_over(layers: list[_Layer], taken: dict[str | None, int]) -> list[_Layer]:
    """Take down what was invoiced or taken back, and give the layers that have something left."""
    oldest = sorted(layers, key=lambda each: each.age)
    rest = 0
    for deliverable, amount in taken.items():
        own = [each for each in oldest if each.accrual.deliverable == deliverable]
        rest += _use(own, amount)
    _use(oldest, rest)
    return [each for each in oldest if each.left]


def _use(layers: list[_Layer], amount: int) -> int:
    for layer in layers:
        part = min(amount, layer.left)
        layer.left -= part
        amount -= part
    return amount


def _order(accrual: OpenAccrual) -> tuple[str, dt.date, str, str]:
    return accrual.creator or "", accrual.since, accrual.agreement or "", accrual.what
