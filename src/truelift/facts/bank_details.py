"""Bank details: accounts are kept as keyed hashes, and texts without accounts and e-mail addresses.

In:   accounts and texts as files write them.
Out:  hashes that can be compared, texts that name nobody's account.

An IBAN is checked by its country's length and its check digits (ISO 13616); other accounts are
taken as they are. No message repeats one.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pyarrow as pa

from truelift.facts.cells import Reading, Refusal, matching, read_distinct
from truelift.facts.event import DropReason
from truelift.facts.words import hashed_person

_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 "
    "DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 "
    "IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 "
    "MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 "
    "ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
IBAN_LENGTHS = {item[:2]: int(item[2:]) for item in _LENGTHS.split()}
"""How many letters an IBAN of each country has."""

_SIGNS = re.compile(r"[^0-9A-Z]")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+")
_BEGINS = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}")
_MAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")
_MAY_HOLD = r"@|[A-Za-z]{2}[0-9]{2}[ \-]?[0-9A-Za-z]"
_HIDDEN_ACCOUNT, _HIDDEN_MAIL = "(account)", "(e-mail)"
_CHECK = 97


def bare_account(text: str) -> str:
    """Write an account without spaces and signs, in upper case."""
    return _SIGNS.sub("", text.upper())


def is_iban(account: str) -> bool:
    """Say whether a bare account is an IBAN: known country, its length, right check digits."""
    if not _IBAN.fullmatch(account) or IBAN_LENGTHS.get(account[:2]) != len(account):
        return False
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return int(digits) % _CHECK == 1


def read_accounts(cells: pa.Array, salt: bytes) -> Reading:
    """Read bank accounts as keyed hashes; an IBAN whose check digits are wrong is refused."""
    return read_distinct(cells, pa.string(), partial(hashed_account, salt=salt))


def hashed_account(text: str, salt: bytes) -> str | Refusal | None:
    """Give the keyed hash of an account; a hash is kept as it is."""
    bare = bare_account(text)
    if not bare:
        return None
    if _IBAN.fullmatch(bare) and bare[:2] in IBAN_LENGTHS and not is_iban(bare):
        sentence = "the IBAN has a wrong length or wrong check digits; copy it from the invoice."
        return Refusal(DropReason.NOT_AN_ACCOUNT, sentence)
    return hashed_person(bare, salt)


def without_details(text: str) -> str:
    """Write a text without the IBANs and e-mail addresses that stand in it."""
    kept, done = [], 0
    for found in _BEGINS.finditer(text):
        end = _end_of_iban(text, found.start())
        if found.start() >= done and end is not None:
            kept += [text[done : found.start()], _HIDDEN_ACCOUNT]
            done = end
    return _MAIL.sub(_HIDDEN_MAIL, "".join([*kept, text[done:]]))


def _end_of_iban(text: str, start: int) -> int | None:
    """Give where the IBAN ends that begins at a place; None when there is none."""
    length = IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    written = re.match(rf"(?:[0-9A-Za-z][ \-]?){{{length}}}", text[start:]) if length else None
    if written is None or not is_iban(bare_account(written[0])):
        return None
    return start + len(written[0].rstrip(" -"))


def read_hidden(cells: pa.Array) -> pa.Array:
    """Take accounts and e-mail addresses out of texts; most texts hold none and stay untouched."""
    rows = np.flatnonzero(matching(cells, _MAY_HOLD))
    if not len(rows):
        return cells
    texts = cells.to_pylist()
    for row in rows.tolist():
        texts[row] = without_details(texts[row])
    return pa.array(texts, pa.string())
