"""Private files: small JSON files that only the owner of the workspace may read.

In:   the workspace's folder `private`; a name; what is to be kept.
Out:  the same again. Written whole under a lock, safe before the call returns.

What is kept here is never in the database, a log or an export: the secrets of webhooks, and the
visitors' salts of today and yesterday. Nothing seals it yet but the rights of the file (mode 600).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from truelift.base.errors import TrueliftError

FOLDER = "private"
OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700


def read(folder: Path, name: str) -> dict[str, Any]:
    """Read a file of a workspace; empty when there is none."""
    path = folder / FOLDER / name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        msg = f"{path} is damaged; restore it from a backup, or remove it and enter its secrets."
        raise TrueliftError(msg)
    return found


@contextlib.contextmanager
def changing(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Give a file's content to be changed; it is written when the block ends well.

    Others who change it wait. What was written before is overwritten and removed.
    """
    home = folder / FOLDER
    home.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    with _locked(home / f"{name}.lock"):
        content = read(folder, name)
        before = json.dumps(content)
        yield content
        if json.dumps(content) != before or not (home / name).exists():
            _write(home / name, content)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as old:
        old.write(b"\0" * path.stat().st_size)
        old.flush()
        os.fsync(old.fileno())
    fresh.replace(path)
