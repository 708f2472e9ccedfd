"""Ids and hashes: the same content always gives the same id, on every machine."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

NAMESPACE = uuid.UUID("6f0c6a5e-6f0b-5c5c-9a0f-7472756c6966")


def canonical_json(value: object) -> bytes:
    """Write a value as JSON in one fixed form: sorted keys, no spaces, UTF-8, no NaN."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def content_hash(value: object) -> str:
    """Give the SHA-256 of a JSON value in its canonical form, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def name_id(*parts: Any) -> uuid.UUID:  # noqa: ANN401 - any printable part may name a thing
    """Give the UUID (version 5) that these parts always have, in this order."""
    return uuid.uuid5(NAMESPACE, canonical_json([str(part) for part in parts]).decode())
