"""Export the journal: entries of book `fin` to files for other programs, as a batch that is kept.

In:   a period or none, a program, a path; the account mapping in force.
Out:  files, and a control record: what they hold, their totals and SHA-256, who and when. A batch
      is exported again to the same bytes, also when entries or a new mapping came since.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truelift.base.errors import CheckFailed, NotFound, TrueliftError, UsageError
from truelift.base.time import Period
from truelift.operations.account_mapping import kept_mapping, mapping_of
from truelift.operations.export_files import places, rendered, written
from truelift.operations.people import Action, needs
from truelift.reports.journal_export.account_mapping import AccountMapping, read_mapping
from truelift.reports.journal_export.batch import (
    UNMAPPED,
    ControlTotal,
    ExportBatch,
    batch_name,
    control_totals,
)
from truelift.reports.journal_export.programs import PROGRAMS
from truelift.store import control_records, journal
from truelift.store.control_records import EXPORT_BATCH
from truelift.store.ground import Ground
from truelift.store.journal_export import Placed, placed
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is asked of an export.

    program: a key of PROGRAMS. batch: the name of one that is exported again; then period, mapping
    and template are its own. only_new: leave out what earlier batches for this program hold.
    """

    program: str
    output: Path
    period: Period | None = None
    batch: str | None = None
    mapping: Path | None = None
    template: Path | None = None
    only_new: bool = False


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Entries that leave together, and from what they can be chosen again."""

    found: list[Placed]
    whole: bool
    scope: Row


@needs(Action.EXPORT)
def export_journal(ground: Ground, request: ExportRequest) -> tuple[Row, list[Path], list[str]]:
    """Write the files of a batch and keep its record; give both, and what a controller must know.

    Nothing is written, and nothing kept, when an account is not mapped, the chain does not verify,
    there is no entry, or the program cannot take the entries.
    """
    if request.program not in PROGRAMS:
        msg = f"--to {request.program} is not known; use one of {', '.join(PROGRAMS)}."
        raise UsageError(msg)
    batches = exported_batches(ground, request.program)
    _verified(ground)
    if request.batch is None:
        chosen = _chosen(ground, request, batches)
        mapping, titles = _mapping(ground, request), _titles(request.template)
    else:
        record = _batch_named(ground, request)
        chosen = _chosen_again(ground, record.record, batches)
        mapping, titles = read_mapping(record.record["mapping"]), tuple(record.record["template"])
    batch = _batch(ground, request.program, chosen, mapping, titles)
    files = rendered(batch, request.program)
    hashes = [hashlib.sha256(file.content).hexdigest() for file in files]
    told = _told(batch, chosen, request.program, hashes)
    again = [each.record for each in batches if each.name == batch.name]
    if request.batch is not None and (batch.name != request.batch or again[-1]["sha256"] != hashes):
        msg = (
            f"Batch {request.batch} is not what it was: its files had SHA-256 "
            f"{', '.join(again[-1]['sha256'])} and now have {', '.join(hashes)}; another version "
            "of Truelift writes this format differently. Nothing was exported."
        )
        raise CheckFailed(msg)
    paths = places(request.output, batch.name, PROGRAMS[request.program].suffix, len(files))
    contents = [(path, file.content) for path, file in zip(paths, files, strict=True)]
    with written(contents), ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, EXPORT_BATCH, batch.name,
            told | {"times_before": len(again)}, at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
    return told, paths, _notes(ground, request, chosen, batches, batch.name)


@needs(Action.READ)
def exported_batches(ground: Ground, program: str | None = None) -> list[KeptRecord]:
    """Give the records of every export, oldest first; of one program, or of all."""
    with ground.workspace.transaction() as connection:
        found = control_records.records(connection, ground.brand.brand, EXPORT_BATCH)
    return [each for each in found if program in {None, each.record["program"]}]


def _verified(ground: Ground) -> None:
    with ground.workspace.transaction() as connection:
        bad = journal.verify(connection, ground.brand.brand)
    if bad is not None:
        msg = (
            f"The hash chain breaks at entry {bad}: it was changed since. Nothing was exported; "
            "see `truelift ledger verify`."
        )
        raise CheckFailed(msg)


def _chosen(ground: Ground, request: ExportRequest, batches: list[KeptRecord]) -> _Chosen:
    without = sorted({each.name for each in batches}) if request.only_new else []
    scope = {
        "period": str(request.period) if request.period else None,
        "without": without,
        "last_number": None,
    }
    return _choose(ground, scope, batches)


def _chosen_again(ground: Ground, record: Row, batches: list[KeptRecord]) -> _Chosen:
    return _choose(
        ground, {name: record[name] for name in ("period", "without", "last_number")}, batches
    )


def _choose(ground: Ground, scope: Row, batches: list[KeptRecord]) -> _Chosen:
    """Read what a scope holds: of a period, up to a number of the chain, without other batches."""
    period = Period.parse(scope["period"]) if scope["period"] else None
    with ground.workspace.transaction() as connection:
        known = placed(connection, ground.brand.brand, period)
    last = scope["last_number"]
    known = [each for each in known if last is None or each.seq <= last]
    apart = [each.record for each in batches if each.name in set(scope["without"])]
    found = [each for each in known if not any(_holds(record, each) for record in apart)]
    if not found:
        where = f"in {period}" if period else "in the books"
        new = " that no earlier batch holds" if scope["without"] else ""
        msg = f"There are no entries of book fin {where}{new}. Nothing was exported."
        raise NotFound(msg)
    whole = period is None and len(found) == len(known)
    return _Chosen(found, whole, scope | {"last_number": found[-1].seq})


def _holds(record: Row, each: Placed) -> bool:
    """Say whether a batch holds an entry, or stands for one that an earlier batch holds."""
    in_period = record["period"] in {None, str(each.entry.period)}
    return in_period and each.seq <= int(record["last_number"])


def _batch_named(ground: Ground, request: ExportRequest) -> KeptRecord:
    if request.period or request.mapping or request.template or request.only_new:
        msg = "--batch exports a batch again as it was; leave out the other options."
        raise UsageError(msg)
    found = [each for each in exported_batches(ground) if each.name == request.batch]
    if not found:
        msg = f"There is no batch {request.batch}; `truelift export batches` lists them."
        raise NotFound(msg)
    program = found[-1].record["program"]
    if program != request.program:
        msg = f"Batch {request.batch} was exported for {program}; write --to {program}."
        raise UsageError(msg)
    return found[-1]


def _mapping(ground: Ground, request: ExportRequest) -> AccountMapping:
    if request.mapping is not None:
        return mapping_of(request.mapping)
    record = kept_mapping(ground)
    return UNMAPPED if record is None else read_mapping(record.record["mapping"])


def _titles(template: Path | None) -> tuple[str, ...]:
    """Read the header row of the user's template."""
    if template is None:
        return ()
    try:
        raw = template.read_bytes()
    except OSError as error:
        msg = f"The template {template} cannot be read ({error.strerror}); name a CSV file."
        raise TrueliftError(msg) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return tuple(next(csv.reader(text.splitlines()), []))


def _batch(
    ground: Ground,
    program: str,
    chosen: _Chosen,
    mapping: AccountMapping,
    titles: tuple[str, ...],
) -> ExportBatch:
    entries = tuple(each.entry for each in chosen.found)
    brand, period = ground.brand, chosen.scope["period"]
    settings = [dict(mapping.told), titles, chosen.whole]
    return ExportBatch(
        name=batch_name(program, brand.brand, period, entries, settings),
        brand=brand.brand,
        currency=brand.currency,
        period=period,
        entries=entries,
        recorded_at=max(each.recorded_at for each in chosen.found),
        whole=chosen.whole,
        mapping=mapping,
        titles=titles,
    )


def _told(batch: ExportBatch, chosen: _Chosen, program: str, hashes: list[str]) -> Row:
    first, last = chosen.found[0], chosen.found[-1]
    return {
        "batch": batch.name,
        "program": program,
        **chosen.scope,
        "entries": len(batch.entries),
        "first_number": first.seq,
        "first_entry": first.entry.entry_id,
        "last_entry": last.entry.entry_id,
        "currency": batch.currency,
        "control_totals": [list(each) for each in control_totals(batch.entries)],
        "control_total_columns": list(ControlTotal._fields),
        "mapping": dict(batch.mapping.told),
        "template": list(batch.titles),
        "sha256": hashes,
    }


def _notes(
    ground: Ground,
    request: ExportRequest,
    chosen: _Chosen,
    batches: list[KeptRecord],
    name: str,
) -> list[str]:
    """Say what a controller must know: open periods, and entries that were exported before."""
    notes = []
    with ground.workspace.transaction() as connection:
        calendar = journal.calendar(connection, ground.brand.brand)
    periods = sorted({each.entry.period for each in chosen.found})
    still_open = [str(period) for period in periods if calendar.is_open(period)]
    if still_open and request.batch is None:
        notes.append(f"Still open, so entries may follow: {', '.join(still_open)}.")
    others = {each.name: each.record for each in batches if each.name != name}
    if request.batch is None and not request.only_new:
        twice = [
            (other, sum(_holds(record, each) for each in chosen.found))
            for other, record in others.items()
        ]
        notes += [
            f"{count} of these entries left in batch {other} before; a program that takes both "
            "books them twice (--only-new leaves them out)."
            for other, count in twice
            if count
        ]
    return notes
