"""The journal: entries whose postings balance, their ids, their reversals and their hashes.

In:   whole minor units, accounts, dates.
Out:  `Entry` and `Posting` values that cannot be wrong in sum, canonical content, chain hashes.

Debits are positive, credits negative. `amount_minor` is in the posting's currency, `base_minor` in
the brand's. An entry never changes: a correction is its reversal and a new entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from truelift.base.errors import JournalRefused, Unbalanced
from truelift.base.ids import content_hash, name_id
from truelift.base.money import MINOR_LIMIT
from truelift.base.time import Period
from truelift.ledger.chart import CHART, Book

if TYPE_CHECKING:
    from collections.abc import Iterable

FEWEST_POSTINGS = 2
EXCHANGE = "_exchange"
REVERSAL = "reversal:"
GENERATION = "~"
DIGEST_SPACE = 2**256

_CANONICAL = msgspec.json.Encoder(order="sorted")
"""Writes text and whole numbers byte for byte as `base.ids.canonical_json`, eight times as fast."""

Content = dict[str, object]
"""An entry as plain JSON values in a fixed form; the postings are lists in POSTING_FIELDS order."""

POSTING_FIELDS = (
    "account",
    "currency",
    "amount_minor",
    "base_minor",
    "campaign",
    "creator",
    "deliverable",
    "agreement",
    "cost_centre",
    "counterparty",
    "tax_code",
    "rate_set",
)
ENTRY_FIELDS = (
    "entry_id",
    "book",
    "effective_date",
    "kind",
    "source_event",
    "rule",
    "rule_version",
    "reverses",
    "late_for_period",
    "memo",
)


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: an account moved by an amount, with the dimensions it belongs to.

    amount_minor: whole minor units of `currency`, debit positive. base_minor: the same in the
    brand's currency. rate_set: the version of the rate that translated it, None where the booked
    amount was carried over or no translation was needed. tax_code: set on recoverable tax and on
    the part of the payable that is recoverable tax, so that cost can be read without tax.
    """

    account: str
    currency: str
    amount_minor: int
    base_minor: int
    campaign: str | None = None
    creator: str | None = None
    deliverable: str | None = None
    agreement: str | None = None
    cost_centre: str | None = None
    counterparty: str | None = None
    tax_code: str | None = None
    rate_set: str | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown account and anything but 64-bit whole numbers."""
        if self.account not in CHART:
            msg = f"Account {self.account!r} is not in the chart of accounts."
            raise JournalRefused(msg)
        _whole(self.amount_minor)
        _whole(self.base_minor)


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced set of postings in one book on one day, with where it came from.

    source_event names the fact and a digest of what it means for the books, so the same fact
    with the same meaning always has the same entry id. reverses: the id of the entry taken back.
    late_for_period: the closed period (YYYY-MM) that the entry belongs to by its nature.

    Raises Unbalanced when the postings do not sum to zero (in the brand's currency, and in every
    currency unless the kind declares an exchange), JournalRefused for anything else that is off.
    """

    entry_id: str
    book: Book
    effective_date: dt.date
    kind: str
    source_event: str
    rule: str
    rule_version: int
    postings: tuple[Posting, ...]
    reverses: str | None = None
    late_for_period: str | None = None
    memo: str = ""

    def __post_init__(self) -> None:
        """Refuse an entry that does not balance, has too few postings or a foreign id."""
        if len(self.postings) < FEWEST_POSTINGS:
            msg = f"Entry of {self.source_event} has {len(self.postings)} postings; it needs two."
            raise JournalRefused(msg)
        if self.entry_id != identify(self.source_event, self.rule, self.rule_version, self.kind):
            msg = f"Entry id {self.entry_id} is not the one of {self.source_event} ({self.kind})."
            raise JournalRefused(msg)
        self._check_sums()

    def _check_sums(self) -> None:
        base, sums = 0, defaultdict[str, int](int)
        for posting in self.postings:
            if CHART[posting.account].book != self.book:
                msg = f"Account {posting.account} is not in book {self.book}."
                raise JournalRefused(msg)
            base += posting.base_minor
            sums[posting.currency] += posting.amount_minor
        if base:
            msg = f"Entry of {self.source_event} is off by {base} minor units in base."
            raise Unbalanced(msg)
        if any(sums.values()) and not declares_exchange(self.kind):
            msg = f"Entry of {self.source_event} is off by {dict(sums)} minor units."
            raise Unbalanced(msg)

    @property
    def period(self) -> Period:
        """Give the accounting month of the effective date."""
        return Period.of(self.effective_date)


def _whole(minor: int) -> None:
    if not isinstance(minor, int) or isinstance(minor, bool):
        msg = f"A posting takes whole minor units, not {minor!r}."
        raise JournalRefused(msg)
    if abs(minor) > MINOR_LIMIT:
        msg = f"{minor} minor units do not fit 64 bits."
        raise JournalRefused(msg)


def identify(source_event: str, rule: str, rule_version: int, kind: str) -> str:
    """Give the id that an entry of this event, rule, version and kind always has."""
    return str(name_id(source_event, rule, rule_version, kind))


def declares_exchange(kind: str) -> bool:
    """Say whether a kind declares that one currency is given for another in the entry."""
    return kind.removeprefix(REVERSAL).partition(GENERATION)[0].endswith(EXCHANGE)


def write_entry(
    *,
    book: Book,
    effective_date: dt.date,
    kind: str,
    event: str,
    rule: str,
    rule_version: int,
    memo: str,
    postings: tuple[Posting, ...],
) -> Entry:
    """Make an entry whose id follows from the fact and from what it means for the books.

    The digest covers book, day, accounts, amounts and dimensions. It leaves out the memo and the
    rate set: another wording, or a revised set with the same rate, changes nothing in the books.
    """
    meaning = [book.value, effective_date.isoformat(), [_plain(each)[:-1] for each in postings]]
    source_event = f"{event}@{content_hash(meaning)[:16]}"
    return Entry(
        entry_id=identify(source_event, rule, rule_version, kind),
        book=book,
        effective_date=effective_date,
        kind=kind,
        source_event=source_event,
        rule=rule,
        rule_version=rule_version,
        postings=postings,
        memo=memo,
    )


def reverse(entry: Entry, effective_date: dt.date, late_for_period: str | None = None) -> Entry:
    """Make the entry that takes another one back on a day: the same postings, signs turned."""
    kind = REVERSAL + entry.kind
    return Entry(
        entry_id=identify(entry.source_event, entry.rule, entry.rule_version, kind),
        book=entry.book,
        effective_date=effective_date,
        kind=kind,
        source_event=entry.source_event,
        rule=entry.rule,
        rule_version=entry.rule_version,
        postings=tuple(
            replace(each, amount_minor=-each.amount_minor, base_minor=-each.base_minor)
            for each in entry.postings
        ),
        reverses=entry.entry_id,
        late_for_period=late_for_period,
        memo=f"Reversal: {entry.memo}",
    )


def _plain(posting: Posting) -> list[str | int | None]:
    return [
        posting.account,
        posting.currency,
        posting.amount_minor,
        posting.base_minor,
        posting.campaign,
        posting.creator,
        posting.deliverable,
        posting.agreement,
        posting.cost_centre,
        posting.counterparty,
        posting.tax_code,
        posting.rate_set,
    ]


def content(entry: Entry) -> Content:
    """Give an entry as plain values in one fixed form: what is hashed, and what an auditor reads.

    Keys are ENTRY_FIELDS and `postings`; each posting is a list in POSTING_FIELDS order.
    """
    return {
        "entry_id": entry.entry_id,
        "book": entry.book.value,
        "effective_date": entry.effective_date.isoformat(),
        "kind": entry.kind,
        "source_event": entry.source_event,
        "rule": entry.rule,
        "rule_version": entry.rule_version,
        "reverses": entry.reverses,
        "late_for_period": entry.late_for_period,
        "memo": entry.memo,
        "postings": [_plain(posting) for posting in entry.postings],
    }


def canonical(entry_content: Content) -> bytes:
    """Write an entry's content as the bytes that are hashed: canonical JSON."""
    return _CANONICAL.encode(entry_content)


def entry_hash(entry: Entry) -> str:
    """Give the SHA-256 of an entry's content, 64 hex digits."""
    return hashlib.sha256(canonical(content(entry))).hexdigest()


def genesis(brand: str) -> str:
    """Give what the first entry of a brand's chain points back to."""
    return content_hash(["journal", brand])


def chain_hash(previous: str, entry: Entry, recorded_at: str) -> str:
    """Give the hash that seals an entry behind the previous one, with when it was recorded.

    recorded_at: naive UTC, ISO 8601 with microseconds. It is sealed too, since "as known on" would
    otherwise be open to tampering.
    """
    return link_hash(previous, canonical(content(entry)), recorded_at)


def link_hash(previous: str, canonical_content: bytes, recorded_at: str) -> str:
    """Give the chain hash from an entry's canonical bytes, for those who read rows."""
    return hashlib.sha256(previous.encode() + recorded_at.encode() + canonical_content).hexdigest()


def set_digest(entries: Iterable[Entry]) -> str:
    """Give a digest of a set of entries that does not depend on their order, 64 hex digits.

    The sum of the entries' hashes modulo 2**256; an entry given twice counts once.
    """
    return digest_of({entry.entry_id: entry_hash(entry) for entry in entries}.values())


def digest_of(entry_hashes: Iterable[str]) -> str:
    """Give the digest of a set of entries from their hashes, each given once."""
    return f"{sum(int(each, 16) for each in entry_hashes) % DIGEST_SPACE:064x}"
