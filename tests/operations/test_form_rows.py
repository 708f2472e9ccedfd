"""A row that a person writes goes through every step of an import, and nothing of it is lost."""

from __future__ import annotations

import pytest

from truelift.base.errors import FieldOff, NotFound, Overtaken, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.facts.event import DropReason, Fault
from truelift.facts.kinds import KINDS
from truelift.operations import form_rows
from truelift.operations.form_rows import Written, off, save_row
from truelift.reports.form_cells import form_cells

SPRING = {
    "campaign": "spring", "goal": "sales", "starts": "2026-05-01", "ends": "2026-05-31",
    "currency": "USD", "budget": "1000.00",
}  # fmt: skip
FILE = """
campaigns
campaign | goal  | starts | ends  | currency | notes
spring   | sales | 05-01  | 05-31 | USD      | {"colour": "red"}

codes
code | creator | campaign | valid_from
ANA  | ana     | spring   | @05-01
"""


def read(told, kind="campaigns"):
    row = told.ws.list(kind).rows[0]
    return form_cells(KINDS[kind], row, told.ground.brand.timezone)


def test_a_new_row_is_kept_with_who_wrote_it(told):
    assert told.ws.save_row("campaigns", SPRING).rows[0]["state"] == "kept"
    (row,) = told.ws.list("campaigns").rows
    assert (row["budget"], row["source_file"]) == ("1000.00", "form of ana.controller")
    with pytest.raises(FieldOff, match="There is spring already") as refused:
        told.ws.save_row("campaigns", SPRING)
    assert refused.value.field == "campaign"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"ends": "2026-04-01"}, "ends", "leaves nothing after starts"),
        ({"goal": ""}, "goal", "The value is missing"),
        ({"budget": "many"}, "budget", "many"),
        ({"currency": "XXZ"}, "currency", "XXZ"),
    ],
)
def test_what_acceptance_refuses_names_its_field_and_is_in_no_quarantine(
    told, change, field, words
):
    with pytest.raises(FieldOff, match=words) as refused:
        told.ws.save_row("campaigns", SPRING | change)
    assert refused.value.field == field
    assert "line" not in str(refused.value)
    assert told.ws.list("quarantine").rows == []
    assert told.ws.list("campaigns").rows == []


def test_an_edit_replaces_what_a_file_said_and_the_same_file_does_not_bring_it_back(told):
    told.given(FILE)
    before = read(told)
    told.ws.save_row("campaigns", before | {"budget": "55.50"}, before)
    told.given(FILE)
    (row,) = told.ws.list("campaigns").rows
    assert (row["budget"], row["notes"]) == ("55.50", '{"colour": "red"}')
    assert told.ws.save_row("campaigns", read(told), read(told)).rows[0]["state"] == "unchanged"
    other = told.tried(FILE.replace("05-31", "06-30"))
    assert [fault.reason.value for fault in other.faults] == ["CONFLICT"]


def test_an_edit_of_what_somebody_else_changed_is_refused(told):
    told.given(FILE)
    before = read(told)
    told.ws.save_row("campaigns", before | {"budget": "10.00"}, before)
    with pytest.raises(Overtaken, match="Somebody else changed this row"):
        told.ws.save_row("campaigns", before | {"name": "Spring"}, before)
    with pytest.raises(NotFound, match="no longer there"):
        told.ws.save_row("campaigns", before, before | {"campaign": "gone"})


def test_a_code_of_two_creators_is_refused_beside_its_field(told):
    told.given(FILE)
    with pytest.raises(FieldOff, match="ANA") as refused:
        told.ws.save_row(
            "codes",
            {"code": "ana", "creator": "bo", "valid_from": "2026-04-10", "valid_to": "2026-06-01"},
        )
    assert refused.value.field in KINDS["codes"].names


def test_facts_are_not_written_by_hand_and_values_only_proposed(told):
    with pytest.raises(UsageError, match="orders are facts"):
        told.ws.save_row("orders", {})
    with pytest.raises(UsageError, match="propose the change"):
        save_row(told.ground, Written("values", {}))


def test_who_may_not_import_writes_nothing_and_the_log_names_the_row(acting, logged):
    row = Written("campaigns", SPRING)
    with pytest.raises(Refused, match="kim may not import"):
        save_row(acting("kim", Role.AUDITOR), row)
    save_row(acting("pat", Role.MARKETER), row)
    assert [line[:3] for line in logged()] == [
        ("kim", "import", "row campaigns spring"), ("pat", "import", "row campaigns spring"),
    ]  # fmt: skip


def test_a_fault_that_names_no_column_is_said_as_it_is():
    fault = Fault("x", 1, "", DropReason.MISSING, "it is empty")
    assert str(off(fault)) == "It is empty"
    assert {"values", "margins"} == form_rows.APPROVED_KINDS
