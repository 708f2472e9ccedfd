"""Config: every setting, with its name in the environment, its default and what it does.

In:   the environment, handed in.
Out:  frozen Settings.
Must not: be read anywhere but in the composition root.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from truelift.base.errors import UsageError

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


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings; UsageError when a value is not one of the words a setting takes."""
    found = {}
    for setting in fields(Settings):
        variable = setting.metadata["variable"]
        text = environment.get(variable, "").strip().lower()
        if text and text not in _WORDS:
            msg = f"{variable} is {text!r}; it takes {', '.join(_WORDS)}."
            raise UsageError(msg)
        if text:
            found[setting.name] = _WORDS[text]
    return Settings(**found)
