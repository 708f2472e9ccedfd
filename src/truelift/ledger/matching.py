"""Matching: which open item each invoice or bank line settles, and how sure that is.

In:   lines (supplier invoices, or payments) and open items (agreements and accruals, or payables),
      with what people decided about them.
Out:  one verdict per line: exact (may be booked), suggested (a person decides) or unmatched, with a
      reason and the items that come into question.

The rules, in order: what a person accepted; the end-to-end id; a number that the line names; then
amount, time and whose account it is. Lines are taken in the order of their days and ids and every
search goes through an index: the order in which they are given changes nothing, and n lines cost
n log n. No item is settled beyond what is open, but by a person.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truelift.base.money import format_minor
from truelift.ledger.references import bare_number, is_telling, named_in, names_a_number
from truelift.ledger.verdict import Outcome, Reason, Share, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHOWN = 5
"""How many candidates a suggestion names at most."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that is open: what is left of an agreement or accrual, or an unpaid invoice.

    open_minor: what is open, 0 when it is settled. on, until: since when it can be settled, and
    when it is due. party: whose it is. accounts: hashes of the bank accounts it may be paid to,
    none when they are not known. numbers: what it is called, as written. kind: type of cost, where
    several items bear one number.
    """

    item: str
    currency: str
    open_minor: int
    on: dt.date
    until: dt.date | None = None
    party: str | None = None
    accounts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    end_to_end: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice or a payment that is to settle something.

    amount_minor: above zero. party: whose it is; sure when the line states it and no name was
    searched for. numbers: what it says it settles. identity, number_identity: what no two lines may
    share: a line with the identity of an earlier one is the same once more, and one with only its
    number's is a number used twice.
    """

    line: str
    on: dt.date
    currency: str
    amount_minor: int
    party: str | None = None
    sure: bool = False
    account: str | None = None
    numbers: tuple[str, ...] = ()
    text: str = ""
    end_to_end: str | None = None
    kind: str | None = None
    identity: str | None = None
    number_identity: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided about a line. closed: it settles nothing of ours.

    room: what each accepted item had open when it was accepted. The line takes no more than that
    from what is open for others; the rest of it is beyond, as the person saw.
    """

    accepted: tuple[str, ...] = ()
    room: tuple[int, ...] = ()
    rejected: frozenset[str] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """How many days before an item is open, and after it is due, a line may settle it by amount."""

    before_days: int = 10
    after_days: int = 90

    def holds(self, item: OpenItem, day: dt.date) -> bool:
        """Say whether a day is near enough to an item."""
        first = item.on - dt.timedelta(days=self.before_days)
        last = (item.until or item.on) + dt.timedelta(days=self.after_days)
        return first <= day <= last


NOTHING = Decision()


def match(
    lines: Iterable[Line],
    items: Iterable[OpenItem],
    *,
    decisions: Mapping[str, Decision] | None = None,
    taken: Mapping[str, str] | None = None,
    window: Window | None = None,
) -> tuple[Verdict, ...]:
    """Give the verdict of every line, in the order of days and ids.

    taken: identities of lines that were booked in another way, with where.
    """
    return _Matcher(items, decisions or {}, taken or {}, window or Window()).run(lines)


@dataclass(slots=True)
class _Nearby:
    """What is open for one party or account in one currency when the amounts are compared."""

    amounts: list[tuple[int, str]] = field(default_factory=list)
    total: int = 0


class _Matcher:
    """One run: indexes of the items, and what is left of each."""

    def __init__(
        self,
        items: Iterable[OpenItem],
        decisions: Mapping[str, Decision],
        taken: Mapping[str, str],
        window: Window,
    ) -> None:
        self._items = {each.item: each for each in sorted(items, key=lambda each: each.item)}
        self._left = {name: each.open_minor for name, each in self._items.items()}
        self._decisions = decisions
        self._taken = dict(taken)
        self._window = window
        self._verdicts: dict[str, Verdict] = {}
        self._by_end_to_end: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_number: dict[str, list[OpenItem]] = defaultdict(list)
        for each in self._items.values():
            for name in dict.fromkeys(each.end_to_end):
                self._by_end_to_end[name].append(each)
            for number in dict.fromkeys(map(bare_number, each.numbers)):
                if number:
                    self._by_number[number].append(each)

    def run(self, lines: Iterable[Line]) -> tuple[Verdict, ...]:
        """Judge all lines."""
        ordered = sorted(lines, key=lambda each: (each.on, each.line))
        waiting = [line for line in ordered if not self._decided(line)]
        waiting = [line for line in waiting if not self._known_already(line)]
        waiting = [line for line in waiting if not self._end_to_end(line)]
        waiting = [line for line in waiting if not self._numbered(line)]
        self._amounts(waiting)
        return tuple(self._verdicts[line.line] for line in ordered)

    def _tell(
        self,
        line: Line,
        outcome: Outcome,
        reason: Reason,
        sentence: str,
        shares: Sequence[Share] = (),
        *,
        candidates: Sequence[OpenItem] = (),
    ) -> bool:
        for share in shares:
            self._left[share.item] = max(0, self._left[share.item] - share.amount_minor)
        named = tuple(each.item for each in candidates[:SHOWN])
        self._verdicts[line.line] = Verdict(
            line.line, outcome, reason, sentence, tuple(shares), named
        )
        return True

    def _suggest(
        self, line: Line, reason: Reason, sentence: str, candidates: Sequence[OpenItem]
    ) -> bool:
        return self._tell(line, Outcome.SUGGESTED, reason, sentence, candidates=candidates)

    def _unmatched(
        self, line: Line, reason: Reason, sentence: str, candidates: Sequence[OpenItem] = ()
    ) -> bool:
        return self._tell(line, Outcome.UNMATCHED, reason, sentence, candidates=candidates)

    def _decided(self, line: Line) -> bool:
        """Do what a person decided: their choice stands above every rule."""
        decision = self._decisions.get(line.line, NOTHING)
        if decision.closed:
            return self._unmatched(line, Reason.REJECTED, "A person said it settles nothing here.")
        if not decision.accepted:
            return False
        self._claim(line)
        found = [self._items[name] for name in decision.accepted if name in self._items]
        if len(found) < len(decision.accepted):
            sentence = "What a person accepted for it is no longer there; decide again."
            return self._unmatched(line, Reason.GONE, sentence, found)
        if any(each.currency != line.currency for each in found):
            return self._suggest(line, *_other_currency(line, found), found)
        room = decision.room or tuple(self._left[each.item] for each in found)
        left, parts = line.amount_minor, []
        for most in room:
            parts.append(min(left, most))
            left -= parts[-1]
        free = {
            each.item: max(0, self._left[each.item] - part)
            for each, part in zip(found, parts, strict=True)
        }
        parts[-1] += left
        told = [Share(each.item, part) for each, part in zip(found, parts, strict=True) if part]
        sentence = f"A person accepted it for {_listed(found)}."
        self._tell(line, Outcome.EXACT, Reason.ACCEPTED, sentence, told)
        self._left.update(free)
        return True

    def _claim(self, line: Line) -> None:
        """Take a line's identities, so that a later line cannot be the same."""
        for identity in (line.identity, line.number_identity):
            if identity is not None:
                self._taken.setdefault(identity, line.line)

    def _known_already(self, line: Line) -> bool:
        """Block what was there before: the same once more, or its number with another amount."""
        same = self._taken.get(line.identity or "")
        if same is not None:
            sentence = f"It is {same} once more: supplier, number and amount are the same."
            return self._unmatched(line, Reason.DUPLICATE, sentence)
        again = self._taken.get(line.number_identity or "")
        self._claim(line)
        if again is None:
            return False
        sentence = f"{again} has its number and another amount; ask the supplier which holds."
        return self._suggest(line, Reason.NUMBER_AGAIN, sentence, self._allowed(line, ()))

    def _allowed(self, line: Line, items: Iterable[OpenItem]) -> list[OpenItem]:
        """Leave out what a person rejected for a line, and items of another kind."""
        rejected = self._decisions.get(line.line, NOTHING).rejected
        return [
            each
            for each in items
            if each.item not in rejected and (not line.kind or each.kind in {None, line.kind})
        ]

    def _end_to_end(self, line: Line) -> bool:
        found = self._allowed(line, self._by_end_to_end.get(line.end_to_end or "", ()))
        return bool(found) and self._judge(line, found, Reason.END_TO_END, certain=True)

    def _numbered(self, line: Line) -> bool:
        """Look for the numbers that the line states, else for those that stand in its text."""
        stated = [bare_number(number) for number in line.numbers]
        certain = any(number in self._by_number for number in stated)
        numbers = [number for number in dict.fromkeys(stated) if number in self._by_number]
        if not certain:
            numbers = named_in(line.text, self._by_number)
        found: dict[str, OpenItem] = {}
        for number in numbers:
            bearers = self._allowed(line, self._by_number[number])
            chosen = self._told_apart(line, bearers)
            if not certain and not is_telling(number):
                chosen = [each for each in chosen if _agrees(line, each)]
            if len(chosen) > 1:
                sentence = f"Several documents bear the number {number}; say which is meant."
                return self._suggest(line, Reason.AMBIGUOUS, sentence, chosen)
            found.update((each.item, each) for each in chosen)
        return bool(found) and self._judge(
            line, list(found.values()), Reason.NUMBER, certain=certain
        )

    def _told_apart(self, line: Line, bearers: list[OpenItem]) -> list[OpenItem]:
        """Tell documents of one number apart: by account, by party, by what fits to the cent."""
        if len(bearers) < 2:  # noqa: PLR2004 - one alone needs no telling apart
            return bearers
        for same in (_same_account, _same_party):
            bearers = [each for each in bearers if same(line, each)] or bearers
        parties = {each.party for each in bearers}
        fitting = [each for each in bearers if self._left[each.item] == line.amount_minor]
        return fitting if len(fitting) == 1 and len(parties) == 1 else bearers

    def _judge(self, line: Line, found: list[OpenItem], reason: Reason, *, certain: bool) -> bool:
        """Hold a line against the items it names: whose they are, in what, and how much is open."""
        objection = _objection(line, found)
        if objection is not None:
            return self._suggest(line, *objection, found)
        standing = [each for each in found if self._left[each.item]]
        total = sum(self._left[each.item] for each in standing)
        amount = format_minor(line.amount_minor, line.currency)
        open_words = f"{format_minor(total, line.currency)} {line.currency}"
        if not standing:
            sentence = f"{_listed(found)} is settled already; nothing of it is open."
            return self._unmatched(line, Reason.SETTLED, sentence, found)
        if line.amount_minor > total:
            sentence = f"{amount} is above the {open_words} that {_listed(standing)} has open."
            return self._suggest(line, Reason.ABOVE_OPEN, sentence, standing)
        whole = line.amount_minor == total
        one = len(standing) == 1 and (certain or _agrees(line, standing[0]))
        if not whole and not one:
            sentence = f"{amount} is less than the {open_words} of {_listed(standing)}; for what?"
            return self._suggest(line, Reason.BELOW_OPEN, sentence, standing)
        shares = [
            Share(each.item, min(self._left[each.item], line.amount_minor)) for each in standing
        ]
        sentence = f"It names {_listed(standing)} and settles {amount} of {open_words} open."
        return self._tell(line, Outcome.EXACT, reason, sentence, shares)

    def _amounts(self, lines: list[Line]) -> None:
        """Compare by amount what names nothing; what is open stands still meanwhile."""
        near: dict[tuple[str, str, str], _Nearby] = defaultdict(_Nearby)
        for each in self._items.values():
            if self._left[each.item]:
                for key in _keys(each):
                    near[key].amounts.append((self._left[each.item], each.item))
                    near[key].total += self._left[each.item]
        for nearby in near.values():
            nearby.amounts.sort()
        rivals = Counter((*key, line.amount_minor) for line in lines for key in _keys(line))
        currencies: dict[str, set[str]] = defaultdict(set)
        for each in self._items.values():
            if each.party is not None and self._left[each.item]:
                currencies[each.party].add(each.currency)
        for line in lines:
            keys = [key for key in _keys(line) if key in near]
            if keys:
                self._compare(line, keys[0], near[keys[0]], rivals[*keys[0], line.amount_minor])
            elif line.party is None:
                self._unmatched(line, Reason.NOT_OURS, "It names nothing and nobody of ours.")
            else:
                self._without_document(line, currencies[line.party])

    def _without_document(self, line: Line, currencies: set[str]) -> None:
        if currencies:
            sentence = (
                f"It is in {line.currency}; what {line.party} has open is in "
                f"{', '.join(sorted(currencies))}."
            )
            self._suggest(line, Reason.WRONG_CURRENCY, sentence, ())
        else:
            sentence = f"{line.party} has nothing open that it could settle."
            self._unmatched(line, Reason.NO_DOCUMENT, sentence)

    def _compare(self, line: Line, key: tuple[str, str, str], nearby: _Nearby, rivals: int) -> bool:
        amount = line.amount_minor
        first = bisect_left(nearby.amounts, (amount, ""))
        last = bisect_left(nearby.amounts, (amount + 1, ""))
        fitting = self._allowed(line, (self._items[name] for _, name in nearby.amounts[first:last]))
        fitting = [each for each in fitting if self._window.holds(each, line.on)]
        if not fitting:
            return self._none_fits(line, nearby, first)
        doubt = self._doubt(line, key[0], fitting, rivals)
        if doubt is not None:
            return self._suggest(line, *doubt, fitting)
        sentence = f"Only {fitting[0].item} of the same supplier is open with this amount."
        shares = [Share(fitting[0].item, amount)]
        return self._tell(line, Outcome.EXACT, Reason.ACCOUNT_AND_AMOUNT, sentence, shares)

    def _doubt(
        self, line: Line, by: str, fitting: list[OpenItem], rivals: int
    ) -> tuple[Reason, str] | None:
        """Say what speaks against an item that fits by its amount; None when nothing does."""
        item = fitting[0]
        if rivals > 1 or len(fitting) > 1 or self._left[item.item] != line.amount_minor:
            sentence = f"{rivals} lines and {len(fitting)} open items have this amount."
            return Reason.AMBIGUOUS, sentence
        if any(names_a_number(text) for text in (line.text, *line.numbers)):
            sentence = f"The amount is that of {item.item}, but it names another number."
            return Reason.OTHER_NUMBER, sentence
        if _other_account(line, item):
            sentence = f"The amount is that of {item.item}, but the bank account is another."
            return Reason.OTHER_ACCOUNT, sentence
        if by == _PARTY and not line.sure:
            return Reason.NAME_AND_AMOUNT, f"Only the name and the amount speak for {item.item}."
        return None

    def _none_fits(self, line: Line, nearby: _Nearby, place: int) -> bool:
        start = max(0, min(place - SHOWN // 2, len(nearby.amounts) - SHOWN))
        closest = nearby.amounts[start : start + SHOWN]
        found = self._allowed(line, (self._items[name] for _, name in closest))
        if nearby.total == line.amount_minor and len(found) > 1:
            sentence = f"It is the sum of all {len(nearby.amounts)} open items of its supplier."
            return self._suggest(line, Reason.SUM_OF_OPEN, sentence, found)
        if not found:
            sentence = "Every open item of its supplier was rejected for it, or is another cost."
            return self._unmatched(line, Reason.NO_DOCUMENT, sentence)
        sentence = "Its supplier has open items, none with this amount at this time."
        return self._suggest(line, Reason.AMOUNT_DIFFERS, sentence, found)


_ACCOUNT, _PARTY = "account", "party"


def _keys(each: Line | OpenItem) -> list[tuple[str, str, str]]:
    """Give under what amounts are compared: accounts before the party."""
    accounts = each.accounts if isinstance(each, OpenItem) else (each.account,)
    found = (*((_ACCOUNT, account) for account in accounts), (_PARTY, each.party))
    return [(what, value, each.currency) for what, value in found if value is not None]


def _objection(line: Line, found: Sequence[OpenItem]) -> tuple[Reason, str] | None:
    """Say what speaks against items that a line names; None when nothing does."""
    if any(each.currency != line.currency for each in found):
        return _other_currency(line, found)
    if any(_other_account(line, each) for each in found):
        sentence = (
            f"It names {_listed(found)}, but goes to another bank account than the invoice "
            "states; have the supplier confirm the account before anything else."
        )
        return Reason.OTHER_ACCOUNT, sentence
    if any(_other_party(line, each) for each in found):
        return Reason.OTHER_PARTY, f"It names {_listed(found)}, which is another supplier's."
    return None


def _other_currency(line: Line, found: Sequence[OpenItem]) -> tuple[Reason, str]:
    currencies = ", ".join(sorted({each.currency for each in found}))
    sentence = f"It is in {line.currency}, and {_listed(found)} in {currencies}."
    return Reason.WRONG_CURRENCY, sentence


def _agrees(line: Line, item: OpenItem) -> bool:
    return _same_account(line, item) or _same_party(line, item)


def _same_account(line: Line, item: OpenItem) -> bool:
    return line.account is not None and line.account in item.accounts


def _same_party(line: Line, item: OpenItem) -> bool:
    return line.party is not None and line.party == item.party


def _other_account(line: Line, item: OpenItem) -> bool:
    return line.account is not None and bool(item.accounts) and line.account not in item.accounts


def _other_party(line: Line, item: OpenItem) -> bool:
    return None not in {line.party, item.party} and line.party != item.party


def _listed(items: Sequence[OpenItem]) -> str:
    names = [each.item for each in items[:SHOWN]]
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(names) + more
