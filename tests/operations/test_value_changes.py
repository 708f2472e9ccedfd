"""What a unit is worth is proposed by one person and counts once another has approved it."""

from __future__ import annotations

import pytest

from truelift.base.errors import FieldOff, NotFound, Overtaken, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.facts.kinds import KINDS
from truelift.operations.form_rows import Written
from truelift.operations.value_changes import decide_row, propose_row, waiting_rows
from truelift.reports.form_cells import form_cells

LEADS = {
    "metric": "leads", "valid_from": "2026-01-01", "unit_value": "8.00", "currency": "USD",
    "basis": "lead_value", "approved_by": "me",
}  # fmt: skip


def test_a_value_waits_until_another_person_approves_it(told, acting):
    row = told.ws.save_row("values", LEADS).rows[0]
    assert row["state"] == "waiting"
    assert "unit_value 8.00" in told.ws.waiting_rows().rows[0]["says"]
    assert told.ws.list("values").rows == []
    with pytest.raises(Refused, match="another person has to"):
        told.ws.decide_row(row["change"])
    with pytest.raises(Refused, match="kim may not approve a value"):
        decide_row(acting("kim", Role.MARKETER), row["change"])
    told.ws._ground = acting("kim", Role.APPROVER, Role.PREPARER)
    told.ws.decide_row(row["change"])
    (kept,) = told.ws.list("values").rows
    assert (kept["unit_value"], kept["approved_by"]) == ("8", "kim")
    assert told.ws.waiting_rows().rows == []
    with pytest.raises(Overtaken, match="decided it already"):
        told.ws.decide_row(row["change"])
    with pytest.raises(NotFound):
        told.ws.decide_row("nothing")


def test_a_change_that_is_rejected_or_overtaken_counts_nowhere(told, acting):
    kim = acting("kim", Role.APPROVER)
    first, _ = decide_row(kim, propose_row(told.ground, Written("values", LEADS))["change"])
    assert first["state"] == "approved"
    (row,) = told.ws.list("values").rows
    read = form_cells(KINDS["values"], row, told.ground.brand.timezone)
    change = propose_row(told.ground, Written("values", read | {"unit_value": "9.00"}, read))
    assert change["says"] == "unit_value 8 -> 9.00"
    rejected, _ = decide_row(kim, change["change"], reject=True)
    assert rejected["state"] == "rejected"
    again = propose_row(told.ground, Written("values", read | {"unit_value": "7.00"}, read))
    told.given(
        "\nvalues\nmetric | valid_from | unit_value | currency | basis | approved_by | valid_to\n"
        "views | 01-01 | 0.5 | USD | approved_value | cfo |\n"
    )
    assert len(waiting_rows(told.ground)) == 1
    other = propose_row(told.ground, Written("values", read | {"unit_value": "6.00"}, read))
    assert other["change"] == again["change"]
    decide_row(kim, other["change"])
    assert {row["unit_value"] for row in told.ws.list("values").rows} == {"6", "0.5"}
    with pytest.raises(Overtaken):
        propose_row(told.ground, Written("values", read, read))


def test_what_a_proposal_says_is_checked_at_once_and_other_kinds_need_none(told):
    with pytest.raises(FieldOff) as refused:
        told.ws.save_row("values", LEADS | {"unit_value": "much"})
    assert refused.value.field == "unit_value"
    with pytest.raises(UsageError, match="need no approval"):
        propose_row(told.ground, Written("campaigns", {}))
