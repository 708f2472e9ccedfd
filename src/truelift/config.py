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
MOST_DAYS = 36_500
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
    https: bool = field(
        default=False,
        metadata={
            "variable": "TRUELIFT_HTTPS",
            "help": "1 says that browsers reach the pages by https only, through a server in "
            "front: cookies are then secure and bound to this host; no header is believed for it",
        },
    )
    oidc_issuer: str | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_OIDC_ISSUER",
            "help": "address of an OpenID Connect provider: people whose verified e-mail address "
            "stands here may sign in by it; it needs a client id and secret, and makes nobody",
        },
    )
    oidc_client_id: str | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_OIDC_CLIENT_ID",
            "help": "the name under which that provider knows this server",
        },
    )
    oidc_client_secret: Secret | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_OIDC_CLIENT_SECRET",
            "help": "the secret that goes with it",
        },
    )
    oidc_client_secret_file: str | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_OIDC_CLIENT_SECRET_FILE",
            "help": "a file that holds the secret instead, so that it stands in no environment",
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
    node_token: Secret | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_NODE_TOKEN",
            "help": "a secret that collector nodes and the worker share; without it one stands in "
            "the workspace's folder, which is enough where all of them use that folder",
        },
    )
    keep_hits_days: int | None = field(
        default=None,
        metadata={
            "variable": "TRUELIFT_KEEP_HITS_DAYS",
            "help": "how many days hits of nodes stay in the lake after they were taken in; 7 "
            "without it",
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
            found[setting.name] = _READ.get(str(setting.type), _switch)(variable, text)
    return Settings(**found)


def _secret(_variable: str, text: str) -> Secret:
    return Secret(text)


def _text(_variable: str, text: str) -> str:
    return text


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in _WORDS:
        msg = f"{variable} is {text.lower()!r}; it takes {', '.join(_WORDS)}."
        raise UsageError(msg)
    return _WORDS[text.lower()]


def _mebibytes(variable: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_MEBIBYTES:
        msg = f"{variable} is {text!r}; it takes a number of MiB from 1 to {MOST_MEBIBYTES}."
        raise UsageError(msg)
    return int(text)


def _days(variable: str, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        msg = f"{variable} is {text!r}; it takes a number of days from 1 to {MOST_DAYS}."
        raise UsageError(msg)
    return int(text)


_READ: dict[str, Callable[[str, str], Any]] = {
    "Secret | None": _secret, "str | None": _text, "int": _mebibytes,
    "int | None": _days,
}  # fmt: skip
"""How the text of a variable is read, by the type of its setting; a switch where none stands."""
