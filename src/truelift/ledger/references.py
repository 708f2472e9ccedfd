"""References: how invoices, agreements and payments name each other in text, made comparable.

In:   numbers and remittance texts as people and banks write them.
Out:  numbers in one form (`INV-2026/0007` is `INV20260007`), and the known ones that a text names.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

LONGEST = 6
"""Of how many words a number in a text is put together at most: `INV 2026 0007`."""

_PARTED = re.compile(r"[\s,;:|()\[\]+&\"'*]+")
_OTHER = re.compile(r"[^A-Z0-9]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TELLING, _TELLING_MIXED = 5, 4


def bare_number(text: str) -> str:
    """Write a number without case, accents and signs between its letters and digits."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return _OTHER.sub("", plain)


def words_of(text: str) -> list[str]:
    """Give the words of a text, bare; what is written together (`2026-07`) is one word."""
    return [word for part in _PARTED.split(text) if (word := bare_number(part))]


def is_telling(number: str) -> bool:
    """Say whether a bare number can be told from a date, a count or a house number by itself."""
    has_digit = any(letter.isdigit() for letter in number)
    mixed = has_digit and not number.isdigit()
    return has_digit and len(number) >= (_TELLING_MIXED if mixed else _TELLING)


def named_in(text: str, known: Container[str]) -> list[str]:
    """Give the known bare numbers that a text names, in its order, each once.

    Where one number begins another, the longer one is meant; a part of a word is no number.
    """
    words = words_of(text)
    found: dict[str, None] = {}
    start = 0
    while start < len(words):
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            number = "".join(words[start : start + length])
            if number in known:
                found[number] = None
                start += length
                break
        else:
            start += 1
    return list(found)


def names_a_number(text: str) -> bool:
    """Say whether a text holds a word that reads as a number of some document; years do not."""
    return any(is_telling(word) and not _YEAR.fullmatch(word) for word in words_of(text))
