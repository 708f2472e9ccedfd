"""The composition root: puts stores, operations and doors together. The only place that knows all.

In:   a workspace folder, a brand, who acts.
Out:  an opened Workspace (the Python door), which the command line and the pages use too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from truelift.base.errors import UsageError
from truelift.base.money import is_currency
from truelift.base.secret import Secret
from truelift.catalog.permission import Action
from truelift.config import settings_from
from truelift.ledger.accounting_calendar import MONTHS, AccountingCalendar
from truelift.operations import demonstrate as demonstration
from truelift.operations import desk
from truelift.operations.recompute import recompute
from truelift.store import ground
from truelift.store import workspace_database as records
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.people import People
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
    with ground.opened(folder, brand, SystemClock(), person(), given_token()) as base:
        yield Workspace(base)


def open_workspace(
    path: str | Path, brand: str | None = None, token: str | None = None
) -> Workspace:
    """Open a workspace for a program or notebook; close it with `close()` or use it in `with`.

    token: whose person acts; what TRUELIFT_TOKEN holds when none is given, else the local owner.
    """
    stack = contextlib.ExitStack()
    given = Secret(token) if token else given_token()
    base = stack.enter_context(ground.opened(Path(path), brand, SystemClock(), person(), given))
    return Workspace(base, stack)


@contextlib.contextmanager
def people_of(folder: Path) -> Iterator[People]:
    """Open a workspace's people: users, roles, tokens, passwords."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        yield People(base)


def add_brand(folder: Path, record: BrandRecord) -> None:
    """Add a brand to a workspace."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        desk.add_brand(base, record)


def rebuild(folder: Path) -> int:
    """Make the facts file again from its segments, and what is kept; give how many there are."""
    with ground.desk(folder, SystemClock(), person(), given_token()) as base:
        desk.require_everywhere(base, Action.MANAGE_BRANDS, "rebuild")
        with base.workspace.transaction() as connection:
            brands = [record.brand for record in records.brands(connection)]
    count = ground.rebuild(folder)
    for brand in brands:
        with ground.opened(folder, brand, SystemClock(), person(), given_token()) as base:
            recompute(base)
    return count


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
    """Name who acts: the local owner, as the machine knows them.

    The account of the process comes first, not $LOGNAME or $USER: setting a variable must not make
    a second person who approves what the first one prepared.
    """
    try:
        import pwd  # noqa: PLC0415 - not on every system

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        pass
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"


def given_token() -> Secret | None:
    """Give the token that this process was started with, if any."""
    return settings_from(os.environ).token
