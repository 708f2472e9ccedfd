"""Commands of the running process: serve and worker, and doctor, which looks at one from outside.

Everything else works while they run, through the socket in the workspace's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from truelift.base.errors import CheckFailed, TrueliftError, UsageError
from truelift.cli.elsewhere import Acting, Elsewhere, is_served, run_for_others
from truelift.cli.options import Brand, Form, In, Out, Port, opened, say, show

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[[Sequence[str]], int]
Format = Literal["table", "json", "csv", "parquet"]
Workers = Annotated[int, Parameter(help="Processes that collect; from 2 on beside this one.")]

FirstRun = Annotated[
    bool, Parameter(negative=(), help="Print a code that makes the first admin, at /first-run.")
]

MOST_WORKERS = 64
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def add_to(app: App, run: Run) -> None:
    """Add the commands. run: the command line itself, for commands of other processes."""

    @app.command
    def serve(
        *,
        workspace: In,
        host: str = "127.0.0.1",
        port: Port = 8765,
        workers: Workers = 1,
        brand: Brand = None,
        first_run: FirstRun = False,
    ) -> None:
        """Serve a workspace: pages, API, collector, and what is due; every brand if none is named.

        Served beyond this machine while nobody has a password, it prints the code of --first-run.
        """
        first = first_run or host not in LOOPBACK
        serve_here(workspace, brand, host, port, run, workers=workers, first_run=first)

    @app.command
    def worker(*, workspace: In) -> None:
        """Do what is due without serving pages: take the spool in, book, tidy up."""
        from truelift.app import work  # noqa: PLC0415 - loaded when needed
        from truelift.cli.streams import routing  # noqa: PLC0415 - loaded when needed

        with routing():
            say(f"Working on {workspace} (stop with Ctrl-C)")
            work(workspace, run_for_others(run, _acting()))

    @app.command
    def doctor(
        *,
        workspace: In,
        brand: Brand = None,
        format: Form = "table",  # noqa: A002 - the contract's word
        output: Out = None,
    ) -> int:
        """Look at files, rights, disk, spool, clock and time zone; exit 3 when a check fails."""
        return examine(workspace, brand, format, output)

    @app.command
    def freshness(
        *,
        workspace: In,
        brand: Brand = None,
        format: Form = "table",  # noqa: A002 - the contract's word
        output: Out = None,
    ) -> None:
        """Say when each source was heard of last, by kind."""
        with opened(workspace, brand) as ws:
            show(ws.freshness(), format, output)


def examine(folder: Path, brand: str | None, form: Format, output: Path | None) -> int:
    """Show the checks of a workspace; 3 when one does not hold."""
    try:
        with opened(folder, brand) as ws:
            result = ws.doctor()
    except Elsewhere as held:
        if is_served(folder):
            raise
        msg = f"{held} It answers no commands here."
        raise CheckFailed(msg) from held
    except TrueliftError as error:
        raise CheckFailed(str(error)) from error
    show(result, form, output)
    broken = [row["sentence"] for row in result.rows if not row["holds"]]
    for sentence in broken:
        say(sentence)
    return CheckFailed.exit_code if broken else 0


def serve_here(
    folder: Path,
    brand: str | None,
    host: str,
    port: int,
    run: Run,
    *,
    simulated: bool = False,
    workers: int = 1,
    first_run: bool = False,
) -> None:
    """Serve a workspace in this process until it is stopped."""
    if not 1 <= workers <= MOST_WORKERS:
        msg = f"--workers {workers} cannot be; name between 1 and {MOST_WORKERS} processes."
        raise UsageError(msg)
    from truelift.app import serve  # noqa: PLC0415 - loaded when needed
    from truelift.cli.streams import routing  # noqa: PLC0415 - loaded when needed

    def ready(at: int) -> None:
        say(f"Pages at http://{host}:{at} (stop with Ctrl-C)")

    def first(at: int, code: str) -> None:
        say(f"Nobody has a password yet: http://{host}:{at}/first-run makes the first admin")
        say(f"by this code, once: {code}")

    with routing():
        serve(
            folder,
            brand,
            host,
            port,
            commands=run_for_others(run, _acting()),
            ready=ready,
            simulated=simulated,
            workers=workers,
            first_run=first if first_run else None,
        )


def _acting() -> Acting:
    from truelift.app import acting  # noqa: PLC0415 - loaded when needed

    return acting
