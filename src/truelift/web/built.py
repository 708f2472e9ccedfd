"""Built: the scripts and styles that the package brings along, under names that change with them.

In:   the folder that the front-end build filled (hatch_build.py), and its manifest.
Out:  addresses for pages to name, and the bytes and kind of each file; browsers may keep them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from truelift.base.errors import TrueliftError

KINDS = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain",
}  # fmt: skip
"""What a file is, by the end of its name."""

PREFIX = "/static/"
THIRD_PARTY = "THIRD_PARTY.txt"
"""Names the packages whose code is in the bundles, with their licences."""


class NotBuilt(TrueliftError):
    """The front end was not built where the package runs from its sources."""


@cache
def manifest() -> Mapping[str, Any]:
    """Read the names and the hashes of what was built."""
    try:
        text = (_folder() / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        msg = (
            "The scripts and styles of the pages are not built. "
            "Run `make` (or `python hatch_build.py`) in the project's folder."
        )
        raise NotBuilt(msg) from None
    found: dict[str, Any] = json.loads(text)
    return found


def static_names() -> list[str]:
    """Name every file that is served."""
    return [*manifest()["sha256"], THIRD_PARTY]


def static_path(name: str) -> str:
    """Write the address of a file by the name that it has in the sources."""
    return f"{PREFIX}{manifest()['names'][name]}"


@cache
def static_file(name: str) -> bytes:
    """Read a file by the name that it is served under."""
    content: bytes = (_folder() / name).read_bytes()
    return content


@cache
def packed_file(name: str) -> bytes:
    """Give a file as most browsers ask for it: packed once, not for everybody anew."""
    return gzip.compress(static_file(name), mtime=0)


def kind(name: str) -> str:
    """Say what a file is."""
    return KINDS[PurePath(name).suffix]


def _folder() -> Any:  # noqa: ANN401 - a folder of the package, or of a zip of it
    return files("truelift.web").joinpath("static", "built")
