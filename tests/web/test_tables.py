import datetime as dt
import re

from truelift.reports.table import plain_table
from truelift.web import tables
from truelift.web.asked import Asked


def bridge_row(step, kind, amount, **more):
    told = {"step": step, "kind": kind, "amount": amount, "account": None, "withheld": None}
    return told | more


def test_a_bridge_stands_its_changes_and_its_levels_apart():
    rows = [
        bridge_row("reported", "level", 1000),
        bridge_row("not_matched", "delta", -400),
        bridge_row("baseline", "delta", 150),
        bridge_row("creator_cost", "delta", -50, account="6100"),
        bridge_row("incremental", "level", None, withheld="NO_ORDER_BASELINE"),
    ]
    shown = str(tables.bridge(rows, "USD", {"figure_ids": {}}, "bridge", "<c>"))
    assert "&lt;c&gt;" in shown
    lines = [re.sub("<[^>]+>", "|", line) for line in shown.split("<tr")]
    assert re.search(r"not matched\|+\u22124.00\|+", "".join(lines))
    assert "+1.50" in shown
    assert "6100" in shown
    assert "no order baseline" in shown
    level = next(line for line in shown.split("<tr") if "reported" in line and "level" in line)
    assert "<td></td><td>10.00</td>" in level


def test_a_list_has_its_numbers_right_and_its_words_left():
    rows = [
        {
            "account": "6100", "amount": "-1234.50", "line": 7, "late": True, "raw": "=x" * 100,
            "at": dt.datetime(2026, 7, 5, 22), "level": -7.71739, "withheld": "NO_BASELINE",
        },
        {
            "account": "total", "amount": "0.00", "line": None, "late": False, "raw": "'q",
            "at": None, "level": None, "withheld": None,
        },
    ]  # fmt: skip
    table = plain_table("t", rows, money={"amount"})
    shown = str(tables.listing("list", table, table.rows, "T", "n", zone="America/New_York"))
    assert "2026-07-05 18:00:00" in shown
    assert "<td>\u22127.717</td>" in shown
    assert '<td class="t">no baseline</td>' in shown
    assert '<td class="t">&#39;q</td>' in shown
    assert "<td>\u22121,234.50</td>" in shown
    assert "<td>7</td>" in shown
    assert '<td class="t">yes</td>' in shown
    assert '<tr class="level"><th scope="row">total</th>' in shown
    assert f"{'=x' * 59}=\u2026</td>" in shown


def test_rows_without_campaign_or_creator_say_so():
    rows = [{"campaign": None, "creator": None, "day": "2026-05-01"}]
    who = tables.who(rows, Asked("/", {}), "day")
    assert who.titles == ("Campaign", "Creator", "Day")
    assert who.names == (("(no campaign)", "(no creator)", "2026-05-01"),)
    assert who.without_campaign().titles == ("Creator", "Day")


def test_a_campaign_leads_to_its_creators_with_the_same_filter():
    asked = Asked("/", {"by": "campaign", "cost": "paid", "campaign": "a b"})
    ((link,),) = tables.who([{"campaign": "a b", "creator": None}], asked, "campaign").names
    assert str(link) == '<a href="/campaign/a%20b?cost=paid">a b</a>'


def test_cohorts_and_the_programme_are_named_by_what_they_hold():
    rows = [{"campaign": None, "creator": None, "cohort": None, "programme": "all campaigns"}]
    cohort, whole = (tables.who(rows, Asked("/", {}), by) for by in ("cohort", "programme"))
    assert (cohort.titles, cohort.names) == (
        ("Campaign", "Cohort"),
        (("(no campaign)", "(no category)"),),
    )
    assert (whole.titles, whole.names) == (("Programme",), (("all campaigns",),))


def test_a_number_that_is_withheld_is_its_reason_in_words():
    assert tables.number_text("NO_ORDERS") == "no orders"
    assert tables.number_text("-3.50") == "\u22123.50"
