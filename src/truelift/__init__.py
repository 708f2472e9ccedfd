"""Truelift: what creator campaigns really return, while they run, tied to the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truelift.app import open_workspace as open  # noqa: A004 - the contract's name

__version__ = "0.1.0"

__all__ = ["__version__", "open"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - stands for whatever the name is
    """Load the Python door when it is first asked for, so that importing the package is cheap."""
    if name == "open":
        from truelift.app import open_workspace  # noqa: PLC0415 - loaded when asked for

        return open_workspace
    msg = f"module 'truelift' has no attribute {name!r}"
    raise AttributeError(msg)
