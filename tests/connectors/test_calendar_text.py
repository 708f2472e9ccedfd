import pytest

from truelift.connectors.calendar_text import day, moment

EUROPEAN, AMERICAN = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y"), ("%m/%d/%Y %H:%M",)


@pytest.mark.parametrize(
    ("text", "patterns", "expected"),
    [
        ("01/05/2026 10:00:00", EUROPEAN, "2026-05-01T10:00:00"),
        ("01/05/2026", EUROPEAN, "2026-05-01"),
        ("05/01/2026 10:00", AMERICAN, "2026-05-01T10:00:00"),
        ("2026-05-01 10:00:00 -0400", ("%Y-%m-%d %H:%M:%S %z",), "2026-05-01T10:00:00-04:00"),
        ("31/02/2026", EUROPEAN, "31/02/2026"),
        ("13/13/2026 10:00", AMERICAN, "13/13/2026 10:00"),
        ("soon", EUROPEAN, "soon"),
        (" ", EUROPEAN, None),
        (None, EUROPEAN, None),
    ],
)
def test_a_time_is_read_by_the_patterns_of_its_format_or_left_as_it_is(text, patterns, expected):
    assert moment(text, patterns) == expected


def test_the_day_of_a_time_is_taken_and_no_time_is_left_as_it_is():
    assert day("01/05/2026 23:59:59", EUROPEAN) == "2026-05-01"
    assert day("32/05/2026", EUROPEAN) == "32/05/2026"
