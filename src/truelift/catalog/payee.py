"""Payee: where a creator's money goes, as little of it as control needs.

In:   an IBAN as somebody types it.
Out:  its normal form, or UsageError; and what may be shown of it.

No payment file is made here, so nobody needs the number back. What is kept tells two numbers apart
and shows a person which one is meant: country, last four, and a slow salted hash.
"""

from __future__ import annotations

import re

from truelift.base.errors import UsageError

_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_CHECK, _REMAINDER = 97, 1
SHOWN = 4


def read_iban(text: str) -> str:
    """Give an IBAN without spaces, upper case; UsageError when its check digits do not fit.

    The sentence never repeats the number: it would stand in logs and in a shell's history.
    """
    iban = re.sub(r"[\s-]", "", text).upper()
    if not _FORM.fullmatch(iban):
        msg = "This is no IBAN: it begins with a country and two check digits, 15 to 34 in all."
        raise UsageError(msg)
    digits = "".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])
    if int(digits) % _CHECK != _REMAINDER:
        msg = "The check digits of this IBAN do not fit: a digit is wrong or two are swapped."
        raise UsageError(msg)
    return iban


def masked(country: str, last_four: str) -> str:
    """Write what may be shown of an account's number."""
    return f"{country}.. {last_four}"
