"""How long the close of a month with 10,000 deliverables takes, from the first command to the lock.

In:   drawn agreements of twenty deliverables each, all live in one month, half of them invoiced,
      a tenth in another currency; two people.
Out:  the `close` part of RESULTS.md: seconds of importing and booking, preparing, approving, pack.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import truelift
from benchmarks.results import circumstances, paragraph, table
from truelift.app import create, people_of
from truelift.operations.brands import brand_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MONTH = "2026-05"
FIRST = dt.date(2026, 5, 1)
DELIVERABLES = 10_000
EACH = 20
CREATORS = 250
CAMPAIGNS = 10
AT_MOST = 60.0


def written(folder: Path, kind: str, titles: str, rows: Iterable[Sequence[object]]) -> None:
    """Write rows of a kind as the CSV that an import reads."""
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target)
        lines.writerow(titles.split(","))
        lines.writerows(rows)


def draw(folder: Path, count: int) -> None:
    """Draw the month's agreements, deliverables and invoices."""
    drawn = random.Random(5)  # noqa: S311 - figures for a benchmark
    folder.mkdir()
    campaigns = [f"campaign-{number}" for number in range(CAMPAIGNS)]
    written(
        folder, "campaigns", "campaign,name,goal,starts,ends,budget,currency",
        [(name, name, "sales", FIRST, "2026-06-14", "500000.00", "USD") for name in campaigns],
    )  # fmt: skip
    signed, work, costs = [], [], []
    for number in range(count // EACH):
        agreement, creator = f"agreement-{number}", f"creator-{number % CREATORS}"
        campaign = campaigns[number % CAMPAIGNS]
        currency = "USD" if number % 10 else "EUR"
        prices = [drawn.randrange(10_000, 90_000) for _ in range(EACH)]
        fee = f"{sum(prices) / 100:.2f}"
        signed.append((agreement, campaign, creator, fee, currency, FIRST, "deliverables"))
        for each, price in enumerate(prices):
            name = f"{agreement}/{each}"
            live = FIRST + dt.timedelta(days=drawn.randrange(31))
            work.append((name, agreement, f"{price / 100:.2f}", f"{live}T12:00:00Z"))
            if number % 2:
                document = (f"invoice-{name}", "invoiced", live, creator, campaign)
                costs.append((*document, agreement, name, "fee", f"{price / 100:.2f}", currency))
    costs.append(("tool", "invoiced", "2026-06-02", None, None, None, None, "agency", "50", "USD"))
    written(folder, "agreements", "agreement,campaign,creator,fee,currency,signed_on,kind", signed)
    written(folder, "deliverables", "deliverable,agreement,price,live_at", work)
    written(
        folder, "costs",
        "document,state,date,creator,campaign,agreement,deliverable,type,amount,currency", costs,
    )  # fmt: skip


def close_month(count: int = DELIVERABLES) -> dict[str, float]:
    """Close the month; give the seconds of each step."""
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        found[name] = time.perf_counter() - start

    with tempfile.TemporaryDirectory(prefix="truelift-close-") as name:
        place = Path(name)
        draw(place / "files", count)
        create(place / "ws", brand_record("acme", "USD", "UTC"))
        with people_of(place / "ws") as people:
            people.add("kim", "approver")
            token = people.token("kim").reveal()
        with truelift.open(place / "ws") as ws:
            timed("import and book", lambda: ws.import_files([place / "files"]))
            timed("prepare", lambda: ws.close_prepare(MONTH))
        with truelift.open(place / "ws", token=token) as ws:
            timed("approve", lambda: ws.close_approve(MONTH))
        with truelift.open(place / "ws") as ws:
            timed("pack", lambda: ws.close_pack(MONTH, place / "pack"))
            found["entries"] = ws.close_status().rows[-1]["entries"]
    return found


def close_lines(count: int = DELIVERABLES) -> list[str]:
    """Measure the close; give the part of RESULTS.md."""
    found = close_month(count)
    entries = found.pop("entries")
    return [
        "## The close of a month",
        "",
        *paragraph(
            f"{circumstances()} {count:,} deliverables live in one month, {CAMPAIGNS} campaigns, "
            f"{CREATORS} creators, a tenth in another currency, half of them invoiced: "
            f"{entries:,.0f} entries in the chain. Prepare and approve together are to take at "
            f"most {AT_MOST:.0f} seconds."
        ),
        *table(("step", "seconds"), [(name, f"{each:.1f}") for name, each in found.items()]),
    ]
