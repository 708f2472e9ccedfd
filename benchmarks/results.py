"""RESULTS.md: each benchmark writes its own part and leaves the others as they are.

In:   the name of a part and its lines.
Out:  the file with that part replaced; the run's versions, cores and time of measuring in its head.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).with_name("RESULTS.md")
PARTS = (
    "lift",
    "speed",
    "campaigns",
    "ledger",
    "close",
    "closure",
    "live",
    "hotpath",
    "forecast",
    "reallocation",
    "leaks",
    "alerts",
    "shortlist",
    "invariants",
    "seeds",
)
_OURS = ("truelift", "numpy", "scipy", "duckdb")
_HEAD = """# Measured

Written by `make bench` (lift, speed, campaigns, journal, shortlist, hot path) and `make soak`
(sample programme, the journal's invariants). Times are of the machine that ran it, loaded as it
was; ratios hold within a run, seconds between runs do not.
"""


def write_part(part: str, lines: Sequence[str]) -> None:
    """Replace one part of RESULTS.md."""
    kept = dict.fromkeys(PARTS, "")
    if RESULTS.exists():
        text = RESULTS.read_text(encoding="utf-8")
        kept |= dict(re.findall(r"<!-- (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL))
    kept[part] = "\n".join([*lines, ""])
    bodies = [f"<!-- {name} -->\n{body}<!-- end -->\n" for name, body in kept.items() if body]
    RESULTS.write_text("\n".join([_HEAD, *bodies]), encoding="utf-8")


def circumstances() -> str:
    """Say what ran and on what."""
    versions = ", ".join(f"{name} {version(name)}" for name in _OURS)
    today = dt.datetime.now(dt.UTC).date()
    return (
        f"Measured on {today} with Python {platform.python_version()}, {versions}, on "
        f"{os.cpu_count()} cores."
    )


def paragraph(text: str) -> list[str]:
    """Break a paragraph into lines, an empty one after it."""
    return [*textwrap.wrap(text, 98), ""]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a Markdown table."""
    return [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
