"""Config: every setting, with its name in the environment, its default and what it does.

In:   the environment, handed in.
Out:  frozen Settings.
Must not: be read anywhere but in the composition root.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from truelift.base.errors import UsageError
from truelift.base.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_MEBIBYTES = 100_000
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting; each field names its variable and says what it does."""

    demo_serve: bool = field(
        default=True,
        metadata={
            "variable": "DEMO_SERVE",
            "help": "1 leaves the demo's pages served on a local port; 0 prints and exits",
        },
    )
    token: Secret | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_TOKEN",
            "help": "a token of `truelift user token`: commands act as its person; without one "
            "they act as the local owner",
        },
    )
    apart: bool | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_APART",
            "help": "1 lets `truelift serve` and `truelift worker` think of books and alerts in a "
            "process of their own, 0 in the serving one; without it, from 300,000 facts on",
        },
    )
    largest_upload: int = field(
        default=256,
        metadata={
            "variable": "TRUELIFT_LARGEST_UPLOAD",
            "help": "the largest file that the page for uploads takes, in MiB",
        },
    )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings; UsageError when a value is not one of the words a setting takes."""
    found: dict[str, Any] = {}
    for setting in fields(Settings):
        variable = setting.metadata["variable"]
        text = environment.get(variable, "").strip()
        if text:
            found[setting.name] = _READERS.get(setting.name, _switch)(variable, text)
    return Settings(**found)


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in _WORDS:
        msg = f"{variable} is {text.lower()!r}; it takes {', '.join(_WORDS)}."
        raise UsageError(msg)
    return _WORDS[text.lower()]


def _secret(_variable: str, text: str) -> Secret:
    return Secret(text)


def _mebibytes(variable: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_MEBIBYTES:
        msg = f"{variable} is {text!r}; it takes a number of MiB from 1 to {MOST_MEBIBYTES}."
        raise UsageError(msg)
    return int(text)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "token": _secret, "largest_upload": _mebibytes,
}  # fmt: skip
"""How a setting is read that is no switch."""
