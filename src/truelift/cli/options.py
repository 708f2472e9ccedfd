"""What commands share: the types of their options, opening a workspace, showing a result.

Data goes to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from truelift.base.errors import WorkspaceHeld
from truelift.cli.elsewhere import Elsewhere, is_served

if TYPE_CHECKING:
    from truelift.workspace.result import Result
    from truelift.workspace.workspace import Workspace

In = Annotated[Path, Parameter(name=["--workspace", "-w"], help="Folder of the workspace.")]
Brand = Annotated[str | None, Parameter(name="--brand", help="Brand, when there are several.")]
Form = Annotated[
    Literal["table", "json", "csv", "parquet"],
    Parameter(name="--format", help="table, json, csv or parquet (parquet needs -o)."),
]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="File instead of stdout.")]
Day = Annotated[str | None, Parameter(help="2026-05-31 (its end) or 2026-05-31T14:00, brand zone.")]
Campaign = Annotated[str | None, Parameter(help="Only this campaign.")]
Creator = Annotated[str | None, Parameter(help="Only this creator.")]
Month = Annotated[str | None, Parameter(help="Only this accounting period, such as 2026-05.")]
ModelName = Annotated[
    str,
    Parameter(
        help="code-first, last, first, linear, time-decay, position, markov or shapley.",
    ),
]
Limit = Annotated[int | None, Parameter(help="At most this many rows.")]
KnownAt = Annotated[str | None, Parameter(help="As the data were known at this time.")]
Currency = Annotated[str, Parameter(help="Reporting currency, ISO 4217.")]
Zone = Annotated[str, Parameter(help="Reporting time zone, IANA name.")]
Entity = Annotated[str | None, Parameter(help="Legal entity; the brand itself by default.")]
Calendar = Annotated[
    str, Parameter(help="Accounting calendar: months, 4-4-5, or 4-4-5:02-01:sunday (its year).")
]
Port = Annotated[int, Parameter(help="Local port of the pages.")]
Platform = Annotated[str | None, Parameter(help="Only this platform.")]
Metric = Annotated[str | None, Parameter(help="Only this metric.")]

_PARTIAL: ContextVar[tuple[str, ...]] = ContextVar("partial", default=())
"""What the figures of the opened workspace lack: nodes, or what only its owner has."""

SHOWN = 20
"""How many refused rows or sentences are printed before the rest is only counted."""


@contextlib.contextmanager
def opened(folder: Path, brand: str | None) -> Iterator[Workspace]:
    """Open a workspace for a command, and say afterwards what is in no cost yet."""
    if is_served(folder):
        msg = f"{folder} is served by another process, which does not run this command."
        raise Elsewhere(folder, msg)

    from truelift.app import opened  # noqa: PLC0415 - loaded when needed

    with contextlib.ExitStack() as stack:
        _PARTIAL.set(())
        try:
            ws = stack.enter_context(opened(folder, brand))
        except WorkspaceHeld as held:
            raise Elsewhere(folder, str(held)) from held
        if ws.simulated is not None:
            say(f"Simulated clock: {ws.simulated} UTC")
        _PARTIAL.set(tuple(ws.partial))
        for sentence in _PARTIAL.get():
            say(sentence)
        yield ws
        for sentence in ws.unbooked[:SHOWN]:
            say(f"Not in any cost yet: {sentence}")


def show(
    result: Result, form: Literal["table", "json", "csv", "parquet"], output: Path | None
) -> None:
    """Write a result in a format to a file, or to stdout."""
    from truelift.cli import render  # noqa: PLC0415 - loaded when needed

    partial = _PARTIAL.get()
    if partial:  # whoever reads only what stands in the file is told too
        result = replace(result, data={**result.data, "partial": list(partial)})
    render.show(result, form, output)


def say(sentence: str) -> None:
    """Tell the person something that is no data: stderr."""
    sys.stderr.write(f"{sentence}\n")
