"""Collectible: rows that pages and servers may send to /collect, and the limits they keep.

In:   the body of a request (JSON), whether its key is a server's.
Out:  rows to keep, or the first fault with the field it lies in.

A page's key is public: anybody can read it and send with it. So it may never send money: orders,
refunds, costs and won leads take a server's key, or a signed webhook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import msgspec

from truelift.base.columns import Plane
from truelift.facts.hit import Row
from truelift.facts.kinds import KINDS

MOST_ROWS = 500
PUBLIC_KINDS = frozenset({"clicks", "leads"})
PUBLIC_LEAD_STAGES = frozenset({"signup", "lead"})
MONEY_CELLS = frozenset({"value", "won_at", "currency", "revenue"})
"""Cells that a page's rows may not have."""

SERVER_KINDS = frozenset(
    name for name, kind in KINDS.items() if kind.plane is Plane.FACTS and name != "bank_lines"
)

_LARGEST = 2**53
_EMPTY = (None, "")
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_Text = Annotated[str, msgspec.Meta(max_length=2_048)]
_Whole = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_Cells = Annotated[
    dict[_Name, _Text | _Whole | float | bool | None], msgspec.Meta(min_length=1, max_length=64)
]


class _Told(msgspec.Struct):
    """A row with its cells apart from its kind."""

    kind: str
    row: _Cells


_flat = msgspec.json.Decoder(_Cells | list[_Cells])
_told = msgspec.json.Decoder(_Told | list[_Told])


class _Form(NamedTuple):
    """What a kind's rows look like: all their cells, and those that may not be empty."""

    names: frozenset[str]
    required: tuple[str, ...]


_FORMS = {
    name: _Form(
        frozenset(kind.names),
        tuple(each.name for each in kind.columns if each.required and each.name != kind.occurred),
    )
    for name, kind in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class CollectFault:
    """Why a body is not taken: the field (`[2].order_id`), a sentence, whether a key forbids it."""

    field: str
    sentence: str
    forbidden: bool = False


def read_rows(body: bytes, *, server: bool) -> list[Row] | CollectFault:
    """Read one row or a list of rows: `{"kind": "leads", "lead_id": "l1", ...}`.

    `{"kind": "leads", "row": {...}}` is read too. A row need not say when it happened.
    """
    read = _decoded(body)
    if isinstance(read, CollectFault):
        return read
    pairs, single = read
    if not pairs:
        return CollectFault("", "The list is empty; send at least one row.")
    if len(pairs) > MOST_ROWS:
        return CollectFault("", f"{len(pairs)} rows were sent; send at most {MOST_ROWS} at a time.")
    rows = []
    for number, (kind, cells) in enumerate(pairs):
        fault = _fault(kind, cells, server=server)
        if fault is not None:
            field, sentence, forbidden = fault
            where = field if single else f"[{number}].{field}"
            return CollectFault(where, sentence, forbidden)
        rows.append(Row(kind, cells))
    return rows


def _decoded(body: bytes) -> tuple[list[tuple[str, dict[str, Any]]], bool] | CollectFault:
    """Give (kind, cells) of each row, and whether a single one was sent without a list."""
    try:
        flat = _flat.decode(body)
    except msgspec.ValidationError as error:
        try:
            told = _told.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _decode_fault(error)
        each = [told] if isinstance(told, _Told) else told
        return [(item.kind, item.row) for item in each], isinstance(told, _Told)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return CollectFault("", f"The body is no JSON: {error}.")
    single = isinstance(flat, dict)
    listed: list[dict[str, Any]] = [flat] if isinstance(flat, dict) else flat
    return [(str(cells.pop("kind", "")), cells) for cells in listed], single


def _decode_fault(error: Exception) -> CollectFault:
    sentence, _, path = str(error).partition(" - at ")
    field = path.strip("`").removeprefix("$").removeprefix(".")
    return CollectFault(
        field, f"{sentence}{f' at {field}' if field else ''}; see docs/collector.md."
    )


def _fault(kind: str, cells: dict[str, Any], *, server: bool) -> tuple[str, str, bool] | None:
    """Give the field, the sentence and whether a key forbids it, of the first fault of a row."""
    allowed = SERVER_KINDS if server else PUBLIC_KINDS
    if kind not in allowed:
        if kind in SERVER_KINDS:
            return "kind", f"A page's key may not send {kind}; use a server's key.", True
        return "kind", f"kind is one of {', '.join(sorted(allowed))}, not {kind[:64]!r}.", False
    if not server and (forbidden := _money(kind, cells)):
        return forbidden
    form = _FORMS[kind]
    if not cells.keys() <= form.names:
        for name in cells.keys() - form.names:
            if not _PLAIN.fullmatch(name):
                return (
                    name,
                    "A name has small letters, digits and _, and begins with a letter.",
                    False,
                )
    for name in form.required:
        if cells.get(name) in _EMPTY:
            return name, f"{name} is missing; {kind} cannot be told apart without it.", False
    return None


def _money(kind: str, cells: dict[str, Any]) -> tuple[str, str, bool] | None:
    """Find what a page's key may not send."""
    for name in MONEY_CELLS & cells.keys():
        if cells[name] not in _EMPTY:
            return name, f"A page's key may not send {name}; use a server's key.", True
    if kind == "leads" and cells.setdefault("stage", "lead") not in PUBLIC_LEAD_STAGES:
        return "stage", "A page's key sends the stages signup and lead only.", True
    return None
