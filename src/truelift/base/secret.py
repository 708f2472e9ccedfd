"""A secret: text that no log, traceback, comparison or repr gives away."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """A token or password as it was given; only `reveal` gives its text."""

    _text: str = field(repr=False)

    def __str__(self) -> str:
        """Say that something is here, and nothing of what."""
        return "Secret()"

    def reveal(self) -> str:
        """Give the text, to be hashed or to be shown once."""
        return self._text


def same(first: str, second: str) -> bool:
    """Compare two hashes in a time that does not depend on where they differ."""
    return hmac.compare_digest(first.encode(), second.encode())
