"""Column descriptions: what a value in a file means, before any domain is known.

In:   nothing.
Out:  ColumnType, Column and Kind, from which readers, acceptance, tables and documentation are
      made: a column is described once. A noun is a frozen dataclass whose fields carry a Column.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ColumnType(StrEnum):
    """What the text of a cell is read as, and what it is inside."""

    TEXT = "text"  # trimmed text
    NAME = "name"  # an id or a name that is matched: trimmed, kept as written, never empty
    LIST = "list"  # a;b -> 'a;b', trimmed, sorted, without repeats
    CODE = "code"  # a promo code: trimmed, upper case
    HANDLE = "handle"  # a social handle: trimmed, without @, lower case
    PLATFORM = "platform"  # one of the contract's platforms
    CURRENCY = "currency"  # ISO 4217, three upper-case letters
    CHOICE = "choice"  # one of the column's choices
    BOOLEAN = "boolean"  # true/false, yes/no, 1/0
    COUNT = "count"  # a whole number >= 0
    INTEGER = "integer"  # a whole number
    MONEY = "money"  # minor units (int64) of the row's currency
    UNIT_MONEY = "unit_money"  # 10^-6 of a currency's main unit (int64), for values per unit
    RATE = "rate"  # parts per million (int64): 0.10 -> 100000
    DECIMAL = "decimal"  # an exact decimal, kept as canonical text
    SHARES = "shares"  # a:0.6;b:0.4 -> 'a:600000;b:400000' (parts per million, sum 1000000)
    ACCOUNT = "account"  # a bank account, kept as a keyed hash (64 hex digits)
    INSTANT = "instant"  # naive UTC with microseconds
    DATE = "date"  # a calendar day


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind: its name in files and tables, how it is read, and what it means."""

    name: str
    type: ColumnType
    key: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    signed: bool = False
    closes: bool = False
    kept: str = ""
    help: str = ""


class Plane(StrEnum):
    """Where the rows of a kind live: the facts engine or the workspace database."""

    FACTS = "facts"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row that can be imported: its columns, natural key and the time it happened."""

    name: str
    columns: tuple[Column, ...]
    plane: Plane
    occurred: str | None
    help: str

    @property
    def key(self) -> tuple[str, ...]:
        """Give the names of the natural key's columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def kept(self) -> tuple[tuple[str, ...], ...]:
        """Give the groups of columns that an update with empty cells leaves as they were."""
        groups: dict[str, list[str]] = {}
        for column in self.columns:
            if column.kept:
                groups.setdefault(column.kept, []).append(column.name)
        return tuple(tuple(names) for names in groups.values())

    def column(self, name: str) -> Column:
        """Give one column by name; KeyError when the kind has no such column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def column(
    kind: ColumnType,
    help: str = "",  # noqa: A002 - the word every command-line and form library uses
    *,
    key: bool = False,
    required: bool = False,
    choices: tuple[str, ...] = (),
    signed: bool = False,
    closes: bool = False,
    kept: str = "",
) -> Any:  # noqa: ANN401 - stands for the field's own type, as dataclasses.field does
    """Describe a dataclass field as a column of a file.

    `signed` lets a number be negative; `closes` makes a bare date mean the end of that day. `kept`
    names a group of columns that say one thing: where an update leaves all of them empty, the cells
    known before stay.
    """
    described = {
        "type": kind,
        "key": key,
        "required": required,
        "choices": choices,
        "signed": signed,
        "closes": closes,
        "kept": kept,
        "help": help,
    }
    default = dataclasses.MISSING if described["required"] else None
    return field(default=default, metadata={"column": described})


def kind_of(noun: type, name: str, plane: Plane, *, occurred: str | None = None) -> Kind:
    """Make the Kind of a noun from its fields; the help is the first line of its docstring.

    A field whose name is a word of Python (`from_`) is called without the underscore in files.
    """
    columns = tuple(
        Column(name=item.name.rstrip("_"), **item.metadata["column"])
        for item in dataclasses.fields(noun)
        if "column" in item.metadata
    )
    return Kind(name, columns, plane, occurred, (noun.__doc__ or "").strip().splitlines()[0])
