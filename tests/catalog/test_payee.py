"""Bank details are read exactly, and refused without repeating them."""

from __future__ import annotations

import pytest

from truelift.base.errors import UsageError
from truelift.catalog.payee import masked, read_iban

GOOD = "DE89 3704 0044 0532 0130 00"


def test_an_iban_is_kept_without_spaces():
    assert read_iban("de89-3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert read_iban("GB82 WEST 1234 5698 7654 32\n") == "GB82WEST12345698765432"
    assert masked("DE", "3000") == "DE.. 3000"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("DE89 3704 0044 0532 0130 01", "check digits"),
        ("DE89 3704 0044 0532 0310 00", "check digits"),
        ("", "no IBAN"),
        ("12345678", "no IBAN"),
        ("DE89'; drop table", "no IBAN"),
        ("D\u06609370400440532013000", "no IBAN"),
    ],
)
def test_a_wrong_one_is_refused_and_not_repeated(text, why):
    with pytest.raises(UsageError, match=why) as told:
        read_iban(text)
    assert not text or text not in str(told.value)


def test_every_single_wrong_digit_is_seen():
    number = read_iban(GOOD)
    for place in range(4, len(number)):
        other = str((int(number[place]) + 1) % 10)
        with pytest.raises(UsageError):
            read_iban(number[:place] + other + number[place + 1 :])
