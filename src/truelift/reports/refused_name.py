"""Refused name: the short name of a row in quarantine, by which pages and records mean it.

In:   a row of the quarantine as it is listed.
Out:  16 hex digits, the same wherever the row is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truelift.base.ids import content_hash

LENGTH = 16
_PARTS = ("source_file", "line", "column", "kind", "recorded_at")


def refused_name(row: Mapping[str, Any]) -> str:
    """Name a row by where it stood, what is off, and when it was refused."""
    return content_hash([str(row[part]) for part in _PARTS])[:LENGTH]
