"""Reports as they are asked for: what is refused, and what counts when nothing is said."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.time import Period
from truelift.ledger.period import PeriodStatus
from truelift.operations.reporting import MAKERS, ReportRequest, newest_known, report
from truelift.reports.statement import STATEMENTS
from truelift.store import control_records, journal


def asked(told, name="pnl", **more):
    return report(told.ground, ReportRequest(name, **more))


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (ReportRequest("gossip"), "no report 'gossip'; ask for one of pnl, accruals"),
        (ReportRequest("budget", creator="ana"), "budget is not by creator"),
        (ReportRequest("journal-audit", period="2026-05"), "not by period; leave --period out"),
        (ReportRequest("pnl", period="May"), "'May' is not a period; write a month such as"),
        (ReportRequest("pnl", period="2026-05", last="2026-06"), "either --period or --from"),
        (ReportRequest("pnl", first="2026-06", last="2026-05"), "2026-06 is after --to 2026-05"),
        (ReportRequest("pnl", as_closed=True), "No period is closed yet; leave --as-closed out"),
        (ReportRequest("pnl", "2026-05", as_closed=True), "The period 2026-05 is not closed"),
        (
            ReportRequest("pnl", as_closed=True, known_at=dt.datetime(2026, 5, 1)),
            "either --as-closed or --known-at",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_what_to_do(season, request_, sentence):
    with pytest.raises(UsageError, match=sentence):
        report(season.ground, request_)


@pytest.mark.parametrize("who", [{"campaign": "winter"}, {"creator": "zed"}])
def test_a_name_that_nothing_has_is_not_found(season, who):
    with pytest.raises(NotFound, match="There is no"):
        asked(season, **who)


def test_a_name_that_only_an_agreement_or_a_cost_has_is_found(season):
    assert asked(season, campaign="glow").statement.rows
    assert asked(season, creator="bo").statement.rows


def test_a_creator_that_only_the_journal_names_is_found(told):
    told.given(
        """
        costs
        document | state    | date  | creator | campaign | type | amount | currency
        i1       | invoiced | 05-10 | guest   | party    | fee  | 10.00  | USD
        """
    )
    (row,) = asked(told, creator="guest", campaign="party").statement.rows
    assert row["booked"] == 1000


def test_every_report_can_be_asked_and_says_whose_books_it_shows(season):
    assert list(MAKERS) == list(STATEMENTS)
    for name, (_, takes) in STATEMENTS.items():
        found = asked(season, name)
        assert found.statement.name == name
        assert found.heading == "acme, USD, as known at 2026-05-19T20:01:00Z;"
        for narrowed in set(takes) - {"period"}:
            given = {"campaign": "spring", "creator": "ana"}[narrowed]
            assert asked(season, name, **{narrowed: given}).statement.columns


def test_known_at_defaults_to_the_newest_recording_of_anything(told):
    assert newest_known(told.ground) == dt.datetime(1970, 1, 1)
    noon = dt.datetime(2026, 7, 1, 12)
    told.tried("costs\ndocument | state | date | type | amount\nx | y | z | fee | 1", at=noon)
    assert newest_known(told.ground) == noon
    with told.ground.workspace.transaction() as connection:
        control_records.keep(
            connection, "acme", "policy", "returns", {}, at=noon + dt.timedelta(1), by="eve"
        )
    assert newest_known(told.ground) == noon + dt.timedelta(1)


def test_as_closed_takes_the_last_closed_period_when_none_is_named(told):
    told.given(
        """
        costs
        document | state    | date  | campaign | type | amount | currency
        i1       | invoiced | 05-10 | spring   | fee  | 10.00  | USD
        """,
        at=dt.datetime(2026, 6, 1),
    )
    with told.ground.workspace.transaction() as connection:
        journal.set_period_status(
            connection, "acme", Period(2026, 5), PeriodStatus.CLOSED, changed_by="eve",
            changed_at=dt.datetime(2026, 6, 2),
        )  # fmt: skip
    told.given(
        """
        costs
        document | state    | date  | campaign | type | amount | currency
        i2       | invoiced | 05-11 | spring   | fee  | 5.00   | USD
        """,
        at=dt.datetime(2026, 6, 3),
    )
    found = asked(told, as_closed=True)
    assert [row["as_closed"] for row in found.statement.rows] == [1000]
    assert found.known_at == dt.datetime(2026, 6, 2)
    assert [(row["booked"], row["as_known"]) for row in asked(told).statement.rows] == [
        (1000, 1500), (500, 0),
    ]  # fmt: skip


def test_a_report_up_to_a_period_is_as_of_its_last_day(season):
    assert asked(season, "commitments").statement.title == "Commitments on 2026-05-18"
    assert (
        asked(season, "commitments", period="2026-04").statement.title
        == "Commitments on 2026-04-30"
    )
