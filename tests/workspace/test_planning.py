"""The Python door looks ahead: rows and tables of pacing, forecast, rates."""

from __future__ import annotations

import pytest

import truelift
from truelift.base.errors import Refused, UsageError
from truelift.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    """An empty workspace with one campaign that nobody takes part in."""
    from truelift.app import create, opened  # noqa: PLC0415 - only here
    from truelift.operations.brands import brand_record  # noqa: PLC0415 - only here

    folder = tmp_path_factory.mktemp("planning")
    create(folder / "ws", brand_record("acme", "USD", "UTC"))
    (folder / "campaigns.csv").write_text(
        "campaign,goal,starts,ends,currency,budget\nspring,sales,2026-05-01,2026-05-31,USD,100.00\n"
    )
    with opened(folder / "ws", None) as workspace:
        workspace.import_files([folder / "campaigns.csv"])
        yield workspace


def test_every_question_has_rows_that_say_why(ws: Workspace):
    for result in (ws.pacing(), ws.forecast(), ws.development_rates()):
        assert result.rows
        assert all(row["why"] for row in result.rows)
        assert len(result) == len(result.rows)
        assert result.arrow().num_rows == len(result.rows)
        assert result.data["currency"] == "USD"
    assert ws.forecast("spring").rows[0]["withheld"] == "NOT_PLANNED"
    assert ws.pacing("spring").rows[1]["budget"] == 10_000


@pytest.mark.parametrize(
    "ask",
    [
        lambda ws: ws.alerts(), lambda ws: ws.check_alerts(), lambda ws: ws.alert_channels(),
        lambda ws: ws.check_links(), lambda ws: ws.leaks(), lambda ws: ws.leaks(orders=True),
        lambda ws: ws.odd_clicks(), lambda ws: ws.held(), lambda ws: ws.shortlist(),
        lambda ws: ws.engagement_rate(), lambda ws: ws.reallocation("spring"),
        lambda ws: ws.budget_versions(), lambda ws: ws.scorecard(), lambda ws: ws.fees("spring"),
    ],
)  # fmt: skip
def test_an_answer_without_rows_says_what_fills_it(ws: Workspace, ask):
    result = ask(ws)
    assert (len(result), result.rows) == (0, [])
    assert "`truelift " in result.table.instead


def test_a_backtest_without_a_past_says_so(ws: Workspace):
    (row,) = ws.forecast_backtest().rows
    assert row["withheld"] == "NO_HISTORY"


def test_rates_without_history_or_of_no_day_are_refused(ws: Workspace):
    with pytest.raises(UsageError, match="cohorts are old enough"):
        ws.propose_rates()
    with pytest.raises(UsageError, match="is not a day"):
        ws.approve_rates("x", valid_from="May")


def test_a_proposal_is_approved_by_another_person_and_booked(tmp_path):
    from truelift.app import create, opened, people_of  # noqa: PLC0415 - only here
    from truelift.operations.brands import brand_record  # noqa: PLC0415 - only here

    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    (tmp_path / "codes.csv").write_text("code,creator,campaign\nA,ana,\n")
    weeks = [f"{n},2026-01-{5 + 7 * (n % 4):02}T12:00:00Z,USD,100.00,10.00,A" for n in range(8)]
    (tmp_path / "orders.csv").write_text(
        "\n".join(["order_id,ordered_at,currency,subtotal,cogs,code", *weeks,
                   "z,2026-03-30T12:00:00Z,USD,1.00,1.00,A", ""])
    )  # fmt: skip
    (tmp_path / "refunds.csv").write_text(
        "refund_id,order_id,refunded_at,amount,currency\nr,0,2026-01-09T12:00:00Z,50.00,USD\n"
    )
    with people_of(tmp_path / "ws") as people:
        people.add("kim", "approver")
        token = people.token("kim").reveal()
    with opened(tmp_path / "ws", None) as ws:
        ws.import_files([tmp_path])
        (proposed,) = ws.propose_rates().rows
        with pytest.raises(Refused):
            ws.approve_rates(proposed["proposal"])
    with truelift.open(tmp_path / "ws", token=token) as ws:
        result, written = ws.approve_rates(proposed["proposal"], valid_from="2026-01-01")
    assert result.rows[0]["state"] == "approved"
    assert written > 0
