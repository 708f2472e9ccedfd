"""A leak told as tables: judged, set beside the return, held, appealed, released, left out."""

import datetime as dt

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.decisions.leak_rules import NEWEST
from truelift.operations import held_payouts
from truelift.operations.odd_clicks import odd_clicks

CATALOG = """
creators
creator | name | email
ana     | Ana  | ana@ana.example
bo      | Bo   |

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 04-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on | commission_rate
a1        | spring   | ana     | 300.00 | USD      | 03-01     | 0.10
b1        | spring   | bo      | 200.00 | USD      | 03-01     | 0.10

links
slug | destination           | creator | campaign
ana1 | https://shop.example/ | ana     | spring
"""


def orders_of(code, first, days, daily=1, country="US"):
    start = dt.datetime.fromisoformat(f"2026-{first}T15:00:00")
    rows = []
    for day in range(days):
        for each in range(daily):
            at = start + dt.timedelta(days=day, minutes=each)
            name = f"{code}-{first}-{day}-{each}"
            rows.append(f"shop | {name} | {at} | {code} | USD | 100.00 | 40.00 | {country} "
                        f"| c{day}")  # fmt: skip
    head = (
        "source | order_id | ordered_at | code | currency | subtotal | cogs | ship_country "
        "| customer"
    )
    return "\n".join(["", "orders", head, *rows, ""])


STORY = (
    CATALOG
    + orders_of("ANA-26", "04-01", 40)
    + orders_of("BO-26", "04-01", 40)
    + orders_of("ANA-26", "05-11", 3, daily=8, country="BR")
    + """
orders
source | order_id | ordered_at | code  | currency | subtotal | customer
shop   | own      | @05-13     | ANA-26 | USD     | 50.00    | Ana@Ana.example
"""
)
INVOICE = """
invoices
supplier | number | date  | due_on | currency | net    | agreement | type
ana      | C-1    | 05-20 | 06-10  | USD      | 645.00 | a1        | commission
"""


@pytest.fixture
def story(told):
    return told.given(STORY)


def test_the_leaked_code_is_first_with_its_evidence_and_the_return_without_it(story):
    leaked, other = story.ws.leaks().rows
    assert (leaked["code"], leaked["orders"]) == ("ANA-26", 65)
    assert leaked["leaked"] in {24, 25}  # the creator's own purchase falls into these days
    assert leaked["since"].startswith("2026-05-11")
    assert (leaked["evidence"][0]["shown"], leaked["evidence"][0]["others"]) == ("BR", 0.0)
    assert leaked["own_purchases"] == 1
    assert leaked["roi"]["withheld"] == "NO_MARGIN"
    assert (other["leaked"], other["roi"]) == (0, other["leak_adjusted_roi"])
    assert "% (others 0%)" in leaked["why"]


def test_the_adjusted_return_leaves_out_what_leaked_orders_brought(told):
    told.given(STORY.replace("USD     | 50.00    |", "USD     | 0.00     |"))
    leaked = told.ws.leaks(creator="ana").rows[0]
    cost = leaked["inputs"]["cost"]
    assert leaked["inputs"]["leaked_contribution"] == 24 * 6000
    assert leaked["roi"] == pytest.approx(64 * 6000 / cost - 1, abs=1e-6)
    assert leaked["leak_adjusted_roi"] == pytest.approx(40 * 6000 / cost - 1, abs=1e-6)


def test_each_order_says_why_and_a_known_version_gives_the_same(story):
    rows = story.ws.leaks(orders=True, rules=NEWEST).rows
    assert rows == story.ws.leaks(orders=True).rows
    assert [row["verdict"] for row in rows].count("leaked") == 24
    assert "BR +" in rows[0]["why"]
    assert rows[0]["source_line"] > 1
    (own,) = (row for row in rows if row["verdict"] == "own purchase")
    assert "the creator, by the hash" in own["why"]


@pytest.mark.parametrize("asked", [{"code": "NO"}, {"creator": "no"}, {"campaign": "no"}])
def test_names_that_are_not_there_are_refused(story, asked):
    with pytest.raises(NotFound):
        story.ws.leaks(**asked)


def test_a_held_code_holds_its_questioned_orders_as_the_books_have_them(story):
    story.ws.hold_payout("ANA-26", "on a coupon site")
    held = story.ws.held().rows
    assert len(held) == 25
    assert {row["amount"] for row in held} == {"10.00", "5.00"}
    assert {(row["agreement"], row["reason"]) for row in held} == {("a1", "on a coupon site")}
    assert story.ws.leaks(creator="ana").rows[0]["held"] == 25


def test_an_order_is_released_out_of_its_code_and_an_appeal_keeps_who_held(story, acting):
    story.ws.hold_payout("ANA-26", "on a coupon site")
    order = story.ws.held().rows[0]["order"]
    appealed = story.ws.appeal_payout(order, "My cousin bought it.").rows[0]
    assert (appealed["state"], appealed["reason"]) == ("held", "on a coupon site")
    assert len(story.ws.held().rows) == 25
    released = held_payouts.release(acting("pat", Role.PREPARER), order, "He did.")
    assert (released.state, released.appeal) == ("released", "My cousin bought it.")
    assert order not in {row["order"] for row in story.ws.held().rows}
    held_payouts.release(acting("pat", Role.PREPARER), "ANA-26", "Nothing came of it.")
    assert story.ws.held().rows == []


def test_holding_again_keeps_what_the_creator_said(story, acting):
    story.ws.hold_payout("ANA-26", "on a coupon site")
    held_payouts.appeal(acting("kim", Role.PREPARER), "ANA-26", "Not mine.")
    order = story.ws.held().rows[0]["order"]
    again = held_payouts.hold(acting("pat", Role.PREPARER), "ANA-26", "on two sites")
    assert (again.reason, again.appeal, again.decided_by) == ("on two sites", "Not mine.", "pat")
    assert held_payouts.hold(acting("pat", Role.PREPARER), order, "this one").appeal == "Not mine."
    held_payouts.release(acting("kim", Role.PREPARER), "ANA-26", "Nothing came of it.")
    assert held_payouts.hold(acting("kim", Role.PREPARER), "ANA-26", "new").appeal == "Not mine."


def test_what_is_held_is_left_out_of_payables_and_comes_back(told, acting):
    told.given(STORY + INVOICE)
    (payable,) = told.ws.payables().rows
    assert (payable["amount"], payable["held"]) == ("645.00", "0.00")
    told.ws.hold_payout("ANA-26", "on a coupon site")
    (payable,) = told.ws.payables().rows
    assert (payable["amount"], payable["held"]) == ("400.00", "245.00")
    held_payouts.release(acting("pat", Role.PREPARER), "ANA-26", "Nothing came of it.")
    assert told.ws.payables().rows[0]["amount"] == "645.00"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda ground: held_payouts.hold(ground, "NO", "why"), NotFound, "No order, and no code"),
        (lambda ground: held_payouts.hold(ground, "ANA-26", " "), UsageError, "--reason"),
        (lambda ground: held_payouts.release(ground, "ANA-26", "why"), UsageError, "not held"),
        (lambda ground: held_payouts.appeal(ground, "ANA-26", "why"), UsageError, "not held"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(story, call, error, words):
    with pytest.raises(error, match=words):
        call(story.ground)


@pytest.mark.usefixtures("story")
def test_who_held_something_cannot_release_it(acting):
    held_payouts.hold(acting("pat", Role.PREPARER), "ANA-26", "on a coupon site")
    held_payouts.appeal(acting("kim", Role.PREPARER), "ANA-26", "Not mine.")
    with pytest.raises(Refused, match="pat held the code ANA-26 and so cannot release it; another"):
        held_payouts.release(acting("Pat ", Role.PREPARER), "ANA-26", "Never mind.")
    released = held_payouts.release(acting("kim", Role.PREPARER), "ANA-26", "Not on the site.")
    assert (released.state, released.decided_by) == ("released", "kim")


@pytest.mark.usefixtures("story")
def test_who_only_reads_holds_nothing(acting):
    with pytest.raises(Refused):
        held_payouts.hold(acting("mia", Role.MARKETER), "ANA-26", "why")


def test_odd_clicks_are_rows_with_their_reason(told):
    clicks = "\n".join(
        f"k{at} | 2026-05-03T12:00:{at % 60:02} | ana1 | v{at} | Mozilla/5.0 Firefox/130.0"
        for at in range(40)
    )
    told.given(
        f"{CATALOG}\nclicks\nclick_id | clicked_at | slug | visitor | user_agent\n{clicks}\n"
    )
    (row,) = odd_clicks(told.ground)
    assert (row["slug"], row["gross"], row["valid"], row["questioned"]) == ("ana1", 40, 0, 40)
    assert row["reasons"] == "burst"
    assert told.ws.odd_clicks(creator="bo").rows == []
    for unknown in ({"creator": "nobody"}, {"campaign": "nope"}):
        with pytest.raises(NotFound, match="There is no"):
            told.ws.odd_clicks(**unknown)
