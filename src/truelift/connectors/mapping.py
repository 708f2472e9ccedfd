"""Mapping profiles: a person's own words (YAML) for a file that no format knows.

In:   YAML text, and the header it is used on.
Out:  MappingProfile, and the Format that reads a file by it. UsageError names the key that is off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import yaml

from truelift.base.columns import ColumnType
from truelift.base.errors import UsageError
from truelift.connectors.calendar_text import day, moment
from truelift.connectors.numerals import plain
from truelift.connectors.options import MappingProfile
from truelift.connectors.table import Unreadable, normalised
from truelift.connectors.vendor import Context, Converted, Format, Made, Row, Skipped
from truelift.facts.kinds import kind_named

_KEYS = (
    "kind",
    "columns",
    "set",
    "dates",
    "decimal",
    "delimiter",
    "skip_rows",
    "drop_rows",
)
_NUMBERS = frozenset(
    {
        ColumnType.COUNT,
        ColumnType.INTEGER,
        ColumnType.MONEY,
        ColumnType.UNIT_MONEY,
        ColumnType.RATE,
        ColumnType.DECIMAL,
    }
)


def read_profile(text: str, name: str) -> MappingProfile:
    """Read a profile; UsageError with one sentence that names the key that is off.

    name: what the rows' origin will be called, so that two files read by one profile update each
    other.
    """
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"The profile {name} is no YAML: {' '.join(str(error).split())[:300]}."
        raise UsageError(msg) from error
    if not isinstance(found, dict):
        raise _off(name, "kind", "expected a mapping with kind and columns")
    for key in found:
        if key not in _KEYS:
            raise _off(name, str(key), f"there is no such key; the keys are {', '.join(_KEYS)}")
    profile = MappingProfile(
        name=name,
        kind=_word(found, "kind", name) or "",
        columns=_words(found, "columns", name),
        fill=_words(found, "set", name),
        dates=_patterns(found, name),
        decimal=_word(found, "decimal", name) or ".",
        delimiter=_word(found, "delimiter", name),
        skip_rows=_count(found, name),
        drop_rows=_drops(found, name),
    )
    return _checked(profile)


def _off(name: str, key: str, what: str) -> UsageError:
    return UsageError(f"The profile {name}, key {key!r}: {what}.")


def _word(found: Mapping[str, object], key: str, name: str) -> str | None:
    value = found.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        return value
    raise _off(name, key, f"expected text, found {value!r}")


def _words(found: Mapping[str, object], key: str, name: str) -> dict[str, str]:
    value = found.get(key) or {}
    if not isinstance(value, dict):
        raise _off(name, key, "expected a mapping of contract columns")
    for part, word in value.items():
        if word is None or isinstance(word, list | dict):
            raise _off(name, f"{key}.{part}", "expected text")
    # YAML reads 2026-05-01 and 10 as a date and a number; as text they are what was written.
    return {str(part): str(word) for part, word in value.items()}


def _patterns(found: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = found.get("dates") or []
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, list) or not all(isinstance(item, str) for item in patterns):
        raise _off(name, "dates", 'expected a pattern such as "%d/%m/%Y", or a list of them')
    for pattern in patterns:
        if "%" not in pattern:
            raise _off(name, "dates", f'{pattern!r} is no pattern; write it like "%d/%m/%Y"')
    return tuple(patterns)


def _count(found: Mapping[str, object], name: str) -> int:
    value = found.get("skip_rows", 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _off(name, "skip_rows", f"expected a number of lines, found {value!r}")
    return value


def _drops(found: Mapping[str, object], name: str) -> tuple[tuple[str, str], ...]:
    value = found.get("drop_rows") or []
    example = "expected a list such as [{column: Name, equals: Total}]"
    if not isinstance(value, list):
        raise _off(name, "drop_rows", example)
    drops = []
    for item in value:
        if not isinstance(item, dict) or set(item) != {"column", "equals"}:
            raise _off(name, "drop_rows", example)
        drops.append((str(item["column"]), str(item["equals"])))
    return tuple(drops)


def _checked(profile: MappingProfile) -> MappingProfile:
    if not profile.kind:
        raise _off(profile.name, "kind", "say which kind the rows are")
    kind = kind_named(profile.kind)
    for key, names in (("columns", profile.columns), ("set", profile.fill)):
        for column in names:
            if column not in kind.names:
                known = ", ".join(kind.names)
                what = f"{kind.name} has no such column; it has {known}"
                raise _off(profile.name, f"{key}.{column}", what)
    if profile.decimal not in {".", ","}:
        raise _off(profile.name, "decimal", "expected '.' or ','")
    if profile.delimiter is not None and len(profile.delimiter) != 1:
        raise _off(profile.name, "delimiter", "expected one character")
    return profile


def profile_format(profile: MappingProfile, header: tuple[str, ...]) -> Format:
    """Give the format that reads a file by a profile; Unreadable when a header is not there."""
    present = {normalised(name) for name in header}
    wanted = {*profile.columns.values(), *(column for column, _ in profile.drop_rows)}
    missing = sorted(name for name in wanted if normalised(name) not in present)
    if missing:
        msg = (
            f"the profile {profile.name} reads {', '.join(missing)}, which the header lacks; "
            f"it has {', '.join(header)}"
        )
        raise Unreadable(msg)
    folded = replace(
        profile,
        columns={column: normalised(name) for column, name in profile.columns.items()},
        drop_rows=tuple((normalised(name), value) for name, value in profile.drop_rows),
    )

    def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
        return _convert(folded, rows, context)

    return Format(
        name=profile.name,
        title=profile.name,
        fingerprints=(frozenset(folded.columns.values()),),
        columns=frozenset(folded.columns.values()),
        kinds=(profile.kind,),
        convert=convert,
    )


def _convert(profile: MappingProfile, rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    types = {column.name: column.type for column in kind_named(profile.kind).columns}
    used = tuple(profile.columns.values())
    for row in rows:
        if any(row.get(column) == value for column, value in profile.drop_rows):
            yield Skipped(row.line)
            continue
        values = {
            column: _value(row.get(header), types[column], profile)
            for column, header in profile.columns.items()
        }
        for column, value in profile.fill.items():
            # What is said with the command (--set) is nearer than what the profile says.
            values[column] = values.get(column) or context.said(column) or value
        yield Made(profile.kind, row.line, values, row.rest(*used))


def _value(cell: str | None, kind: ColumnType, profile: MappingProfile) -> str | None:
    if kind in _NUMBERS:
        return plain(cell, profile.decimal)
    if kind is ColumnType.DATE and profile.dates:
        return day(cell, profile.dates)
    if kind is ColumnType.INSTANT and profile.dates:
        return moment(cell, profile.dates)
    return cell
