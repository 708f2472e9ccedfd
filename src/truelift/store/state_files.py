"""State files: what a process must know of itself after a crash or a restart, in JSON.

In:   a path; an object of JSON.
Out:  the same again, safe before the call returns; a crash leaves the old file or the new one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from truelift.store.private_files import OWNER_ONLY


def read(path: Path) -> dict[str, Any] | None:
    """Give what a file holds, None where there is none; ValueError for one that is damaged."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, dict):
        msg = "it holds no object"
        raise ValueError(msg)  # noqa: TRY004 - of a file, whose every fault is one of its value
    return found


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a file whole; it is on disk on return."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def amiss(error: Exception) -> str:
    """Say what is wrong with a file by what was raised over it."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def text(told: Any) -> str:  # noqa: ANN401 - whatever stands in a file
    """Give a text; ValueError for anything else."""
    if not isinstance(told, str):
        msg = f"{told!r} is no text"
        raise ValueError(msg)  # noqa: TRY004 - as above
    return told


def count(told: Any) -> int:  # noqa: ANN401 - as above
    """Give a whole number from nought on; ValueError for anything else, as a text of digits."""
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        msg = f"{told!r} is no count"
        raise ValueError(msg)
    return told
