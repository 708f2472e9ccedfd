"""The composition root: puts stores, operations and doors together. The only place that knows all.

In:   a workspace folder, a brand, who acts.
Out:  an opened Workspace (the Python door), which the command line and the pages use too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from truelift.base.errors import UsageError
from truelift.base.money import is_currency
from truelift.ledger.accounting_calendar import MONTHS, AccountingCalendar
from truelift.operations import demonstrate as demonstration
from truelift.store import ground
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.workspace import Workspace


class SystemClock:
    """Tells the machine's time as naive UTC."""

    def now(self) -> dt.datetime:
        """Give the present."""
        return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def brand_record(
    brand: str,
    currency: str,
    timezone: str,
    entity: str | None = None,
    calendar: str = MONTHS,
) -> BrandRecord:
    """Check and make the record of a brand; UsageError for a currency, zone or calendar of none."""
    if not is_currency(currency):
        msg = f"--currency {currency} is not an ISO 4217 code; use three letters such as USD."
        raise UsageError(msg)
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        msg = f"--timezone {timezone} is not known; use an IANA name such as America/New_York."
        raise UsageError(msg) from None
    try:
        AccountingCalendar.parse(calendar)
    except ValueError as error:
        msg = f"--calendar {calendar} cannot be used: {error}."
        raise UsageError(msg) from None
    return BrandRecord(brand, brand, currency, timezone, entity or brand, calendar)


def create(folder: Path, record: BrandRecord, now: dt.datetime | None = None) -> str:
    """Make a workspace folder with its first brand; give the workspace's id."""
    return ground.create(folder, record, now or SystemClock().now())


@contextlib.contextmanager
def opened(folder: Path, brand: str | None = None) -> Iterator[Workspace]:
    """Open a workspace for one brand; it is closed at the end."""
    with ground.opened(folder, brand, SystemClock(), person()) as base:
        yield Workspace(base)


def open_workspace(path: str | Path, brand: str | None = None) -> Workspace:
    """Open a workspace for a program or notebook; close it with `close()` or use it in `with`."""
    stack = contextlib.ExitStack()
    base = stack.enter_context(ground.opened(Path(path), brand, SystemClock(), person()))
    return Workspace(base, stack)


def add_brand(folder: Path, record: BrandRecord) -> None:
    """Add a brand to a workspace."""
    ground.add_brand(folder, record, SystemClock().now())


def rebuild(folder: Path) -> int:
    """Make the facts file again from its segments; give how many there are."""
    return ground.rebuild(folder)


def demonstrate(folder: Path, seed: int, progress: Callable[[str], None]) -> None:
    """Build the sample programme's workspace."""
    demonstration.demonstrate(folder, seed=seed, progress=progress)


def sample_truth(folder: Path) -> dict[str, Any]:
    """Read the sample programme's truth."""
    return demonstration.truth(folder)


def serve(folder: Path, brand: str | None, host: str, port: int) -> None:
    """Serve the pages of a workspace until stopped."""
    from truelift.web.pages import run  # noqa: PLC0415 - the web extra is loaded when it serves

    with opened(folder, brand) as ws:
        run(ws, host, port)


def person() -> str:
    """Name who acts: the local owner, as the machine calls them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
