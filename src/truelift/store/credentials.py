"""Credentials: making tokens and passwords, and the hashes that are kept instead of them.

In:   secrets as they were given.
Out:  hashes for the database. A token has 256 random bits, so one SHA-256 is enough for it;
      a password has few, so it takes argon2id (64 MiB, about 0.1 s), and few of them at a time.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from types import ModuleType
from typing import NamedTuple

from truelift.base.errors import TrueliftError, UsageError
from truelift.base.secret import Secret, same

PREFIX, SESSION, SHARE = "truelift", "session", "share"
"""What the text of a token, of a session's cookie and of a share link begins with."""

ID_BYTES, TOKEN_BYTES, SALT_BYTES = 6, 32, 16
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256

_HASHING = threading.Semaphore(2)
"""Each hash takes 64 MiB: many log-ins at once must not fill the memory."""

_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""16 MiB and about 50 ms a try: for numbers that can be guessed, such as bank accounts."""


class NewToken(NamedTuple):
    """A token that was just made: its public id, the text that is shown once, and its hash."""

    token_id: str
    text: Secret
    sha256: str


def new_token(kind: str = PREFIX) -> NewToken:
    """Make a token of 256 random bits."""
    token_id = secrets.token_hex(ID_BYTES)
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    return NewToken(token_id, Secret(f"{kind}_{token_id}_{secret}"), token_hash(secret))


def token_parts(token: Secret, kind: str = PREFIX) -> tuple[str, str]:
    """Give a token's public id and the hash of its secret part; empty where it is no token."""
    prefix, _, rest = token.reveal().partition("_")
    token_id, _, secret = rest.partition("_")
    if prefix != kind or not secret:
        return "", token_hash("")
    return token_id, token_hash(secret)


def token_hash(secret: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def password_hash(password: Secret) -> str:
    """Give what is kept of a password (argon2id with its own salt); UsageError when it is short."""
    length = len(password.reveal())
    if not SHORTEST_PASSWORD <= length <= LONGEST_PASSWORD:
        msg = (
            f"This password has {length} characters; take {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}."
        )
        raise UsageError(msg)
    with _HASHING:
        kept: str = _argon2().PasswordHasher().hash(password.reveal())
    return kept


def password_matches(password: Secret, kept: str) -> bool:
    """Say whether a password is the one that was kept."""
    argon2 = _argon2()
    with _HASHING:
        try:
            argon2.PasswordHasher().verify(kept, password.reveal())
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
    return True


def guarded_hash(text: str, salt: str | None = None) -> str:
    """Give `salt:hash` (scrypt) of something that could be guessed from a plain hash."""
    chosen = salt or secrets.token_hex(SALT_BYTES)
    made = hashlib.scrypt(text.encode(), salt=bytes.fromhex(chosen), **_SCRYPT)
    return f"{chosen}:{made.hex()}"


def guarded_matches(text: str, kept: str) -> bool:
    """Say whether a text is the one whose guarded hash was kept."""
    return same(guarded_hash(text, kept.partition(":")[0]), kept)


def _argon2() -> ModuleType:
    try:
        import argon2  # noqa: PLC0415 - loaded only where passwords are used
    except ImportError:
        msg = "Passwords need argon2-cffi; install it with `pip install argon2-cffi`."
        raise TrueliftError(msg) from None
    return argon2
