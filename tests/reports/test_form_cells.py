"""A row stands in a form as people read it, and comes back exactly where nobody touched it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.facts.kinds import KINDS
from truelift.reports.form_cells import differences, exact_cells, form_cells, form_key

ZONE = "America/New_York"
CODE = {"code": "ANA", "valid_from": dt.datetime(2026, 5, 1, 4), "creator": "ana"}


def test_times_are_written_in_the_zone_of_the_brand_and_empty_cells_as_empty_text():
    cells = form_cells(KINDS["codes"], CODE, ZONE)
    assert cells["valid_from"] == "2026-05-01T00:00:00"
    assert cells["campaign"] == ""
    assert form_key(KINDS["codes"], cells) == ["ANA", "2026-05-01T00:00:00"]


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (dt.date(2026, 5, 1), "2026-05-01")]
)
def test_words_and_days_are_written_as_files_write_them(value, text):
    assert form_cells(KINDS["agreements"], {"starts": value}, ZONE)["starts"] == text


def test_what_was_not_touched_is_given_exactly_and_a_key_never_changes():
    second_pass = dt.datetime(2026, 11, 1, 6, 30)  # half past one comes twice that night
    row = CODE | {"valid_to": second_pass}
    shown = form_cells(KINDS["codes"], row, ZONE)
    cells = exact_cells(KINDS["codes"], shown | {"creator": "bo", "code": "EVE"}, row, ZONE)
    assert cells["valid_to"] == "2026-11-01T06:30:00Z"
    assert cells["creator"] == "bo"
    assert cells["code"] == "ANA"
    assert "campaign" not in cells


def test_a_new_row_is_what_was_written():
    assert exact_cells(KINDS["codes"], {"code": " X \r\n", "creator": ""}, None, ZONE) == {
        "code": "X"
    }


texts = st.sampled_from(["", "a", "b", "c"])


@given(texts, texts, texts)
def test_two_changes_of_one_field_keep_mine_and_else_the_one_that_changed(mine, read, now):
    (found,) = differences({"x": mine}, {"x": read}, {"x": now}).values()
    assert found == (now if mine == read else mine)
