"""JSON lines: one object a line.

In:   a path (.jsonl, .ndjson, also as .gz).
Out:  a TextTable; numbers are kept as written, lists of plain values become a;b, and what is nested
      deeper goes to the notes. A line that is no object is a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from truelift.connectors.encoding import head_of, open_text, scan
from truelift.connectors.table import Chunk, ChunkBuilder, TextTable, Unreadable, checked_header
from truelift.connectors.textual import plain_number
from truelift.facts.event import NOTES, DropReason, Fault

_LOOKED_AT = 1_000
_MOST_DEPTH_MESSAGE = "expected one JSON object a line"


def read_lines_of_json(path: Path, name: str) -> tuple[TextTable, str]:
    """Open a file of JSON lines: its table and its SHA-256; Unreadable when no line is an object.

    The columns are the names found in the first thousand objects; names that only come later are
    kept as notes.
    """
    head_of(path)
    found = scan(path)

    def objects() -> Iterator[tuple[int, str, dict[str, object] | None]]:
        with open_text(path, found) as stream:
            for line, text in enumerate(stream, start=1):
                if text.strip():
                    yield line, text, _object(text)

    names: dict[str, None] = {}
    for _, _, item in islice(objects(), _LOOKED_AT):
        names.update(dict.fromkeys(item or ()))
    if not names:
        msg = f"no JSON object was found in the first lines; {_MOST_DEPTH_MESSAGE}"
        raise Unreadable(msg)
    header = checked_header([key for key in names if key != NOTES], 1)

    def chunks() -> Iterator[Chunk | Fault]:
        builder = ChunkBuilder([*header, NOTES])
        for line, text, item in objects():
            if item is None:
                message = f"{name} line {line}: {_MOST_DEPTH_MESSAGE}"
                yield Fault(name, line, "", DropReason.MALFORMED_ROW, message, text[:500])
                continue
            builder.add(line, _cells(item, header))
            if builder.full:
                yield from builder.take()
        yield from builder.take()

    return TextTable(name, (*header, NOTES), 1, chunks), found.sha256


def _object(text: str) -> dict[str, object] | None:
    try:
        # Numbers stay text: a float would lose digits.
        item = json.loads(text, parse_float=plain_number, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return item if isinstance(item, dict) else None


def _cells(item: dict[str, object], header: tuple[str, ...]) -> list[str | None]:
    """Give the cells of an object in the header's order, and last its notes as JSON or None."""
    cells: dict[str, str | None] = {}
    notes: dict[str, object] = {}
    for key, value in item.items():
        if key == NOTES and isinstance(value, dict):
            notes.update(value)
        elif key != NOTES and key.strip() in header and _is_flat(value):
            cells[key.strip()] = _text(value)
        elif value is not None:
            notes[key] = value
    written = json.dumps(notes, ensure_ascii=False) if notes else None
    return [*(cells.get(name) for name in header), written]


def _is_flat(value: object) -> bool:
    if isinstance(value, list):
        return not any(isinstance(part, list | dict) for part in value)
    return not isinstance(value, dict)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_text(part) or "" for part in value) or None
    return str(value) or None
