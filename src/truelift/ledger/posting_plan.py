"""The posting plan: from what the journal should say and what it says, the entries to add.

In:   target entries (what the facts imply now), posted entries, the calendar of periods.
Out:  reversals of what is no longer implied, then new entries; nothing when all agrees.

An entry that is already there is known by its event with digest, its rule and its kind, not by the
version of the rule: a new version that books the same is not posted again. When the facts return to
what they once were, the entry comes back under a new generation of its kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from truelift.ledger.journal import GENERATION, Entry, identify, reverse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truelift.ledger.period import Calendar

Meaning = tuple[str, str, str]


class Posted(NamedTuple):
    """What the plan must know of an entry in the journal: its header without its postings."""

    entry_id: str
    source_event: str
    rule: str
    kind: str
    reverses: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What is missing in the journal, and the ids of posted entries that are no longer implied."""

    missing: tuple[Entry, ...]
    outdated: tuple[str, ...]


def header(entry: Entry) -> Posted:
    """Give the part of an entry that the plan must know."""
    return Posted(entry.entry_id, entry.source_event, entry.rule, entry.kind, entry.reverses)


def compare(target: Iterable[Entry], posted: Iterable[Posted]) -> Difference:
    """Compare what the facts imply with what is posted; headers are enough for it.

    Missing entries carry the generation they will be posted under; their dates are still those
    of their facts. Both lists keep the order they came in.
    """
    rows = list(posted)
    reversed_ids = {row.reverses for row in rows if row.reverses}
    originals = [row for row in rows if row.reverses is None]
    generations = Counter(_meaning(row) for row in originals)
    standing = {_meaning(row): row for row in originals if row.entry_id not in reversed_ids}
    wanted = {_meaning(header(entry)): entry for entry in target}
    missing = (
        _generation(entry, generations[meaning])
        for meaning, entry in wanted.items()
        if meaning not in standing
    )
    outdated = (row.entry_id for meaning, row in standing.items() if meaning not in wanted)
    return Difference(tuple(missing), tuple(outdated))


def dated(
    missing: Iterable[Entry], outdated: Iterable[Entry], calendar: Calendar
) -> tuple[Entry, ...]:
    """Give the entries to append: reversals first, then new entries, each on a day that is open.

    An entry whose period is closed goes to the first open period, marked with the period it is
    late for.
    """
    reversals = (reverse(entry, *calendar.posting_day(entry.effective_date)) for entry in outdated)
    return (*reversals, *(_moved(entry, calendar) for entry in missing))


def plan(target: Iterable[Entry], posted: Iterable[Entry], calendar: Calendar) -> tuple[Entry, ...]:
    """Give the entries that bring the journal to what the facts imply; none when it is there."""
    journal = {entry.entry_id: entry for entry in posted}
    difference = compare(target, map(header, journal.values()))
    outdated = [journal[entry_id] for entry_id in difference.outdated]
    return dated(difference.missing, outdated, calendar)


def _meaning(row: Posted) -> Meaning:
    return row.source_event, row.rule, row.kind.partition(GENERATION)[0]


def _generation(entry: Entry, earlier: int) -> Entry:
    if not earlier:
        return entry
    kind = f"{entry.kind}{GENERATION}{earlier + 1}"
    entry_id = identify(entry.source_event, entry.rule, entry.rule_version, kind)
    return replace(entry, kind=kind, entry_id=entry_id)


def _moved(entry: Entry, calendar: Calendar) -> Entry:
    day, late_for = calendar.posting_day(entry.effective_date)
    if late_for is None:
        return entry
    return replace(entry, effective_date=day, late_for_period=late_for)
