"""Places: where a workspace keeps what has outgrown its folder, and which engine thinks for it.

In:   `workspace.toml` in the workspace's folder; without one everything lies in the folder.
Out:  Places.

A password stands in no file of ours: the database's own ways (PGPASSWORD, a password file) and the
object store's (AWS_ACCESS_KEY_ID, ...) are read by their libraries.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from truelift.base.errors import UsageError

FILE = "workspace.toml"
EMBEDDED = "duckdb"
ENGINES = ("spark://", "sc://", "local[")
"""What the name of another engine may begin with; `local[2]` is Spark in this process."""

_SIZE = re.compile(r"[1-9][0-9]{0,5} ?[MG]B")


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie.

    database: address of a PostgreSQL database; None for the file in the folder. lake: where the
    Delta tables are, a folder or an address; None for none. engine: what answers heavy questions.
    node: the name under which this folder seals its segments into the lake. memory, spill: what a
    question may take of this machine's memory, and of its disk when that is not enough.
    """

    database: str | None = None
    lake: str | None = None
    engine: str = EMBEDDED
    node: str = "main"
    memory: str = "4GB"
    spill: str = "16GB"

    @property
    def outgrown(self) -> bool:
        """Say whether another engine than the embedded one answers heavy questions."""
        return self.engine != EMBEDDED


def read(folder: Path) -> Places:
    """Read where a workspace keeps things; UsageError for a file that says what cannot be."""
    path = folder / FILE
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Places()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path} cannot be read: {error}."
        raise UsageError(msg) from error
    named = checked(told, str(path))
    if named.lake is None or "://" in named.lake:
        return named
    return replace(named, lake=str((folder / named.lake).resolve()))  # the folder's, not a shell's


def checked(told: dict[str, Any], where: str) -> Places:
    """Make Places of words; UsageError for one that is unknown or cannot be."""
    known = {field.name for field in fields(Places)}
    for name, value in told.items():
        if name not in known or not isinstance(value, str) or not value.strip():
            words = ", ".join(sorted(known))
            msg = f"{where} has {name}; it takes {words}, each with a text in quotes."
            raise UsageError(msg)
    places = Places(**told)
    try:
        password = None if places.database is None else urlsplit(places.database).password
        _ = places.database is None or urlsplit(places.database).port
    except ValueError as error:
        msg = f"{where} has a database that cannot be ({error}); write postgresql://host/name."
        raise UsageError(msg) from error
    if password:
        msg = f"{where} has a password in its database; leave it to PGPASSWORD or a password file."
        raise UsageError(msg)
    for name, size in (("memory", places.memory), ("spill", places.spill)):
        if _SIZE.fullmatch(size) is None:
            msg = f"{where} has {name} = {size!r}; write a whole number of MB or GB, as in 8GB."
            raise UsageError(msg)
    if places.outgrown and not places.engine.startswith(ENGINES):
        msg = f"{where} names an engine that is none; it takes duckdb, spark://… or sc://…."
        raise UsageError(msg)
    if places.outgrown and places.lake is None:
        msg = f"{where} names an engine but no lake for it to read; add lake = …."
        raise UsageError(msg)
    return places


def of_address(address: str, lake: str | None, engine: str) -> Places:
    """Make the places of a workspace that is read by its database's address, without a folder."""
    told = {"database": address, "engine": engine}
    if lake is not None:
        told["lake"] = lake if "://" in lake else str(Path(lake).resolve())
    return checked(told, "truelift.open")


def write(folder: Path, places: Places) -> None:
    """Write where a workspace keeps things; the file is whole or not there."""
    plain = asdict(Places())
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"  # TOML's basic strings are JSON's
        for name, value in asdict(places).items()
        if value != plain[name]
    ]
    unfinished = folder / f"{FILE}.writing"
    unfinished.write_text("".join(lines), encoding="utf-8")
    unfinished.replace(folder / FILE)
