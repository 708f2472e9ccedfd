"""The journal is what the facts imply: once, again, and when they change."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.operations import book as booking
from truelift.operations.book import book
from truelift.operations.book_facts import source_facts
from truelift.operations.exchange_rates import keep_own_rates
from truelift.operations.knowledge import knowledge, local_day
from truelift.operations.ledger import verify
from truelift.store import journal

BASICS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD
"""


def entries(told):
    with told.ground.workspace.transaction() as connection:
        return journal.entries(connection, told.ground.brand.brand)


def test_booking_again_writes_nothing(season):
    before = entries(season)
    assert book(season.ground) == (0, ())
    assert entries(season) == before


def test_entries_carry_the_time_of_the_recording_that_implied_them(told):
    told.given(
        BASICS
        + """
        costs
        document | state    | date  | campaign | type   | amount | currency
        i        | invoiced | 05-02 | spring   | agency | 10.00  | USD
        """
    )
    (row,) = {entry.effective_date.isoformat() for entry in entries(told)}
    assert row == "2026-05-02"
    before = told.levels(by="campaign", known_at="2026-11-30")
    assert before["matched"] == "NO_ORDERS"
    assert told.row(by="campaign", known_at="2026-12-01T00:00+00:00")["cost"]["accrued"] == 1000


def test_what_cannot_be_booked_is_told_and_the_rest_is_booked(told):
    told.given(
        BASICS
        + """
        costs
        document | state    | date  | campaign | type   | amount | currency
        i        | invoiced | 05-02 | spring   | agency | 10.000 | KWD
        j        | invoiced | 05-02 | spring   | agency | 10.00  | USD
        """
    )
    _, faults = book(told.ground)
    assert [fault.code.value for fault in faults] == ["NO_RATE"]
    assert told.row(by="campaign")["cost"]["accrued"] == 1000
    assert told.row(by="campaign")["roi"]["withheld"] == "NO_RATE"
    told.given(
        """
        rates
        date  | base | quote | rate
        05-01 | KWD  | USD   | 3.25
        """
    )
    assert book(told.ground) == (0, ())
    assert told.row(by="campaign")["cost"]["accrued"] == 4250


def test_own_rates_are_kept_once_and_stand_before_the_central_banks(told):
    told.given(
        BASICS
        + """
        rates
        date  | base | quote | kind   | rate
        05-01 | EUR  | USD   |        | 1.5
        05-01 | EUR  | USD   | budget | 1.2

        costs
        document | state    | date  | campaign | type   | amount | currency
        i        | invoiced | 05-01 | spring   | agency | 10.00  | EUR
        """
    )
    known = knowledge(told.ground)
    assert keep_own_rates(known) == 0
    assert str(known.rate_set.find(known.as_of.date(), "EUR", "USD").rate) == "1.5"
    assert told.row(by="campaign")["cost"]["accrued"] == 1500


def test_a_deliverable_is_live_by_its_own_date_else_by_the_post_that_fulfils_it(told):
    told.given(
        BASICS
        + """
        agreements
        agreement | campaign | creator | fee  | currency | signed_on
        a         | spring   | ana     | 1000 | JPY      | 04-01

        rates
        date  | base | quote | rate
        04-01 | JPY  | USD   | 0.01

        deliverables
        deliverable | agreement | price | live_at | platform  | post_id
        own         | a         | 500   | @05-03  |           |
        named       | a         | 300   |         | instagram | p1
        naming      | a         | 200   |         |           |
        waiting     | a         | 0     |         | instagram | p9
        orphan      | gone      | 10    | @05-03  |           |

        posts
        platform  | post_id | creator | published_at | deliverable
        instagram | p1      | ana     | @05-04       |
        instagram | p2      | ana     | @05-05       | naming
        """
    )
    facts = source_facts(knowledge(told.ground))
    live = {item.deliverable: item.live_on.isoformat() for item in facts.live}
    assert live == {
        "own": "2026-05-03", "named": "2026-05-04", "naming": "2026-05-05", "orphan": "2026-05-03",
    }  # fmt: skip
    (agreement,) = facts.agreements
    # Prices name no currency: they are read in the agreement's, and the yen has no cents.
    assert {item.deliverable: item.price_minor for item in agreement.deliverables}["own"] == 500
    accrued = {
        entry.effective_date.isoformat(): posting.amount_minor
        for entry in entries(told)
        for posting in entry.postings
        if posting.account == "6100"
    }
    assert accrued == {"2026-05-03": 500, "2026-05-04": 300, "2026-05-05": 200}


def test_an_agreement_without_campaign_pays_commission_in_the_orders_campaign(told):
    told.given(
        BASICS
        + """
        codes
        code | creator | campaign
        ANA  | ana     | spring

        agreements
        agreement | creator | currency | signed_on | commission_rate
        a         | ana     | USD      | 04-01     | 0.10

        orders
        order_id | ordered_at | currency | subtotal | discount | code | cancelled_at
        1        | @05-02     | USD      | 10.00    |          | ANA  |
        2        | @05-03     | USD      | 10.00    |          | ANA  | @05-04
        3        | @05-03     | USD      | 10.00    | 10.00    | ANA  | @05-04
        """
    )
    facts = source_facts(knowledge(told.ground))
    assert [item.campaign for item in facts.commissions] == ["spring", "spring"]
    (reversal,) = facts.refunds
    assert (reversal.refund, reversal.refunded_minor) == ("/cancelled/a", 1000)
    assert told.row(creator="ana")["cost"]["accrued"] == 100


@pytest.mark.parametrize(
    ("currency", "booked"),
    [("USD", [4, 4, 2]), ("EUR", [6, 4])],
)
def test_a_cap_is_used_up_by_what_is_booked_in_the_agreements_currency(told, currency, booked):
    told.given(
        BASICS
        + f"""
        codes
        code | creator | campaign
        ANA  | ana     | spring

        rates
        date  | base | quote | rate
        05-01 | EUR  | USD   | 1.5

        agreements
        agreement | creator | currency | signed_on | commission_rate | commission_cap
        a         | ana     | USD      | 04-01     | 0.10            | 0.10

        orders
        order_id | ordered_at | currency   | subtotal | code
        1        | @05-02     | {currency} | 0.38     | ANA
        2        | @05-03     | {currency} | 0.38     | ANA
        3        | @05-04     | {currency} | 0.38     | ANA
        """
    )
    accrued = [
        posting.amount_minor
        for entry in entries(told)
        for posting in entry.postings
        if posting.account.startswith("61") and entry.rule == "R06"
    ]
    assert accrued == booked


CANCELLED = """
agreements
agreement | campaign | creator | fee    | currency | signed_on | cancelled_on | cancel_fee
a         | spring   | ana     | 100.00 | USD      | 04-01     | {day}        | 40.00
"""


def test_a_cancellation_is_an_event_that_a_report_reaches_and_the_books_verify(told):
    told.given(BASICS + CANCELLED.format(day="05-20"))
    known = knowledge(told.ground)
    assert local_day(known.as_of, "America/New_York") == dt.date(2026, 5, 20)
    assert told.row(by="campaign")["cost"]["accrued"] == 4000
    assert verify(told.ground) == []


def test_cost_that_the_bridges_do_not_reach_is_told_with_the_newest_day(told):
    told.given(BASICS + CANCELLED.format(day="2027-05-20"))
    known = knowledge(told.ground)
    assert local_day(known.as_of, "America/New_York") == dt.date(2026, 4, 1)
    (sentence,) = verify(told.ground)
    assert sentence == (
        "The bridges show 0.00 of creator cost, the ledger 40.00 in accounts 6100 to 6180; "
        "its newest entry takes effect on 2027-05-20."
    )


def test_what_came_in_is_booked_beside_and_thought_again_when_something_was_decided(
    told, monkeypatch
):
    told.given("creators\ncreator\nana")
    thought, prepare = [], booking._prepared

    def decided_meanwhile(ground):
        thought.append(1)
        if len(thought) < 3:
            with ground.turn:
                ground.turn.decided()
        return prepare(ground)

    monkeypatch.setattr(booking, "_prepared", decided_meanwhile)
    assert booking.book_due(told.ground) == 0
    assert len(thought) == 3

    def always(ground):
        thought.append(1)
        with ground.turn:
            ground.turn.decided()
        return prepare(ground)

    monkeypatch.setattr(booking, "_prepared", always)
    version = told.ground.turn.version
    assert booking.book_due(told.ground) == 0
    assert len(thought) == 3 + booking.THINKS + 1
    assert told.ground.turn.version == version


def test_what_is_booked_beside_equals_what_is_booked_at_once(told):
    told.given(
        """
        creators
        creator
        ana

        agreements
        agreement | creator | fee    | currency | signed_on
        a         | ana     | 300.00 | USD      | 04-01

        deliverables
        deliverable | agreement | price  | live_at
        d           | a         | 300.00 | @05-02
        """
    )
    assert booking.book_due(told.ground) == 0  # the import booked it already
    with told.ground.turn:
        told.ground.turn.changed(["costs"])
    assert book(told.ground)[0] == 0
    assert told.ground.turn.unbooked() == frozenset()
