"""Words: names, codes, handles, choices, lists and shares, read from text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from decimal import Decimal
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.money import PARTS_PER_MILLION, is_currency
from truelift.catalog.campaign import BREAKABLE
from truelift.catalog.platform import PLATFORMS, platform_named
from truelift.facts.cells import (
    Miss,
    Reading,
    Refusal,
    byte_range,
    matching,
    quoted,
    read_distinct,
    trimmed,
)
from truelift.facts.event import DropReason

_BAD_IN_NAMES = r"\p{Cc}|\x{fffd}"
_BAD_IN_TEXT = r"\x00"
_PARTY_DIGITS = 16
_HASH_DIGITS = 64
_HASHED = re.compile(r"[0-9a-fA-F]{64}")
_SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,8})?")
_YES = frozenset({"true", "yes", "1", "y", "t", "1.0"})
_NO = frozenset({"false", "no", "0", "n", "f", "0.0"})


def read_names(cells: pa.Array) -> Reading:
    """Read names as they are written; undecodable bytes and control characters are refused."""
    return Reading(cells, _bad_text(cells, _BAD_IN_NAMES))


def read_texts(cells: pa.Array) -> Reading:
    """Read free text as it is written; only a NUL is refused, which no database keeps."""
    return Reading(cells, _bad_text(cells, _BAD_IN_TEXT))


def read_codes(cells: pa.Array) -> Reading:
    """Read promo codes: upper case, otherwise as names."""
    return Reading(pc.utf8_upper(cells), _bad_text(cells, _BAD_IN_NAMES))


def read_handles(cells: pa.Array) -> Reading:
    """Read social handles: without @ before them, lower case, otherwise as names."""
    bare = trimmed(pc.utf8_lower(pc.utf8_ltrim(cells, characters="@")))
    nobody = np.flatnonzero(matching(cells, r"^@+\s*$")).tolist()
    sentence = "there is no name after the @."
    misses = [Miss(row, DropReason.BAD_TEXT, sentence) for row in nobody]
    return Reading(bare, sorted(misses + _bad_text(cells, _BAD_IN_NAMES)))


def _bad_text(cells: pa.Array, pattern: str) -> list[Miss]:
    lowest, highest = byte_range(cells)
    if lowest >= ord(" ") and highest <= ord("~"):
        return []
    rows = np.flatnonzero(matching(cells, pattern)).tolist()
    return [Miss(row, DropReason.BAD_TEXT, _why_bad(cells[row].as_py())) for row in rows]


def _why_bad(text: str) -> str:
    if "\ufffd" in text:
        return f"{quoted(text)} holds bytes that are no text; save the file as UTF-8."
    return f"{quoted(text)} holds a control character; remove it."


def read_platforms(cells: pa.Array) -> Reading:
    """Read platforms in lower case, under the name they go by today."""
    return read_distinct(cells, pa.string(), _platform)


def _platform(text: str) -> str | Refusal:
    return platform_named(text) or _not_a_choice(text, PLATFORMS)


def read_breaks(cells: pa.Array) -> Reading:
    """Read what metrics break on which platform, platform:metric in lower case."""
    return read_distinct(cells, pa.string(), _broken)


def _broken(text: str) -> str | Refusal:
    platform, _, metric = (part.strip() for part in text.lower().partition(":"))
    named = platform_named(platform)
    if named is not None and metric in BREAKABLE:
        return f"{named}:{metric}"
    sentence = (
        f"{quoted(text)} is no platform:metric such as instagram:views; the metrics are "
        f"{', '.join(BREAKABLE)}."
    )
    return Refusal(DropReason.NOT_A_CHOICE, sentence)


def read_currencies(cells: pa.Array) -> Reading:
    """Read ISO 4217 currency codes in upper case."""
    return read_distinct(cells, pa.string(), _currency)


def _currency(text: str) -> str | Refusal:
    code = text.upper()
    if is_currency(code):
        return code
    sentence = f"{quoted(text)} is not an ISO 4217 currency code; use three letters such as USD."
    return Refusal(DropReason.NOT_A_CURRENCY, sentence)


def read_choices(cells: pa.Array, choices: Collection[str]) -> Reading:
    """Read one of a column's words, in any case."""
    return read_distinct(cells, pa.string(), partial(_choice, choices=choices))


def _choice(text: str, choices: Collection[str]) -> str | Refusal:
    word = text.lower()
    return word if word in choices else _not_a_choice(text, choices)


def _not_a_choice(text: str, choices: Collection[str]) -> Refusal:
    sentence = f"{quoted(text)} is not one of {', '.join(choices)}."
    return Refusal(DropReason.NOT_A_CHOICE, sentence)


def read_booleans(cells: pa.Array) -> Reading:
    """Read yes or no: true/false, yes/no, y/n, t/f, 1/0, in any case."""
    return read_distinct(cells, pa.bool_(), _boolean)


def _boolean(text: str) -> bool | Refusal:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    return Refusal(DropReason.NOT_A_BOOLEAN, f"{quoted(text)} is neither yes nor no.")


def read_lists(cells: pa.Array, form: Callable[[str], str]) -> Reading:
    """Read a;b as its distinct items in order, joined by ';'. form: how each item is written."""
    return read_distinct(cells, pa.string(), partial(_items, form=form))


def _items(text: str, form: Callable[[str], str]) -> str | None:
    items = {form(item.strip()) for item in text.split(";")} - {""}
    return ";".join(sorted(items)) or None


def read_estimated(cells: pa.Array, counters: Collection[str]) -> Reading:
    """Read the names of the columns that were estimated; a name of no counter is refused."""
    return read_distinct(cells, pa.string(), partial(_estimated, counters=counters))


def _estimated(text: str, counters: Collection[str]) -> str | Refusal | None:
    items = _items(text, str.lower)
    strange = [item for item in (items or "").split(";") if item and item not in counters]
    return _not_a_choice(strange[0], counters) if strange else items


def read_tags(cells: pa.Array) -> Reading:
    """Read hashtags and mentions as bare_tag writes them, otherwise as names."""
    reading = read_distinct(cells, pa.string(), _tag)
    return Reading(reading.values, sorted(reading.misses + _bad_text(cells, _BAD_IN_NAMES)))


def _tag(text: str) -> str | Refusal:
    bare = bare_tag(text)
    sentence = f"{quoted(text)} has no name after the # or @."
    return bare or Refusal(DropReason.BAD_TEXT, sentence)


def bare_tag(text: str) -> str:
    """Write a hashtag or mention without # or @, in lower case."""
    return text.lstrip("#@").strip().lower()


def read_shares(cells: pa.Array) -> Reading:
    """Read a:0.6;b:0.4 as parts per million in order of the names: 'a:600000;b:400000'."""
    return read_distinct(cells, pa.string(), _shares)


def _shares(text: str) -> str | Refusal:
    parts: dict[str, int] = {}
    for item in filter(None, map(str.strip, text.split(";"))):
        name, _, share = (piece.strip() for piece in item.rpartition(":"))
        parsed = _parts_per_million(share)
        if not name or parsed is None:
            return _bad_shares(text, f"{quoted(item)} does not read as name:share")
        if name in parts:
            return _bad_shares(text, f"{quoted(name)} stands in it twice")
        parts[name] = parsed
    if sum(parts.values()) != PARTS_PER_MILLION:
        total = Decimal(sum(parts.values())) / PARTS_PER_MILLION
        return _bad_shares(text, f"the shares sum to {total.normalize():f} and not to 1")
    return ";".join(f"{name}:{part}" for name, part in sorted(parts.items()))


def _parts_per_million(share: str) -> int | None:
    """Read '0.6' or '60%' as 600000; None when it is no share or finer than a millionth."""
    percent = share.endswith("%")
    bare = share.removesuffix("%").rstrip()
    if not _SHARE.fullmatch(bare):
        return None
    parts = Decimal(bare) * (PARTS_PER_MILLION // 100 if percent else PARTS_PER_MILLION)
    return int(parts) if parts == int(parts) else None


def _bad_shares(text: str, why: str) -> Refusal:
    sentence = f"in {quoted(text)} {why}; write shares of a whole such as a:0.6;b:0.4."
    return Refusal(DropReason.BAD_SHARES, sentence)


def hashed_person(text: str, salt: bytes) -> str:
    """Give the keyed BLAKE2b (64 hex digits) of who a customer is; a hash is kept as it is.

    text: an e-mail address or id, in any case. salt: the workspace's own, at most 64 bytes.
    """
    if len(text) == _HASH_DIGITS and _HASHED.fullmatch(text):
        return text.lower()
    words = text.strip().lower().encode()
    return hashlib.blake2b(words, key=salt, digest_size=_HASH_DIGITS // 2).hexdigest()


def hashed_party(text: str, salt: bytes) -> str:
    """Give the name under which the books know whoever a document names: never the name itself."""
    return f"party-{hashed_person(text, salt)[:_PARTY_DIGITS]}"


def read_people(cells: pa.Array, salt: bytes) -> Reading:
    """Read customers as hashes, so that nobody can be told from the facts."""
    return read_distinct(cells, pa.string(), partial(hashed_person, salt=salt))
