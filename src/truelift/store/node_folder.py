"""A node's folder: its spool, who it is, and how far its spool is in the lake.

In:   a folder of its own, and a name for the node.
Out:  the same identity at every start; a place in the spool that survives a crash at any instant.

Before rows are appended to the lake, it is written down which number will hold them and up to
where: after a crash the lake is asked whether it holds that number, and neither a row is lost nor
one is appended twice.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from truelift.base.errors import TrueliftError, UsageError
from truelift.store.private_files import OWNER_ONLY

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
        known = _read(folder / IDENTITY)
        self.name = str(known.get("node") or name or folder.resolve().name)
        if name not in {None, self.name}:
            msg = f"{folder} is the folder of node {self.name}; {name} takes a folder of its own."
            raise UsageError(msg)
        if not is_name(self.name):
            msg = (
                f"A node cannot be called {self.name!r}: up to 30 small letters, digits and "
                "hyphens, and not serve, main or worker-1; name it with --node."
            )
            raise UsageError(msg)
        self.incarnation = str(known.get("incarnation") or secrets.token_hex(8))
        folder.mkdir(parents=True, exist_ok=True)
        if not known:
            _write(folder / IDENTITY, {"node": self.name, "incarnation": self.incarnation})
        self.progress = _progress(_read(folder / PROGRESS))

    @property
    def spool(self) -> Path:
        """Give the folder of its spool, as `store.spool` takes it."""
        return self.folder / "spool"

    def keep(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Progress
        """Write down how far the spool is in the lake; it is on disk on return."""
        progress = replace(self.progress, **changes)
        _write(self.folder / PROGRESS, asdict(progress))
        self.progress = progress


def is_name(text: str) -> bool:
    """Say whether a node can be called so."""
    return bool(NAME.fullmatch(text)) and not _OURS.fullmatch(text)


def _progress(told: dict[str, Any]) -> Progress:
    if not told:
        return Progress()
    marks = {
        name: None if told[name] is None else Mark(**told[name])
        for name in ("mark", "next", "gone")
    }
    return Progress(**told | marks)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        msg = (
            f"{path} is damaged. Hits in the spool beside it are whole: restore the file from a "
            "backup, or let them be taken in under another node's name."
        )
        raise TrueliftError(msg)
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write a file whole; what a crash leaves is the old one or the new one."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
