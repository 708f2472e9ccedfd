"""A workspace told as tables: a test writes the rows of its files as text and asks for figures.

A table is the name of a kind on a line of its own, a header and rows, cells parted by `|`; an empty
cell is missing, `05-12` is that day of 2026 and `@05-12` its noon. Tables are parted by an empty
line; one called `orders ...` holds more columns of the orders before it. Each is written as a
canonical CSV file and imported from there, as a user would.
"""

from __future__ import annotations

import atexit
import contextlib
import csv
import datetime as dt
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest

from truelift.catalog.permission import EVERY_SCOPE, Rights
from truelift.store import audit_log
from truelift.store import ground as grounds
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.workspace import Workspace

NEW_YEAR = dt.datetime(2026, 1, 1)
AFTERWARDS = dt.datetime(2026, 12, 1)

TEMPLATES = Path(tempfile.mkdtemp(prefix="truelift-told-"))
atexit.register(shutil.rmtree, TEMPLATES, ignore_errors=True)
"""Workspaces that tests begin with, as copies; removed when the run ends."""
EMPTY: dict[tuple[str, str], Path] = {}
BEGUN: dict[tuple[Path, str, dt.datetime], tuple[Path, object]] = {}


@dataclass
class Hand:
    """A clock that a test moves by hand; naive UTC."""

    at: dt.datetime = NEW_YEAR

    def now(self):
        return self.at


def lines_of(text):
    """Give the rows of a table as lists of cells, empty lines left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [[cell_of(cell.strip()) for cell in line.split("|")] for line in lines if line]


def cell_of(text):
    """Write a day of 2026 out: `05-12`, with `@` its noon."""
    found = re.fullmatch(r"(@?)(\d\d-\d\d)", text)
    return f"2026-{found[2]}{'T12:00:00' if found[1] else ''}" if found else text


def tables_of(text):
    """Give the rows of every table in a text, header first, by kind."""
    blocks = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    tables = {}
    for block in filter(None, blocks):
        (name,), *rows = lines_of("\n".join(block))
        kind = name.removesuffix(" ...")
        if name == kind:
            tables.setdefault(kind, []).append(rows)
        else:
            last = tables[kind][-1]
            tables[kind][-1] = [[*left, *right] for left, right in zip(last, rows, strict=True)]
    return tables


def spread(table, codes, first, count, step=1):
    """Write orders or leads of codes, one every `step` days from a day of 2026 on."""
    start = dt.datetime.fromisoformat(f"2026-{first}T12:00:00")
    key, at = {"orders": ("order_id", "ordered_at"), "leads": ("lead_id", "created_at")}[table]
    columns, values = {
        "orders": ("currency | subtotal | cogs", "USD | 100.00 | 40.00"),
        "leads": ("stage", "lead"),
    }[table]
    rows = [
        f"{code}-{first}-{number} | {start + dt.timedelta(days=number * step)} | {code} | {values}"
        for code in codes.split()
        for number in range(count)
    ]
    return "\n".join(["", table, f"{key} | {at} | code | {columns}", *rows, ""])


CATALOG = """
creators
creator | name | category
ana     | Ana  | food
bo      | Bo   | food

profiles
platform  | handle | creator
instagram | ana.ig | ana

campaigns
campaign | goal      | starts | ends  | currency | hashtags
spring   | sales     | 05-01  | 05-31 | USD      | springday
signup   | leads     | 05-01  | 05-31 | USD      |
glow     | awareness | 05-01  | 05-31 | USD      |

codes
code   | creator | campaign | kind
ANA    | ana     |          | evergreen
BO     | bo      |          | evergreen
CY     | cy      |          | evergreen
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator
DEE-26 | dee     | spring   | creator
ANA-SU | ana     | signup   | creator

links
slug | destination           | creator | campaign | post_id
ana1 | https://shop.example/ | ana     | spring   | ana-ad
bo1  | https://shop.example/ | bo      | spring   |

agreements
agreement | campaign | creator | fee    | currency | signed_on | commission_rate
a-spring  | spring   | ana     | 300.00 | USD      | 04-01     | 0.10
b-spring  | spring   | bo      | 200.00 | EUR      | 04-01     |
e-signup  | signup   | ana     | 100.00 | USD      | 04-01     |
a-glow    | glow     | ana     | 150.00 | USD      | 04-01     |

deliverables
deliverable | agreement | price  | live_at
a1          | a-spring  | 300.00 | @05-02
b1          | b-spring  | 200.00 | @05-01

margins
scope | key  | valid_from | margin_rate
brand | acme | 01-01      | 0.60

values
metric     | valid_from | unit_value | currency | basis          | approved_by
engagement | 01-01      | 0.05       | USD      | approved_value | cfo
leads      | 01-01      | 8.00       | USD      | lead_value     | cfo
views      | 01-01      | 0.02       | USD      | media_value    |

rates
date  | base | quote | rate
04-01 | EUR  | USD   | 1.10

experiments
experiment | campaign | design | outcome | factor | low | high | to
geo-1      | signup   | geo    | leads   | 0.4    | 0.2 | 0.6  | 05-18

posts
platform  | post_id | handle | published_at
instagram | p1      | ana.ig | @03-02
instagram | p2      | ana.ig | @03-09
instagram | p3      | ana.ig | @03-16
instagram | p4      | ana.ig | @03-23

observations
platform  | post_id | observed_at | views | reach | likes | comments | shares | saves
instagram | p1      | @03-12      | 9000  | 5000  | 900   | 10       | 10     | 10
instagram | p2      | @03-19      | 9000  | 5000  | 1000  | 10       | 10     | 10
instagram | p3      | @03-26      | 9000  | 5000  | 1100  | 10       | 10     | 10
instagram | p4      | @04-02      | 9000  | 5000  | 950   | 10       | 10     | 10

followers
platform  | handle | observed_at | followers
instagram | ana.ig | @04-01      | 20000
"""

COURSE = """
codes
code  | creator | campaign | kind
CY-26 | cy      | spring   | creator

clicks
click_id | clicked_at | slug | visitor | consent | user_agent
c1       | @05-03     | ana1 | v1      | yes     | Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0
c2       | @05-04     | bo1  | v1      | yes     | Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0
c3       | @05-04     | bo1  | v2      | yes     | curl/8.5

orders
order_id | ordered_at | currency | subtotal | discount | tax  | prices_include_tax
euro     | @05-05     | EUR      | 119.00   | 10.00    | 9.00 | yes
both     | @05-06     | USD      | 100.01   |          |      |
nobody   | @05-07     | USD      | 100.00   |          |      |
gone     | @05-08     | USD      | 77.77    |          |      |

orders ...
cogs  | payment_fees | fulfilment | code   | visitor | click_id | cancelled_at
      | 3.00         | 2.00       | ANA-26 |         |          |
33.34 | 0.35         |            | ANA-26 | v1      |          |
50.00 |              |            |        |         |          |
20.00 |              |            |        |         | c2       | @05-09

refunds
refund_id | order_id | refunded_at | amount | currency | restocked
r1        | both     | @05-18      | 33.35  | USD      | yes

leads
lead_id | created_at | stage | won_at | value  | currency | code
w1      | @05-05     | won   | @05-08 | 200.00 | USD      | ANA-SU

posts
platform  | post_id | handle | published_at | campaigns           | deliverable
instagram | ana-ad  | ana.ig | @05-02       | spring:0.6;glow:0.4 | a1

observations
platform  | post_id | observed_at | views | reach | likes | comments | shares | saves
instagram | ana-ad  | @05-12      | 40000 | 20000 | 4000  | 40       | 40     | 40

mentions
platform  | post_id | tag       | published_at | handle
instagram | fan-1   | springday | @05-06       | ana.ig

sessions
date  | source    | medium | campaign | sessions
05-06 | instagram | social | spring   | 120

reported
source    | campaign | creator | date  | revenue | currency
instagram | spring   | ana     | 05-12 | 3000.00 | USD

costs
document | state    | date  | agreement | campaign | type       | amount | currency
i1       | invoiced | 05-10 | a-spring  |          | fee        | 300.00 | USD
p1       | paid     | 05-12 | a-spring  |          | fee        | 120.00 | USD
e1       | invoiced | 05-10 | e-signup  |          | fee        | 100.00 | USD
g1       | invoiced | 05-10 | a-glow    |          | fee        | 150.00 | USD
tool     | invoiced | 05-11 |           |          | agency     | 50.00  | USD
studio   | invoiced | 05-11 |           | spring   | production | 40.00  | USD
"""

EVENING_BEFORE = dt.datetime(2026, 4, 30, 20)
NINETEENTH = dt.datetime(2026, 5, 19, 20)


def play_season(told):
    """Play a spring: two creators sealed in time, one late, one never, and a test of leads."""
    told.given(
        CATALOG
        + spread("orders", "ANA BO CY", "03-21", 20, 2)
        + spread("leads", "ANA", "03-22", 8, 4),
        at=EVENING_BEFORE - dt.timedelta(hours=1),
    )
    told.sealed(EVENING_BEFORE)
    told.given(
        COURSE
        + spread("orders", "ANA-26 BO-26 CY-26", "05-01", 11)
        + spread("orders", "DEE-26", "05-04", 2)
        + spread("leads", "ANA-SU", "05-01", 9),
        at=NINETEENTH,
    )
    told.sealed(NINETEENTH + dt.timedelta(minutes=1), creator="cy", late=True)
    return told


class Told:
    """A workspace whose facts are told as tables, and the reports asked of it as tables."""

    def __init__(self, folder: Path, start: Path, stack: contextlib.ExitStack) -> None:
        self.folder, self.start, self.stack = folder, start, stack
        self.clock = Hand()
        self.files = 0
        self.asked = {}

    @cached_property
    def ground(self):
        """The opened workspace, which began as a copy of another."""
        shutil.copytree(self.start, self.folder / "workspace")
        opened = grounds.opened(self.folder / "workspace", None, self.clock, "ana.controller")
        return self.stack.enter_context(opened)

    @cached_property
    def ws(self):
        return Workspace(self.ground)

    def given(self, text, *, at=AFTERWARDS):
        """Import tables at a moment of the clock; no row may be refused."""
        report = self.tried(text, at=at)
        assert not report.faults, [fault.message for fault in report.faults]
        return self

    def tried(self, text, *, at=AFTERWARDS):
        """Import tables at a moment of the clock, and give what became of them.

        What several tests begin with is imported once; the others begin with a copy.
        """
        self.clock.at = at
        self.asked.clear()
        self.files += 1
        if "ground" in self.__dict__:
            return self._imported(text)
        key = (self.start, text, at)
        if key not in BEGUN:
            with contextlib.ExitStack() as stack:
                first = Told(Path(tempfile.mkdtemp(dir=TEMPLATES)), self.start, stack)
                first.files, first.clock.at = 1, at
                report = first._imported(text)
            BEGUN[key] = first.folder / "workspace", report
        self.start, report = BEGUN[key]
        return report

    def _imported(self, text):
        inbox = self.folder / "inbox" / f"{self.files:02}"
        inbox.mkdir(parents=True)
        for kind, tables in tables_of(text).items():
            for number, rows in enumerate(tables):
                folder = inbox / str(number)
                folder.mkdir(exist_ok=True)
                with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(rows)
        return self.ws.import_files([inbox])

    def sealed(self, at, **asked):
        """Seal baselines at a moment of the clock; give (creator, verdict, late) of each."""
        self.clock.at = at
        self.asked.clear()
        rows = self.ws.seal(**asked).rows
        return [(row["creator"], row["verdict"], row["late"]) for row in rows]

    def once(self, ask, **asked):
        """Ask a report once between two changes of the facts."""
        key = (ask, *sorted(asked.items()))
        if key not in self.asked:
            self.asked[key] = getattr(self.ws, ask)(**asked)
        return self.asked[key]

    def roi(self, *, campaign=None, creator=None, **asked):
        """Give the rows of the ROI report as JSON objects, of a campaign or creator if named."""
        return [
            row
            for row in self.once("roi", **asked).rows
            if campaign in {None, row["campaign"]} and creator in {None, row["creator"]}
        ]

    def row(self, **asked):
        """Give the one row of an ROI report."""
        (row,) = self.roi(**asked)
        return row

    def levels(self, **asked):
        """Give the ladder of the one row of an ROI report: step -> amount, or reason."""
        ladder = self.row(**asked)["ladder"]
        return {step["step"]: step.get("withheld", step["amount"]) for step in ladder}

    def bridge(self, campaign, period=None):
        """Give a campaign's bridge as (step, amount); cost lines carry their account."""
        return [
            (f"{row['step']} {row['account'] or ''}".strip(), row["withheld"] or row["amount"])
            for row in self.once("bridge", campaign=campaign, period=period).rows
        ]


def shown(result, text):
    """Give a result's columns named by a table's header as (what is there, what is expected)."""
    header, *expected = lines_of(text)
    rows = [
        ["" if row[name] is None else str(row[name]) for name in header]
        for row in result.table.rows
    ]
    return rows, expected


def told_in(stack, folder, currency="USD", timezone="America/New_York"):
    """Make an empty workspace below a folder and open it until the stack closes."""
    key = (currency, timezone)
    if key not in EMPTY:
        EMPTY[key] = TEMPLATES / f"empty-{len(EMPTY)}"
        record = BrandRecord("acme", "acme", currency, timezone, "acme", "months")
        grounds.create(EMPTY[key], record, NEW_YEAR)
        with grounds.opened(EMPTY[key], None, Hand(), "ana.controller"):
            pass  # the facts file has its tables from here on
    return Told(folder, EMPTY[key], stack)


@pytest.fixture
def told(tmp_path):
    """An empty workspace in US dollars and New York's time."""
    with contextlib.ExitStack() as stack:
        yield told_in(stack, tmp_path)


@pytest.fixture(scope="session")
def season(tmp_path_factory):
    """A workspace with a little of everything, which tests only read."""
    with contextlib.ExitStack() as stack:
        yield play_season(told_in(stack, tmp_path_factory.mktemp("season")))


@pytest.fixture(scope="session")
def read_only(tmp_path_factory):
    """Give a workspace with these tables, the same to all who ask for them: tests only read it."""
    kept = {}
    with contextlib.ExitStack() as stack:

        def told_once(text, at=AFTERWARDS):
            if (text, at) not in kept:
                begun = told_in(stack, tmp_path_factory.mktemp("read-only"))
                kept[text, at] = begun.given(text, at=at)
            return kept[text, at]

        yield told_once


@pytest.fixture
def acting(told):
    """Give the ground as somebody with roles has it: acting(name, Role.PREPARER, ...) -> Ground."""

    def ground_of(name, *roles, scopes=EVERY_SCOPE, creator=None):
        rights = Rights(frozenset(roles), frozenset(scopes), creator)
        return replace(told.ground, person=name, rights=rights)

    return ground_of


@pytest.fixture
def logged(told):
    """Give the lines of the audit log as (person, action, subject, first word of the outcome)."""

    def lines():
        with told.ground.workspace.transaction() as connection:
            found = audit_log.records(connection, told.ground.brand.brand)
        return [
            (line.person, line.action, line.subject, line.outcome.split(":")[0]) for line in found
        ]

    return lines
