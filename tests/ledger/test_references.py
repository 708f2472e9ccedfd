"""References: numbers in one form, and those that a text names."""

from __future__ import annotations

import pytest

from truelift.ledger.references import bare_number, is_telling, named_in, names_a_number

KNOWN = {"INV20260007", "INV7", "INV71", "000042"}


def test_a_number_has_one_form_however_it_is_written():
    for written in ("INV-2026/0007", "inv 2026 0007", "Inv.2026_0007", "\uff29NV20260007"):
        assert bare_number(written) == "INV20260007"
    assert bare_number("--") == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Invoice INV 2026/0007, thanks", ["INV20260007"]),
        ("INV-7;INV-7 and (000042)", ["INV7", "000042"]),
        ("INV 7 1", ["INV71"]),  # the longer number is meant
        ("INV-7-2", []),  # another invoice, of which this is only the beginning
        ("XINV7", []),
        ("", []),
    ],
)
def test_a_text_names_whole_numbers_only(text, named):
    assert named_in(text, KNOWN) == named


def test_a_short_number_tells_nothing_by_itself():
    told = [is_telling(number) for number in ("12", "2026", "12345", "A12", "RE12", "INVOICE")]
    assert told == [False, False, True, False, True, False]


def test_a_year_is_no_number_of_a_document():
    assert not names_a_number("May 2026, thank you")
    assert names_a_number("customer 88123")
