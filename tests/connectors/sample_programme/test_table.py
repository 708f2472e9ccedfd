import numpy as np
import pytest

from truelift.connectors.sample_programme.table import (
    cents_text,
    count_text,
    day_text,
    ids,
    money_text,
    table_of,
    table_of_records,
    time_text,
)

NOON = np.array(["2026-05-01T12:00:00"], "datetime64[s]")


def test_a_column_that_the_contract_lacks_is_refused():
    with pytest.raises(ValueError, match="surprise"):
        table_of("creators", {"creator": ["ana"], "surprise": ["1"]}, NOON)


def test_rows_need_the_instant_at_which_they_are_known():
    with pytest.raises(ValueError, match="2 rows, 1"):
        table_of("creators", {"creator": ["ana", "bo"]}, NOON)


def test_a_file_is_written_with_fixed_line_ends(tmp_path):
    table = table_of_records("creators", "creator name", [("ana", 'A, "n"')])
    table.write(tmp_path / "creators.csv")
    assert (tmp_path / "creators.csv").read_bytes() == b'creator,name\nana,"A, ""n"""\n'


def test_a_changed_row_keeps_its_other_cells():
    table = table_of_records("creators", "creator name", [("ana", "Ana")])
    assert table.changed(table.rows[0], name="Anna") == ("ana", "Anna")
    assert table.rows[0] == ("ana", "Ana")


def test_missing_things_are_empty_cells():
    assert time_text(np.array([*NOON, "NaT"], "datetime64[s]")) == ["2026-05-01T12:00:00Z", ""]
    assert day_text(np.array([*NOON, "NaT"], "datetime64[s]")) == ["2026-05-01", ""]
    assert count_text(np.array([0, -1, 3])) == ["0", "", "3"]
    assert money_text(None, "USD") == ""


def test_cents_have_two_decimals():
    assert cents_text(np.array([0, 5, 1250])) == ["0.00", "0.05", "12.50"]
    assert money_text(1250, "EUR") == "12.50"


def test_numbers_follow_each_other():
    assert ids("order-", 2) == ["order-000001", "order-000002"]
