"""A month is closed by two people; what comes later goes to the next month and changes no pack."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest

from truelift.base.errors import CheckFailed, JournalRefused, NotFound, Refused, TrueliftError
from truelift.base.time import Period
from truelift.ledger.close import CloseState
from truelift.operations import approvals, close, close_pack
from truelift.operations.account_mapping import set_mapping
from truelift.operations.book import book
from truelift.operations.close_figures import sections
from truelift.operations.knowledge import knowledge
from truelift.operations.ledger import journal_rows, trial_balance
from truelift.store import control_records

MAY, JUNE = Period(2026, 5), Period(2026, 6)
FIRST_OF_JUNE = dt.datetime(2026, 6, 3, 9)

MONTH = """
creators
creator | name
ana     | Ana

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

agreements
agreement | campaign | creator | fee    | currency | signed_on | commission_rate | kind
a-1       | spring   | ana     | 500.00 | USD      | 05-02     | 0.10            | deliverables

deliverables
deliverable | agreement | platform  | live_at
d-1         | a-1       | instagram | 05-10
d-2         | a-1       | instagram |

codes
code   | creator | campaign
ANA-26 | ana     | spring

costs
document | state    | date  | campaign | creator | type   | amount | currency
tool-5   | invoiced | 05-11 | spring   |         | agency | 50.00  | USD

orders
order_id | ordered_at | code   | currency | subtotal | cogs
o-1      | @05-12     | ANA-26 | USD      | 200.00   | 80.00
o-2      | @06-01     | ANA-26 | USD      | 100.00   | 40.00
"""

REFUND = """
refunds
refund_id | order_id | refunded_at | amount | currency
r-1       | o-1      | @05-30      | 200.00 | USD
"""


def by(told, person):
    return replace(told.ground, person=person)


@pytest.fixture
def month(told):
    return told.given(MONTH, at=FIRST_OF_JUNE)


@pytest.fixture
def may(month):
    """May, prepared by one person and locked by another."""
    month.clock.at = FIRST_OF_JUNE + dt.timedelta(hours=1)
    close.prepare(by(month, "ana"), MAY)
    month.clock.at += dt.timedelta(hours=1)
    close.approve(by(month, "bo"), MAY)
    return month


def checks_of(found):
    return {check["name"]: check for check in found.record["checks"]}


def test_a_month_is_prepared_by_one_person_and_locked_by_another(may):
    steps = [(item.state, item.by) for item in close.history(may.ground)]
    assert steps == [(CloseState.PREPARED, "ana"), (CloseState.CLOSED, "bo")]
    record = close.closed(may.ground, MAY).record
    assert (record["prepared_by"], len(record["checkpoint"])) == ("ana", 64)
    with pytest.raises(NotFound, match="2026-06 was never closed"):
        close.closed(may.ground, JUNE)


def test_nobody_approves_what_they_prepared(month):
    ground = by(month, "ana")
    with pytest.raises(JournalRefused, match="prepare it first"):
        close.approve(ground, MAY)
    close.prepare(ground, MAY)
    with pytest.raises(JournalRefused, match="ana prepared 2026-05 and cannot approve it too"):
        close.approve(ground, MAY)


def test_what_moved_after_the_preparation_must_be_prepared_again(month):
    close.prepare(by(month, "ana"), MAY)
    month.given(REFUND, at=FIRST_OF_JUNE + dt.timedelta(hours=2))
    with pytest.raises(JournalRefused, match="since 2026-05 was prepared"):
        close.approve(by(month, "bo"), MAY)
    found = close.prepare(by(month, "ana"), MAY)
    changed = {row["rule"]: row["change_minor"] for row in close.changes(found.record)}
    assert changed["R07"] == -2000
    close.approve(by(month, "bo"), MAY)


def test_a_late_refund_goes_to_june_marked_and_leaves_the_pack_as_it_was(may, tmp_path):
    before = close_pack.write_pack(may.ground, MAY, tmp_path / "first")
    as_closed = trial_balance(may.ground, period=MAY)
    may.given(REFUND, at=FIRST_OF_JUNE + dt.timedelta(days=5))
    late = [row for row in journal_rows(may.ground, period=JUNE) if row["rule"] == "R07"]
    assert {row["effective_date"] for row in late} == {JUNE.first_day}
    assert trial_balance(may.ground, period=MAY) == as_closed
    after = close_pack.write_pack(may.ground, MAY, tmp_path / "second")
    assert [row["sha256"] for row in after] == [row["sha256"] for row in before]
    assert {row["file"].rsplit(".", 1)[1] for row in after} == {"pdf", "xlsx"}
    shown = {
        section["title"]: section
        for section in sections(knowledge(may.ground), JUNE, close.days_of(may.ground, JUNE))
    }
    assert shown["Late adjustments"]["rows"][0][0] == "2026-05"


def test_a_close_is_blocked_by_what_is_not_booked_or_not_known_yet(told):
    told.given(MONTH.replace("@06-01", "@05-20").replace("50.00  | USD", "50.000 | KWD"))
    found = close.prepare(by(told, "ana"), MAY)
    blocking = {name for name, check in checks_of(found).items() if check["found"]
                and check["severity"] == "blocks"}  # fmt: skip
    assert blocking == {"watermark", "rates"}
    with pytest.raises(JournalRefused, match="import until after 2026-05-31"):
        close.approve(by(told, "bo"), MAY)


def test_an_earlier_month_with_entries_is_closed_first(may):
    may.given(
        """
        costs
        document | state    | date  | campaign | type   | amount | currency
        tool-7   | invoiced | 07-02 | spring   | agency | 10.00  | USD

        orders
        order_id | ordered_at | code   | currency | subtotal | cogs
        o-9      | @08-02     | ANA-26 | USD      | 1.00     | 0.40
        """,
        at=dt.datetime(2026, 8, 3),
    )
    found = close.prepare(by(may, "ana"), Period(2026, 7))
    assert checks_of(found)["sequence"]["subjects"] == ("2026-06",)


def test_a_closed_month_is_reopened_only_with_a_reason_and_closed_again(may):
    with pytest.raises(JournalRefused, match="Say why 2026-05"):
        close.reopen(by(may, "bo"), MAY, " ")
    with pytest.raises(JournalRefused, match="2026-05 is closed; reopen it"):
        close.prepare(by(may, "ana"), MAY)
    close.reopen(by(may, "bo"), MAY, "The auditor found an invoice.")
    may.given(REFUND, at=FIRST_OF_JUNE + dt.timedelta(days=5))
    (refund, *_) = [row for row in journal_rows(may.ground) if row["rule"] == "R07"]
    assert refund["effective_date"] == dt.date(2026, 5, 30)
    close.prepare(by(may, "ana"), MAY)
    again = close.approve(by(may, "bo"), MAY)
    assert close.closed(may.ground, MAY).sha256 == again.sha256
    with pytest.raises(JournalRefused, match="nothing to reopen"):
        close.reopen(by(may, "bo"), JUNE, "because")


def test_of_two_who_approve_at_once_exactly_one_wins(month, monkeypatch):
    """The figures are read before: one process owns the facts, and the lock is raced for."""
    close.prepare(by(month, "ana"), MAY)
    known = knowledge(month.ground)
    figures = sections(known, MAY, close.days_of(month.ground, MAY))
    monkeypatch.setattr(close, "knowledge", lambda *_: known)
    monkeypatch.setattr(close, "_checks", lambda *_: [])
    monkeypatch.setattr(close, "sections", lambda *_: figures)
    gate, won, lost = threading.Barrier(2), [], []

    def approve(person):
        gate.wait()
        try:
            won.append(close.approve(by(month, person), MAY).by)
        except JournalRefused as refused:
            lost.append(str(refused))

    people = [threading.Thread(target=approve, args=(name,)) for name in ("bo", "cy")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert (len(won), len(lost)) == (1, 1)
    assert "2026-05 is closed" in lost[0]
    states = [item.state for item in close.history(month.ground)]
    assert states.count(CloseState.CLOSED) == 1


def test_a_pack_that_was_changed_since_is_not_printed(may, monkeypatch):
    found = close.closed(may.ground, MAY)
    forged = replace(found, record=found.record | {"sections": []})
    monkeypatch.setattr(close_pack, "closed", lambda *_: forged)
    with pytest.raises(CheckFailed, match="does not match its checkpoint"):
        close_pack.pack(may.ground, MAY)


def test_every_cost_of_the_month_stands_in_the_pack_and_in_the_books(may):
    shown = {
        section["title"]: section["rows"]
        for section in close_pack.pack(may.ground, MAY)["sections"]
    }
    assert shown["Cost by campaign and creator"] == [
        ["spring", "ana", "6100", "Creator fees", "250.00"],
        ["spring", "ana", "6110", "Commissions and revenue share", "20.00"],
        ["spring", "", "6140", "Agency and platform fees", "50.00"],
        ["total", "", "", "", "320.00"],
    ]
    rolled = {row[0]: row[2:] for row in shown["Roll-forward"]}
    assert rolled["2100"] == ["0.00", "0.00", "-250.00", "-250.00"]
    bridge = [row for row in shown["Bridge"] if row[1] == "creator_cost"]
    assert sum(float(row[4]) for row in bridge) == -320.0
    assert {row[4] for row in shown["Bridge"] if row[1] == "residual"} == {"0.00"}


def test_closes_of_another_brand_are_not_seen(may):
    with may.ground.workspace.transaction() as connection:
        assert control_records.records(connection, "other", control_records.CLOSE) == []


FOREIGN = """
rates
date  | base | quote | rate | kind
05-20 | EUR  | USD   | 1.10 | spot
05-31 | EUR  | USD   | 1.25 | closing

costs
document | state    | date  | campaign | creator | type   | amount | currency
euro     | invoiced | 05-20 | spring   |         | agency | 100.00 | EUR
"""


def test_what_is_owed_in_foreign_money_stands_at_the_closing_rate_and_goes_back_on_day_one(told):
    told.given(MONTH + FOREIGN, at=FIRST_OF_JUNE)
    close.prepare(by(told, "ana"), MAY)
    again = close.prepare(by(told, "ana"), MAY)
    close.approve(by(told, "bo"), MAY)
    moved = {
        (row["account"], row["effective_date"]): row["base"]
        for row in journal_rows(told.ground)
        if row["rule"] == "R17"
    }
    assert moved == {
        ("2000", MAY.last_day): "-15.00",
        ("7110", MAY.last_day): "15.00",
        ("2000", JUNE.first_day): "15.00",
        ("7110", JUNE.first_day): "-15.00",
    }
    assert not any(row["change_minor"] for row in close.changes(again.record))
    assert book(told.ground)[0] == 0


def test_above_the_threshold_two_people_approve_and_neither_prepared_it(month):
    approvals.set_threshold(month.ground, 100)
    close.prepare(by(month, "ana"), MAY)
    first = close.approve(by(month, "bo"), MAY)
    assert (first.state, first.approvals.given) == (CloseState.PREPARED, ("bo",))
    with pytest.raises(Refused, match="bo"):
        close.approve(by(month, "bo"), MAY)
    with pytest.raises(TrueliftError, match="ana"):
        close.approve(by(month, "ana"), MAY)
    second = close.approve(by(month, "cy"), MAY)
    assert second.state is CloseState.CLOSED
    assert second.record["approvals"] == ["bo", "cy"]


def test_what_is_prepared_anew_is_approved_anew(month):
    approvals.set_threshold(month.ground, 100)
    close.prepare(by(month, "ana"), MAY)
    close.approve(by(month, "bo"), MAY)
    month.clock.at += dt.timedelta(hours=1)
    close.prepare(by(month, "ana"), MAY)
    assert close.approve(by(month, "cy"), MAY).state is CloseState.PREPARED
    assert close.approve(by(month, "bo"), MAY).state is CloseState.CLOSED


def test_below_the_threshold_one_person_locks(month):
    approvals.set_threshold(month.ground, 10**9)
    close.prepare(by(month, "ana"), MAY)
    assert close.approve(by(month, "bo"), MAY).state is CloseState.CLOSED


def test_accounts_that_are_mapped_do_not_stop_a_close_and_one_that_is_not_does(month):
    file = month.folder / "mapping.yaml"
    file.write_text("accounts: {6100: '4610'}")
    set_mapping(month.ground, file)
    prepared = close.prepare(by(month, "ana"), MAY)
    (check,) = [each for each in prepared.record["checks"] if each["name"] == "account_mapping"]
    assert check["severity"] == "blocks"
    assert not any(subject.startswith("6100") for subject in check["subjects"])
    told = trial_balance(month.ground)
    numbers = sorted({row["account"] for row in told if row["account"] != "total"})
    file.write_text("accounts: {" + ", ".join(f"{each}: 'G{each}'" for each in numbers) + "}")
    set_mapping(month.ground, file)
    close.prepare(by(month, "ana"), MAY)
    assert close.approve(by(month, "bo"), MAY).state is CloseState.CLOSED


def test_a_preparation_that_is_too_early_books_nothing_ahead_of_time(told):
    told.given(
        """
        agreements
        agreement | creator | fee    | currency | signed_on | starts | ends  | kind
        a-1       | ana     | 900.00 | USD      | 05-01     | 05-01  | 07-31 | retainer

        orders
        order_id | ordered_at | currency | subtotal
        1        | @05-10     | USD      | 10.00
        """,
        at=FIRST_OF_JUNE,
    )
    early = close.prepare(by(told, "ana"), JUNE)
    assert {row["effective_date"] for row in journal_rows(told.ground) if row["rule"] == "R04"} == (
        set()
    )
    blocking = {each["name"] for each in early.record["checks"] if each["found"]}
    assert {"watermark", "sequence"} <= blocking
