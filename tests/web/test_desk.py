import pytest

from truelift.web.asked import Asked, BadParameter
from truelift.web.desk import part


def test_rows_are_shown_a_part_at_a_time():
    rows = list(range(40))
    assert part(rows, Asked("/", {}, 3), 16) == ([32, 33, 34, 35, 36, 37, 38, 39], 3)
    assert part([], Asked("/", {}), 16) == ([], 1)
    with pytest.raises(BadParameter):
        part(rows, Asked("/", {}, 4), 16)
