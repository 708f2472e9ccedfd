"""The queue of exceptions, decisions with both times, payables, accruals to chase and confirm."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError

STORY = """
agreements
agreement | campaign | creator | fee    | currency | signed_on
a1        | spring   | ana     | 300.00 | USD      | 04-01
b1        | spring   | bo      | 200.00 | USD      | 04-01
e1        | spring   | eve     | 100.00 | EUR      | 04-01

deliverables
deliverable | agreement | price  | live_at
d1          | a1        | 100.00 | @04-12
d2          | a1        | 200.00 | @05-12
d3          | b1        | 200.00 | @04-20

rates
date  | base | quote | rate
04-01 | EUR  | USD   | 1.10

invoices
supplier | number | date  | due_on | currency | net    | agreement | disputed
ana      | INV-7  | 05-15 | 06-14  | USD      | 100.00 | d1        |
bo       | B-1000 | 05-16 |        | USD      | 210.00 | b1        |
eve      | E-1000 | 05-17 |        | EUR      | 100.00 | e1        | yes
bo       | CN-100 | 05-18 |        | USD      | -5.00  | b1        |

bank_lines
bank_line | date  | amount | currency | counterparty | reference
l1        | 05-20 | -99.00 | USD      | A. Person    | part of INV-7
l2        | 05-30 | -1.00  | USD      | Landlord     | Rent
"""
LATER = dt.datetime(2026, 12, 2)


@pytest.fixture
def story(told):
    told.given(STORY)
    told.clock.at = LATER
    return told


def queue(told):
    return [(row["line"], row["reason"], row["age_days"]) for row in
            told.ws.match(exceptions=True).rows]  # fmt: skip


def test_the_queue_ages_at_the_newest_day_of_the_data_not_at_the_clock(story):
    assert queue(story) == [
        ("bo/B-1000", "ABOVE_OPEN", 14), ("bo/CN-100", "CREDIT_NOTE", 12), ("l1", "BELOW_OPEN", 10),
    ]  # fmt: skip


def test_a_person_accepts_and_what_was_known_before_stays_known(story):
    before = dt.datetime(2026, 12, 1, 12)
    story.ws.accept_match("bo/B-1000", "b1")
    story.ws.accept_match("l1", "ana/INV-7")
    assert [row["line"] for row in story.ws.match(exceptions=True).rows] == ["bo/CN-100"]
    assert len(story.ws.match(exceptions=True, known_at=before).rows) == 3
    assert [row["document"] for row in story.ws.payables(known_at=before).rows] == ["ana/INV-7"]
    open_now = {row["document"]: row["amount"] for row in story.ws.payables().rows}
    assert open_now == {"bo/B-1000": "210.00", "ana/INV-7": "1.00"}
    assert story.ws.verify_ledger() == []
    assert {row["account"] for row in story.ws.journal().rows if row["rule"] == "R16"} == {
        "2000", "1000",
    }  # fmt: skip


@pytest.mark.soak
def test_a_person_may_change_their_mind_even_while_the_clock_stands(story):
    story.ws.accept_match("bo/B-1000", "b1")
    story.ws.reject_match("bo/B-1000", "b1")
    assert ("bo/B-1000", "OTHER_PARTY", 14) not in queue(story)
    assert [row["document"] for row in story.ws.payables().rows] == ["ana/INV-7"]
    story.ws.reject_match("l1")
    assert "l1" not in {line for line, *_ in queue(story)}
    story.ws.accept_match("l1", "ana/INV-7")
    rows = {row["line"]: row for row in story.ws.match().rows}
    assert rows["l1"]["settles"] == "ana/INV-7 99.00"
    story.ws.accept_match("bo/B-1000", "a1")
    story.ws.accept_match("bo/B-1000", "b1")
    rows = {row["line"]: row for row in story.ws.match().rows}
    assert rows["bo/B-1000"]["settles"] == "b1 210.00"


def test_what_cannot_be_decided_is_refused_in_one_sentence(story):
    refusals = [
        (NotFound, ("nothing", "b1"), "There is no invoice or bank line nothing"),
        (NotFound, ("l1", "b1"), "no open document"),
        (UsageError, ("l1",), "Name the document"),
        (UsageError, ("l1", "eve/E-1000"), "book the exchange"),
        (UsageError, ("bo/CN-100", "b1"), "cannot be accepted as it stands"),
    ]
    for error, words, sentence in refusals:
        with pytest.raises(error, match=sentence):
            story.ws.accept_match(*words)
    with pytest.raises(NotFound, match="no open document"):
        story.ws.reject_match("l1", "b9")


def test_payables_are_what_may_be_paid_up_to_a_day(story):
    (row,) = story.ws.payables().rows
    assert row["amount"] == "100.00"
    assert row["due_on"] == dt.date(2026, 6, 14)
    assert row["end_to_end_id"].startswith("TL")
    assert story.ws.payables(due="2026-06-13").rows == []
    story.given(
        f"""
bank_lines
bank_line | date  | amount  | currency | end_to_end_id
l9        | 06-01 | -100.00 | USD      | {row["end_to_end_id"]}
"""
    )
    assert story.ws.payables().rows == []


def test_accrued_work_without_an_invoice_is_chased_from_the_period_before(story):
    def told(rows):
        return [(row["creator"], row["what"], row["amount"], row["age_days"]) for row in rows]

    assert told(story.ws.chase().rows) == [("bo", "deliverable d3", "200.00", 40)]
    assert told(story.ws.chase(period="2026-05").rows) == [
        ("ana", "deliverable d2", "200.00", 18), ("bo", "deliverable d3", "200.00", 40),
    ]  # fmt: skip
    assert told(story.ws.chase(period="2026-05", creator="ana").rows) == [
        ("ana", "deliverable d2", "200.00", 18),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="is not a period"):
        story.ws.chase(period="May")


def test_creators_confirm_what_stood_accrued_at_the_end_of_a_period(story):
    result, letters = story.ws.confirm_accruals()
    assert [(row["creator"], row["amount"]) for row in result.rows] == [
        ("ana", "100.00"), ("bo", "200.00"),
    ]  # fmt: skip
    assert "Accrual confirmation, acme, 2026-04-30" in letters
    result, letters = story.ws.confirm_accruals(creator="ana", period="2026-05")
    assert [(row["what"], row["amount"]) for row in result.rows] == [("deliverable d2", "200.00")]
    assert "To: bo" not in letters
