"""What a controller reads: given documents, the finance reports, worked out by hand.

May is closed on 1 July at noon with what was known; a refund of May arrives on 5 July.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections import Counter

import pytest

from truelift.ledger.chart import Book
from truelift.ledger.journal import Posting, write_entry
from truelift.reports.writing import csv_text, json_text
from truelift.store import journal

BOOKS = """
campaigns
campaign | goal  | starts | ends  | currency | budget
spring   | sales | 05-01  | 06-30 | USD      | 3000.00
summer   | sales | 05-01  | 07-31 | EUR      | 1000.00

codes
code  | creator | campaign
ANA10 | ana     | spring

rates
date  | base | quote | rate | kind
01-01 | EUR  | USD   | 1.20 | budget
04-01 | EUR  | USD   | 1.10 | spot
05-10 | EUR  | USD   | 1.15 | spot
05-20 | EUR  | USD   | 1.25 | spot
06-10 | EUR  | USD   | 1.30 | spot

agreements
agreement | campaign | creator | fee     | currency | signed_on | cancellable_until | cancel_fee
a-ana     | spring   | ana     | 1000.00 | USD      | 04-01     | 06-15             | 50.00
a-bo      | summer   | bo      | 500.00  | EUR      | 04-01     |                   |
a-cy      | spring   | cy      | 300.00  | USD      | 04-02     | 05-01             |

agreements ...
commission_rate | commission_trigger
0.10            | own_code
                |
                |

deliverables
deliverable | agreement | price  | live_at
d1          | a-ana     | 600.00 | @05-10
d2          | a-ana     | 400.00 |
d3          | a-bo      | 500.00 | @05-10
d4          | a-cy      | 300.00 | @06-03

orders
order_id | ordered_at | currency | subtotal | cogs  | code
1        | @05-12     | USD      | 100.00   | 40.00 | ANA10
2        | @05-14     | USD      | 50.00    | 20.00 | ANA10

costs
document | state    | date  | agreement | campaign | type       | amount | currency | settles
inv-1    | invoiced | 05-15 | a-ana     |          | fee        | 600.00 | USD      |
pay-1    | paid     | 05-25 | a-ana     |          | fee        | 300.00 | USD      | inv-1
inv-2    | invoiced | 05-20 | a-bo      |          | fee        | 500.00 | EUR      |
pay-2    | paid     | 06-10 | a-bo      |          | fee        | 500.00 | EUR      | inv-2
adv-3    | paid     | 05-20 | a-cy      |          | fee        | 200.00 | USD      |
inv-4    | invoiced | 05-31 | a-ana     |          | commission | 9.00   | USD      |
pay-4    | paid     | 06-05 | a-ana     |          | commission | 9.00   | USD      | inv-4
tool-5   | accrued  | 05-31 |           |          | agency     | 60.00  | USD      |
tool-5   | invoiced | 06-02 |           |          | agency     | 50.00  | USD      |

costs
document | state    | date  | campaign | type       | amount | currency | counterparty
studio   | invoiced | 05-11 | spring   | production | 100.00 | USD      | Studio
print    | invoiced | 05-12 | spring   | production | 40.00  | USD      | Print
studio   | paid     | 06-20 | spring   | production | 120.00 | USD      | Studio
odd      | invoiced | 05-12 | spring   | production | 10.00  | KWD      | Odd

costs ...
tax   | recoverable | withheld
20.00 | yes         |
8.00  | no          |
      |             | 12.00
      |             |
"""

LATE_REFUND = """
refunds
refund_id | order_id | refunded_at | amount | currency | restocked
r1        | 1        | @05-30      | 40.00  | USD      | yes
"""

FIRST, CLOSE, FIFTH = dt.datetime(2026, 7, 1), dt.datetime(2026, 7, 1, 12), dt.datetime(2026, 7, 5)
NAMES = (
    "pnl", "accruals", "prepaid", "commitments", "budget", "commission", "exceptions", "late",
    "restatements", "ageing", "tax", "journal-audit",
)  # fmt: skip


@pytest.fixture(scope="module")
def books(workspace_in, closed, tmp_path_factory):
    """The season's documents, May closed, then a refund of May; tests only read it."""
    with contextlib.ExitStack() as stack:
        told = workspace_in(stack, tmp_path_factory.mktemp("books"))
        told.given(BOOKS, at=FIRST)
        closed(told, 5, CLOSE)
        yield told.given(LATE_REFUND, at=FIFTH)


def test_cost_by_campaign_creator_and_account_as_closed_booked_and_known(books, shown):
    found, expected = shown(
        books.ws.report("pnl"),
        """
        period  | campaign | creator | account | as_closed | booked  | as_known | constant_currency
        2026-05 | spring   | ana     | 6100    | 600.00    | 600.00  | 600.00   | 600.00
        2026-05 | spring   | ana     | 6110    | 15.00     | 15.00   | 11.00    | 15.00
        2026-05 | spring   |         | 6160    | 140.00    | 140.00  | 140.00   | 140.00
        2026-05 | spring   |         | 6180    | 8.00      | 8.00    | 8.00     | 8.00
        2026-05 | summer   | bo      | 6100    | 575.00    | 575.00  | 575.00   | 600.00
        2026-05 |          |         | 6140    | 60.00     | 60.00   | 60.00    | 60.00
        2026-06 | spring   | ana     | 6110    |           | -4.00   | 0.00     | -4.00
        2026-06 | spring   | cy      | 6100    |           | 300.00  | 300.00   | 300.00
        2026-06 |          |         | 6140    |           | -10.00  | -10.00   | -10.00
                |          |         | total   |           | 1684.00 | 1684.00  | 1709.00
        """,
    )
    assert found == expected


def test_accruals_roll_from_may_to_june(books, shown):
    found, expected = shown(
        books.ws.report("accruals", "2026-06"),
        """
        account | agreement | opening | accrued | invoiced | reversed | closing | residual
        2100    | a-cy      | 0.00    | 100.00  | 0.00     | 0.00     | 100.00  | 0.00
        2110    | a-ana     | 6.00    | 0.00    | 0.00     | 4.00     | 2.00    | 0.00
        2140    |           | 60.00   | 0.00    | 50.00    | 10.00    | 0.00    | 0.00
        total   |           | 66.00   | 100.00  | 50.00    | 14.00    | 102.00  | 0.00
        """,
    )
    assert found == expected


def test_an_advance_is_prepaid_until_the_work_is_live(books, shown):
    header = "agreement | opening | paid_ahead | invoiced_ahead | expensed | closing | residual"
    for period, row in (
        ("2026-05", "a-cy | 0.00 | 200.00 | 0.00 | 0.00 | 200.00 | 0.00"),
        ("2026-06", "a-cy | 200.00 | 0.00 | 0.00 | 200.00 | 0.00 | 0.00"),
    ):
        found, expected = shown(books.ws.report("prepaid", period), f"{header}\n{row}")
        assert found[:-1] == expected


def test_commitments_say_what_can_still_be_cancelled_and_what_that_saves(books, shown):
    found, expected = shown(
        books.ws.report("commitments"),
        """
        agreement | state                | currency | fixed_price | used   | open   | cancellable
        a-ana     | no longer cancellable | USD     | 1000.00     | 600.00 | 400.00 | 0.00
        a-bo      | nothing is open      | EUR      | 500.00      | 500.00 | 0.00   | 0.00
        a-cy      | nothing is open      | USD      | 300.00      | 300.00 | 0.00   | 0.00
        """,
    )
    assert found[:-1] == expected
    (row, *_) = books.ws.report("commitments", "2026-05").rows
    # At the end of May 400 are open; cancelling costs 50.
    assert (row["state"], row["open"], row["cancellable"]) == ("cancellable", 40000, 35000)


def test_an_amended_fee_shows_what_was_signed_and_what_it_became(told):
    told.given(BOOKS, at=FIRST).given(
        """
        agreements
        agreement | campaign | creator | fee     | currency | signed_on
        a-ana     | spring   | ana     | 1200.00 | USD      | 04-01
        """,
        at=FIFTH,
    )
    row = next(row for row in told.ws.report("commitments").rows if row["agreement"] == "a-ana")
    assert (row["fixed_price"], row["amendments"], row["open"]) == (100000, 20000, 48000)


def test_budgets_are_at_the_budget_rate_and_the_forecast_is_withheld(books, shown):
    found, expected = shown(
        books.ws.report("budget"),
        """
        campaign | budget  | committed | commission | accrued | remaining | variance | withheld
        spring   | 3000.00 | 1448.00   | 11.00      | 1059.00 | 1541.00   | 1941.00  | NOT_FORECAST
        summer   | 1200.00 | 575.00    | 0.00       | 575.00  | 625.00    | 625.00   | NOT_FORECAST
                 |         | 50.00     | 0.00       | 50.00   |           |          | NOT_FORECAST
        """,
    )
    assert found[:-1] == expected


def test_a_creators_statement_is_earned_reversed_invoiced_paid_and_open(books, shown):
    found, expected = shown(
        books.ws.report("commission"),
        """
        creator | agreement | rate | orders | base   | earned | reversed | invoiced | paid | open
        ana     | a-ana     | 0.1  | 2      | 150.00 | 15.00  | 4.00     | 9.00     | 9.00 | 2.00
        total   |           |      | 2      |        | 15.00  | 4.00     | 9.00     | 9.00 | 2.00
        """,
    )
    assert found == expected
    lines = books.ws.report("commission", creator="ana")
    assert [(row["order"], row["left"]) for row in lines.rows] == [
        ("/1/a-ana", 600), ("/2/a-ana", 500), ("total", 1100),
    ]  # fmt: skip
    assert "a-ana, USD: 11.00 left, 9.00 invoiced, 9.00 paid, 2.00 open." in lines.table.note


def test_exceptions_name_the_fact_its_age_and_what_to_do(books):
    first, second, _total = books.ws.report("exceptions").rows
    assert (first["exception"], first["reason"], first["age_days"]) == ("not booked", "NO_RATE", 39)
    assert "import one, and document odd is booked" in first["sentence"]
    assert (second["what"], second["amount"], second["age_days"]) == ("a-ana", 200, 37)


def test_a_refused_row_of_money_is_an_exception_and_one_of_nothing_else_is(told):
    told.tried(
        """
        costs
        document | state    | date  | type | amount | currency
        bad      | invoiced | 05-10 | fee  | much   | USD

        followers
        platform  | handle | observed_at | followers
        instagram | ana    | @05-01      | many
        """,
        at=FIRST,
    )
    (row,) = told.ws.report("exceptions").rows
    assert (row["exception"], row["what"].rpartition("/")[2]) == ("refused costs", "costs.csv:2")


def test_a_payment_without_invoice_is_an_exception_until_its_invoice_comes(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 05-31 | USD

        costs
        document | state | date  | type  | amount | currency | campaign
        studio-1 | paid  | 05-10 | other | 80     | USD      | spring
        """,
        at=FIRST,
    )
    row = told.ws.report("exceptions").rows[0]
    assert (row["exception"], row["amount"], row["campaign"]) == (
        "paid without invoice", 8000, "spring",
    )  # fmt: skip
    assert row["sentence"].startswith("80.00 USD of no agreement was paid on 2026-05-10 without")
    told.given(
        """
        costs
        document | state    | date  | type  | amount | currency | campaign
        studio-1 | invoiced | 05-09 | other | 80     | USD      | spring
        """,
        at=CLOSE,
    )
    assert not told.ws.report("exceptions").rows


def test_a_late_refund_is_marked_and_restates_its_month_and_no_close(books, shown):
    (late, _total) = books.ws.report("late").rows
    assert (late["posted_in"], late["late_for"], late["event"], late["cost"]) == (
        "2026-06", "2026-05", "refund:/r1/a-ana>/1/a-ana", -400,
    )  # fmt: skip
    result = books.ws.report("restatements")
    found, expected = shown(
        result,
        """
        account | event                     | posted_in | as_closed | as_known | explained
        2110    |                           |           | -6.00     | -2.00    | 4.00
        2110    | refund:/r1/a-ana>/1/a-ana | 2026-06   |           |          | 4.00
        6110    |                           |           | 15.00     | 11.00    | -4.00
        6110    | refund:/r1/a-ana>/1/a-ana | 2026-06   |           |          | -4.00
        """,
    )
    assert [row for row in found if row[0] in {"2110", "6110"}] == expected


def test_payables_by_age_add_up_to_the_ledger(books, shown):
    found, expected = shown(
        books.ws.report("ageing"),
        """
        counterparty | since | open   | days_0_30 | days_31_60 | days_61_90 | days_over_90
        Print        | 05-12 | 48.00  | 0.00      | 48.00      | 0.00       | 0.00
        ana          | 05-15 | 300.00 | 9.00      | 291.00     | 0.00       | 0.00
                     | 06-02 | 50.00  | 50.00     | 0.00       | 0.00       | 0.00
        """,
    )
    assert found[:-1] == expected
    owed = [row["base_minor"] for row in books.ws.trial_balance().rows if row["account"] == "2000"]
    assert books.ws.report("ageing").rows[-1]["open_base"] == -sum(owed)


def test_tax_is_recoverable_irrecoverable_or_withheld(books, shown):
    found, expected = shown(
        books.ws.report("tax"),
        """
        period  | tax           | account | counterparty | amount | base
        2026-05 | recoverable   | 1150    | Studio       | 20.00  | 20.00
        2026-05 | irrecoverable | 6180    | Print        | 8.00   | 8.00
        2026-06 | withheld      | 2210    | Studio       | 12.00  | 12.00
                | irrecoverable | total   |              |        | 8.00
                | recoverable   | total   |              |        | 20.00
                | withheld      | total   |              |        | 12.00
        """,
    )
    assert found == expected


def test_the_audit_log_has_imports_bookings_and_the_close_newest_first(books):
    rows = books.ws.report("journal-audit").rows
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    told = {(row["what"], row["of"], row["who"]) for row in rows}
    assert ("close", "2026-05", "eve") in told
    assert ("period closed", "2026-05", "eve") in told
    booked = [row["at"] for row in rows if row["what"] == "booked"]
    assert booked == [FIFTH, FIRST]
    assert rows[0]["at"] == FIFTH


def test_as_closed_is_the_same_bytes_for_ever_and_as_known_now_is_not(told, closed):
    told.given(BOOKS, at=FIRST)
    closed(told, 5, CLOSE)
    asked = {"period": "2026-05", "as_closed": True}
    by_month = [name for name in NAMES if name != "journal-audit"]

    def written():
        results = {name: told.ws.report(name, **asked) for name in by_month}
        return {
            name: (csv_text(each.table), json_text(each.data)) for name, each in results.items()
        }

    before, now = written(), csv_text(told.ws.report("pnl", "2026-05").table)
    told.given(LATE_REFUND, at=FIFTH)
    assert written() == before
    assert csv_text(told.ws.report("pnl", "2026-05").table) != now


@pytest.mark.parametrize("name", NAMES)
def test_the_same_facts_print_the_same_bytes(books, name):
    first, second = (books.ws.report(name) for _ in range(2))
    assert csv_text(first.table) == csv_text(second.table)
    assert json_text(first.data) == json_text(second.data)


def assert_ties(ws, period):
    """The bridges, the cost report and the trial balance say the same, and nothing is left over."""
    bridged, rows = Counter(), ws.bridge(None, period).rows
    for row in rows:
        if row["step"] == "creator_cost":
            bridged[row["campaign"], row["account"]] -= row["amount"]
    booked = Counter()
    for row in ws.report("pnl", period).rows:
        if row["account"] != "total":
            booked[row["campaign"], row["account"]] += row["booked"]
    assert bridged == {key: amount for key, amount in booked.items() if amount}, period
    assert {row["amount"] for row in rows if row["step"] == "residual"} <= {0}
    balances = Counter()
    for row in ws.trial_balance(period).rows:
        balances[row["account"]] += row["base_minor"]
    costs = [amount for account, amount in balances.items() if "6100" <= account <= "6180"]
    assert bridged.total() == sum(costs)
    for name in ("accruals", "prepaid"):
        assert {row["residual"] for row in ws.report(name, period).rows} <= {0}
        assert {row["other"] for row in ws.report(name, period).rows} <= {0}


@pytest.mark.parametrize("period", ["2026-04", "2026-05", "2026-06", None])
def test_bridges_end_in_the_ledgers_cost_accounts_for_every_campaign_and_period(books, period):
    assert_ties(books.ws, period)


def programme(seed):
    """Tell a programme drawn at random: agreements, work, orders, refunds, invoices, payments."""
    draw = random.Random(seed)

    def day():
        return f"{draw.randint(4, 6):02}-{draw.randint(2, 29):02}"

    campaigns = ("spring", "summer", "")
    tables = [
        "campaigns\ncampaign | goal | starts | ends | currency",
        "spring | sales | 04-01 | 06-30 | USD\nsummer | sales | 05-01 | 06-30 | USD",
        "\ncodes\ncode | creator | campaign\nK0 | k0 | spring\nK1 | k1 | summer\nK2 | k2 | spring",
        "\nagreements",
        "agreement | campaign | creator | fee | currency | signed_on | commission_rate",
        *(
            f"a{n} | {draw.choice(campaigns)} | k{n} | {draw.randint(0, 900)}.{n}7 |"
            f" {draw.choice(['USD', 'EUR'])} | 04-01 | {draw.choice(['', '0.10', '0.15'])}"
            for n in range(3)
        ),
        "\ndeliverables\ndeliverable | agreement | price | live_at",
        *(f"d{n} | a{n % 3} | | @{day()}" for n in range(5)),
        "\norders\norder_id | ordered_at | currency | subtotal | cogs | code",
        *(
            f"o{n} | @04-{n + 2:02} | USD | {draw.randint(20, 300)}.99 | 9.00 | K{n % 3}"
            for n in range(9)
        ),
        "\ncosts\ndocument | state | date | agreement | campaign | type | amount | currency",
        *(
            f"x{n} | {draw.choice(['accrued', 'invoiced', 'paid'])} | {day()} | |"
            f" {draw.choice(campaigns)} | {draw.choice(['agency', 'production', 'bonus', 'tax'])} |"
            f" {draw.randint(1, 500)}.{n}1 | {draw.choice(['USD', 'EUR', 'GBP'])}"
            for n in range(8)
        ),
    ]
    refunds = [
        "refunds\nrefund_id | order_id | refunded_at | amount | currency",
        *(f"r{n} | o{n} | @{draw.randint(4, 6):02}-20 | 7.77 | USD" for n in range(4)),
    ]
    return "\n".join(tables), "\n".join(refunds)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_whatever_the_documents_every_report_ties_before_and_after_a_close(told, closed, seed):
    before, after = programme(seed)
    told.given(before, at=FIRST)
    closed(told, 4, CLOSE)
    told.given(after, at=FIFTH)
    for period in ("2026-04", "2026-05", "2026-06", None):
        assert_ties(told.ws, period)
    rows = told.ws.report("restatements").rows
    assert {row["residual"] for row in rows} <= {0, None}
    assert rows[-1]["as_closed"] == 0


def test_a_payment_of_fee_and_commission_together_pays_each_its_part(told):
    told.given(BOOKS, at=FIRST).given(
        """
        costs
        document | line | state    | date  | agreement | type       | amount | currency | settles
        both     | 1    | invoiced | 06-10 | a-ana     | fee        | 100.00 | USD      |
        both     | 2    | invoiced | 06-10 | a-ana     | commission | 5.00   | USD      |
        transfer |      | paid     | 06-12 | a-ana     | fee        | 105.00 | USD      | both
        """,
        at=FIFTH,
    )
    (row, _total) = told.ws.report("commission").rows
    assert (row["invoiced"], row["paid"], row["open"]) == (1400, 1400, 100)


def test_a_validated_commission_changes_its_account_and_stays_open(told):
    told.given(BOOKS, at=FIRST)
    day = dt.date(2026, 6, 18)
    legs = [("2110", 600), ("2111", -600)]
    moved = write_entry(
        book=Book.FIN, effective_date=day, kind="validation", event="order:1", rule="R08",
        rule_version=1, memo="Validated",
        postings=tuple(
            Posting(account, "USD", minor, minor, "spring", "ana", None, "a-ana")
            for account, minor in legs
        ),
    )  # fmt: skip
    with told.ground.workspace.transaction() as connection:
        journal.append(connection, "acme", [moved], FIFTH)
    (row, _total) = told.ws.report("commission").rows
    assert (row["validated"], row["earned"], row["open"]) == (600, 1500, 600)
    rows = [row for row in told.ws.report("accruals").rows if row["account"] in {"2110", "2111"}]
    assert [(row["account"], row["other"], row["closing"], row["residual"]) for row in rows] == [
        ("2110", -600, 0, 0), ("2111", 600, 600, 0),
    ]  # fmt: skip
