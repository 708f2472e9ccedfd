import pytest

from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import _only_total, part


def test_rows_are_shown_a_part_at_a_time():
    rows = list(range(40))
    assert part(rows, Asked("/", {}, 3), 16) == ([32, 33, 34, 35, 36, 37, 38, 39], 3)
    assert part([], Asked("/", {}), 16) == ([], 1)
    with pytest.raises(BadParameter):
        part(rows, Asked("/", {}, 4), 16)


def test_a_row_that_sums_up_what_is_not_shown_is_left_out_of_a_panel():
    row = {"agreement": "total", "open": None, "open_base": 320000}
    assert _only_total(row, ("agreement", "open"))
    assert not _only_total(row, ("agreement", "open_base"))
    assert not _only_total({"agreement": "a", "open": None}, ("agreement", "open"))
