"""Forms of the catalog are made from the columns of their kinds."""

import pytest

from truelift.facts.kinds import KINDS
from truelift.web.acts import Forms
from truelift.web.deeds import ACTS
from truelift.web.work_deeds import MOST_CHOICES, TITLES, fields_of, shown_fields


@pytest.mark.parametrize("kind", TITLES)
def test_a_field_is_needed_where_its_column_is_and_says_what_it_is(kind):
    fields = {each.name: each for each in fields_of(KINDS[kind])}
    for column in KINDS[kind].columns:
        if column.name != "approved_by":
            assert fields[column.name].needed == column.required
            assert fields[column.name].hint.startswith(column.help)


def test_days_choices_and_amounts_have_their_own_sort_of_field():
    kinds = {each.name: each for each in fields_of(KINDS["agreements"])}
    assert kinds["signed_on"].kind == "date"
    assert [value for value, _ in kinds["new_customers_only"].choices] == ["true", "false"]
    assert kinds["kind"].choices[0] == ("deliverables", "deliverables")
    assert kinds["fee"].numeric
    assert {each.name: each.kind for each in fields_of(KINDS["codes"])}["valid_to"] == (
        "datetime-local"
    )


def test_names_are_chosen_while_they_are_few_and_a_key_stays_as_it_is():
    few, many = ({"campaign": ["c"] * count} for count in (2, MOST_CHOICES + 1))
    shown = {each.name: each for each in shown_fields(KINDS["codes"], few, keys_fixed=True)}
    assert (shown["campaign"].kind, shown["code"].fixed) == ("choice", True)
    written = {each.name: each for each in shown_fields(KINDS["codes"], many, keys_fixed=False)}
    assert (written["campaign"].kind, written["code"].fixed) == ("text", False)


def test_a_row_is_saved_with_what_was_read_and_a_damaged_form_is_refused(deeds):
    forms, workspace = Forms(ACTS), deeds()
    cells = {"creator": "ana", "name": "", "category": "", "country": "", "email": ""}
    forms.do(workspace, "save-creators", {"creator": "ana", "read": '{"creator": "ana"}'})
    forms.do(workspace, "save-creators", {"creator": "ana"})
    assert workspace.done == [
        ("save_row", ("creators", cells, {"creator": "ana"}), {}),
        ("save_row", ("creators", cells, None), {}),
    ]
    for damaged in ("{", "[]", '{"a": 1}'):
        assert forms.do(workspace, "save-creators", {"creator": "a", "read": damaged}).refused
