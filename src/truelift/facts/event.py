"""Events: rows as they were received, before anything is believed.

An event batch is a table of text: every cell as it was read, under the contract's column names. The
reader has found the kind and the columns; acceptance (facts.acceptance) makes facts of it or drops
rows with a reason. Batches are bounded, so a file of any size passes in bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

NOTES = "notes"
"""Name of the column that holds what the contract does not name, as a JSON object."""


class DropReason(StrEnum):
    """Why a row was not accepted. Closed: each value is documented in docs/quarantine.md."""

    MISSING = "MISSING"  # a required value is empty
    NOT_A_NUMBER = "NOT_A_NUMBER"  # text, NaN or infinity where a number is expected
    NOT_WHOLE = "NOT_WHOLE"  # a fraction where a count is expected
    NEGATIVE = "NEGATIVE"  # below zero where that cannot be
    TOO_LARGE = "TOO_LARGE"  # beyond 10^13 minor units, or a count beyond 2^52
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"  # more decimals than the currency has
    NOT_A_DATE = "NOT_A_DATE"  # not ISO 8601, or a day that does not exist
    IN_THE_FUTURE = "IN_THE_FUTURE"  # happened after it was imported or received
    NO_SUCH_TIME = "NO_SUCH_TIME"  # the hour that daylight saving skips
    ENDS_BEFORE_START = "ENDS_BEFORE_START"  # its end lies before its beginning
    NOT_A_CURRENCY = "NOT_A_CURRENCY"  # not an ISO 4217 code
    NOT_A_CHOICE = "NOT_A_CHOICE"  # not one of the words the column takes
    NOT_A_BOOLEAN = "NOT_A_BOOLEAN"  # neither yes nor no
    NOT_AN_ACCOUNT = "NOT_AN_ACCOUNT"  # an IBAN of a wrong length or with wrong check digits
    BAD_SHARES = "BAD_SHARES"  # shares that do not read as name:share or do not sum to 1
    BAD_TEXT = "BAD_TEXT"  # undecodable bytes or control characters in a name
    UNSAFE_DESTINATION = "UNSAFE_DESTINATION"  # a link that browsers could read as another place
    NO_CREATOR = "NO_CREATOR"  # neither a handle nor a creator
    SAME_KEY_IN_FILE = "SAME_KEY_IN_FILE"  # the natural key stands twice with other values
    CONFLICT = "CONFLICT"  # another source gave this natural key other values
    CODE_OWNED_TWICE = "CODE_OWNED_TWICE"  # two creators own a code on overlapping dates
    REFUND_BEFORE_ORDER = "REFUND_BEFORE_ORDER"  # dated before its order
    REFUND_ABOVE_ORDER = "REFUND_ABOVE_ORDER"  # refunds exceed what was paid for the goods
    MIXED_CURRENCY = "MIXED_CURRENCY"  # a refund in another currency than its order
    NOT_ADVANCING = "NOT_ADVANCING"  # a total, description or preamble row of an export
    NOT_TRUSTED = "NOT_TRUSTED"  # money, sent with a key that anybody can read in a page
    STALE_SIGNATURE = "STALE_SIGNATURE"  # a webhook signed too long ago, or in the future
    UNKNOWN_BRAND = "UNKNOWN_BRAND"  # a hit of a brand that the workspace has not
    NOT_READABLE = "NOT_READABLE"  # a webhook whose body does not say what it has to
    TEST_ORDER = "TEST_ORDER"  # an order or refund of a shop's own test, with no money in it
    MALFORMED_ROW = "MALFORMED_ROW"  # more or fewer cells than the header has


def place_of(source_file: str, line: int) -> str:
    """Say where a row stands: its line in a file, its byte in a segment of the spool."""
    spooled = source_file.startswith("spool/") and source_file.endswith(".log")
    return f"{source_file} {'byte' if spooled else 'line'} {line}"


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Rows of one kind from one file, all cells text.

    kind: name of the kind. origin: who says so; a re-import of the same origin updates, another
    origin that differs is a conflict (for canonical files the file's name, for a vendor's export
    the name of the format). rows: text columns named as the kind's columns (a subset), plus `notes`
    (JSON text or null); empty cells are null. lines: 1-based line (or row) in the file, int64.
    """

    kind: str
    origin: str
    source_file: str
    sha256: str
    rows: pa.Table
    lines: pa.Int64Array


@dataclass(frozen=True, slots=True)
class Fault:
    """A row or file that was not accepted: where, which column, why, and what was expected."""

    source_file: str
    line: int
    column: str
    reason: DropReason
    message: str
    raw: str = ""
