"""Figure ids: every printed figure names itself, so that it can be explained later.

An id holds all that the figure depends on besides the facts: `name;key=value;...`. It is stable:
the same figure of the same report has the same id on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from truelift.base.errors import UsageError

_ESCAPES = (("%", "%25"), (";", "%3B"), ("=", "%3D"), (" ", "%20"))


def figure_id(name: str, parts: Mapping[str, str | None]) -> str:
    """Write the id of a figure; parts that are None are left out."""
    words = [f"{key}={_escape(value)}" for key, value in sorted(parts.items()) if value is not None]
    return ";".join([name, *words])


def parse_figure_id(text: str) -> tuple[str, dict[str, str]]:
    """Read an id back; UsageError when it is none."""
    name, *words = text.split(";")
    parts = dict(word.split("=", 1) for word in words if "=" in word)
    if not name or len(parts) != len(words) or not parts:
        msg = f"{text!r} is not a figure id; copy one from a report in its JSON form."
        raise UsageError(msg)
    return name, {key: _unescape(value) for key, value in parts.items()}


def _escape(text: str) -> str:
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _unescape(text: str) -> str:
    for plain, escaped in reversed(_ESCAPES):
        text = text.replace(escaped, plain)
    return text
