"""A node's folder: its spool, who it is, and how far its spool is in the lake.

In:   a folder of its own, and a name for the node.
Out:  the same identity at every start; a place in the spool that survives a crash at any instant.

Before rows are appended to the lake, it is written down which number will hold them and up to
where: after a crash the lake is asked whether it holds that number, and neither a row is lost nor
one is appended twice.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from truelift.base.errors import TrueliftError, UsageError
from truelift.store import state_files

T = TypeVar("T")

IDENTITY, PROGRESS = "node.json", "sealing.json"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
"""Names of nodes; a name stands in the lake, in offsets and as a folder of the worker."""

_OURS = re.compile(r"serve|main|worker-[0-9]+")
"""Names of spools of a workspace's own processes."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Everything before a byte of a segment; no segment is before all of them."""

    segment: str = ""
    byte: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a spool is in the lake.

    number: of the last append that is known to be in the lake, up to the mark. next: what the next
    number will hold, written before it is appended. ends: by segment that was read to its end, the
    byte after its last frame. gone: that of the youngest segment that was deleted.
    """

    number: int = 0
    mark: Mark = Mark()
    next: Mark | None = None
    ends: Mapping[str, int] = field(default_factory=dict)
    gone: Mark = Mark()


class NodeFolder:
    """The folder of one node. Progress is changed by one thread; others read it."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        """Open or make it; UsageError when it is another node's, or a workspace that is served."""
        if (folder / "facts.duckdb").exists():
            msg = f"{folder} is a workspace with facts; a node takes a folder of its own."
            raise UsageError(msg)
        self.folder = folder
        known = _known(folder / IDENTITY, _identity) or {}
        self.name = known.get("node") or name or folder.resolve().name
        if name not in {None, self.name}:
            msg = f"{folder} is the folder of node {self.name}; {name} takes a folder of its own."
            raise UsageError(msg)
        if not is_name(self.name):
            msg = (
                f"A node cannot be called {self.name!r}: up to 30 small letters, digits and "
                "hyphens, and not serve, main or worker-1; name it with --node."
            )
            raise UsageError(msg)
        self.incarnation = known.get("incarnation") or secrets.token_hex(8)
        folder.mkdir(parents=True, exist_ok=True)
        if not known:
            state_files.write(
                folder / IDENTITY, {"node": self.name, "incarnation": self.incarnation}
            )
        self.progress = _known(folder / PROGRESS, _progress) or Progress()

    @property
    def spool(self) -> Path:
        """Give the folder of its spool, as `store.spool` takes it."""
        return self.folder / "spool"

    def keep(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Progress
        """Write down how far the spool is in the lake; it is on disk on return."""
        progress = replace(self.progress, **changes)
        state_files.write(self.folder / PROGRESS, asdict(progress))
        self.progress = progress


def is_name(text: str) -> bool:
    """Say whether a node can be called so."""
    return bool(NAME.fullmatch(text)) and not _OURS.fullmatch(text)


def _identity(told: dict[str, Any]) -> dict[str, str]:
    return {name: state_files.text(told[name]) for name in ("node", "incarnation")}


def _progress(told: dict[str, Any]) -> Progress:
    unknown = sorted(told.keys() - {each.name for each in fields(Progress)})
    if unknown:
        msg = f"a newer Truelift wrote it, with {', '.join(unknown)}"
        raise ValueError(msg)
    return Progress(
        state_files.count(told["number"]),
        _mark(told["mark"]),
        None if told["next"] is None else _mark(told["next"]),
        {name: state_files.count(byte) for name, byte in dict(told["ends"]).items()},
        _mark(told["gone"]),
    )


def _mark(told: dict[str, Any]) -> Mark:
    return Mark(state_files.text(told["segment"]), state_files.count(told["byte"]))


def _known(path: Path, made: Callable[[dict[str, Any]], T]) -> T | None:
    """Give what a file says, None where there is none; it is never guessed."""
    try:
        found = state_files.read(path)
        return None if found is None else made(found)
    except (ValueError, TypeError, KeyError) as error:
        msg = (
            f"{path} is damaged ({state_files.amiss(error)}). Hits in the spool beside it are "
            "whole: restore the file from a backup, or let them be taken in under another node's "
            "name."
        )
        raise TrueliftError(msg) from error
