"""What was known when: late facts change what is known now, and never what was known before."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import subprocess
import sys

import pytest

FIRST, LATER = dt.datetime(2026, 6, 1, 12), dt.datetime(2026, 6, 9, 12)

EARLY = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

codes
code | creator | campaign | kind
ANA  | ana     | spring   | creator
OLD  | ana     |          | evergreen

margins
scope | key  | valid_from | margin_rate
brand | acme | 01-01      | 0.60

rates
date  | base | quote | rate
05-12 | EUR  | USD   | 1.10

values
metric | valid_from | unit_value | currency | basis       | approved_by
views  | 01-01      | 0.02       | USD      | media_value | cfo

agreements
agreement | campaign | creator | fee    | currency | signed_on | commission_rate
a         | spring   | ana     | 100.00 | USD      | 04-01     | 0.10

deliverables
deliverable | agreement | price  | live_at
d           | a         | 100.00 | @05-11

posts
platform  | post_id | creator | published_at | campaign
instagram | ad      | ana     | @05-11       | spring

observations
platform  | post_id | observed_at | views | likes
instagram | ad      | @05-13      | 1000  | 10

orders
order_id | ordered_at | currency | subtotal | code
h1       | @04-02     | USD      | 100.00   | OLD
h2       | @04-12     | USD      | 100.00   | OLD
1        | @05-12     | USD      | 100.00   | ANA
2        | @05-12     | EUR      | 100.00   | ANA
"""

LATE = {
    "an older order": "orders\norder_id | ordered_at | currency | subtotal | code\n"
    "3 | @05-11 | USD | 70.00 | ANA",
    "a newer order": "orders\norder_id | ordered_at | currency | subtotal | code\n"
    "4 | @06-08 | USD | 70.00 | ANA",
    "a refund": "refunds\nrefund_id | order_id | refunded_at | amount | currency\n"
    "r | 1 | @05-13 | 40.00 | USD",
    "a reading": "observations\nplatform | post_id | observed_at | views | likes\n"
    "instagram | ad | @05-12 | 900 | 9",
    "an invoice": "costs\ndocument | state | date | campaign | type | amount | currency\n"
    "i | invoiced | 05-12 | spring | agency | 30.00 | USD",
    "a rate": "rates\ndate | base | quote | rate\n05-12 | EUR | USD | 1.50",
    "a margin": "margins\nscope | key | valid_from | margin_rate\nbrand | acme | 05-01 | 0.10",
    "a value": "values\nmetric | valid_from | unit_value | currency | basis | approved_by\n"
    "views | 05-01 | 0.09 | USD | media_value | cfo",
    "another owner": "codes\ncode | creator | campaign | kind\nANA | bo | spring | creator",
    "another fee": "agreements\n"
    "agreement | campaign | creator | fee | currency | signed_on | commission_rate\n"
    "a | spring | ana | 900.00 | USD | 04-01 | 0.10",
}


def printed(result):
    """Give what a report prints, as text."""
    return json.dumps(result.data, default=str)


@pytest.mark.soak
def test_late_facts_of_every_kind_change_now_and_not_before(told):
    told.given(EARLY, at=FIRST)
    ws = told.ws
    before = ws.roi().data["known_at"]
    asked = (ws.roi, lambda **at: ws.roi(by="campaign", **at), ws.attribute)
    known = [printed(ask()) for ask in asked]
    now = ws.roi().rows
    for number, (what, table) in enumerate(LATE.items()):
        told.given(table, at=LATER + dt.timedelta(hours=number))
        later = ws.roi().rows
        assert later != now, what
        now = later
    told.sealed(LATER + dt.timedelta(days=1), late=True)
    assert [printed(ask(known_at=before)) for ask in asked] == known
    assert ws.roi().rows != now
    assert ws.verify_ledger() == []


def test_a_seal_after_the_last_import_counts_at_once(told):
    told.given(EARLY, at=FIRST)
    assert told.row(creator="ana")["baseline"] is None
    told.sealed(LATER, late=True)
    row = told.row(creator="ana")
    assert row["baseline"]["sealed_at"] == "2026-06-09T12:00:00Z"
    assert row["lift"]["late"] is True


def test_as_of_counts_what_had_happened_by_then_in_the_brands_own_day(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 06-30 | USD

        codes
        code | creator | campaign
        ANA  | ana     | spring

        orders
        order_id | ordered_at                | currency | subtotal | code
        1        | 2026-05-31T23:59:00       | USD      | 100.00   | ANA
        2        | 2026-06-01T03:59:59+00:00 | USD      | 10.00    | ANA
        3        | 2026-06-01T00:00:00       | USD      | 1.00     | ANA
        """
    )
    # In New York it is still May at 03:59:59 UTC, and June a second later.
    assert told.levels(as_of="2026-05-31")["matched"] == 11000
    assert told.levels(as_of="2026-06-01T00:00")["matched"] == 11100
    assert told.levels()["matched"] == 11100
    assert dict(told.bridge("spring", "2026-05"))["matched"] == 11000


ASK = """
import sys
from truelift.app import open_workspace
from truelift.reports.writing import csv_text, json_text
with open_workspace(sys.argv[1]) as ws:
    linear = ws.roi(model="linear")
    for result in (linear, ws.bridge(), ws.attribute("markov"), ws.journal()):
        sys.stdout.write(json_text(result.data) + csv_text(result.table))
    sys.stdout.write(json_text(ws.explain(linear.rows[0]["figure_ids"]["lift"])))
"""


@pytest.mark.soak
def test_the_same_facts_print_the_same_bytes_wherever_and_whenever(tmp_path, play):
    with contextlib.ExitStack() as stack:
        play(stack, tmp_path)
    shutil.copytree(tmp_path / "workspace", tmp_path / "copy")
    places = (("workspace", "UTC", "0"), ("copy", "Pacific/Kiritimati", "4711"))
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path / folder)],
            stdout=subprocess.PIPE,
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LANG": "C"},
        )
        for folder, zone, seed in places
    ]
    one, other = (program.communicate()[0] for program in asked)
    assert [program.returncode for program in asked] == [0, 0]
    assert len(one) > 10_000
    assert one == other
