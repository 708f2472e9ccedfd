"""Progress on stderr: a bar for work over a second, nothing when stderr is no terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from truelift.cli.streams import own


@contextlib.contextmanager
def row_progress() -> Iterator[Callable[[str, int], None]]:
    """Show the file being read and how many rows have been read so far."""
    if not sys.stderr.isatty():
        yield lambda _name, _rows: None
        return
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} rows"))
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=Console(file=own(sys.stderr)),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda name, rows: bar.update(task, description=name, advance=rows)


@contextlib.contextmanager
def step_progress() -> Iterator[Callable[[str], None]]:
    """Print each step of a long run on stderr."""
    yield lambda words: print(words, file=sys.stderr)  # noqa: T201 - progress is for people
