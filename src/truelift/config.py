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
    from collections.abc import Mapping

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


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings; UsageError when a value is not one of the words a setting takes."""
    found: dict[str, Any] = {}
    for setting in fields(Settings):
        variable = setting.metadata["variable"]
        text = environment.get(variable, "").strip()
        if text:
            found[setting.name] = (
                Secret(text) if setting.name == "token" else _switch(variable, text)
            )
    return Settings(**found)


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in _WORDS:
        msg = f"{variable} is {text.lower()!r}; it takes {', '.join(_WORDS)}."
        raise UsageError(msg)
    return _WORDS[text.lower()]
