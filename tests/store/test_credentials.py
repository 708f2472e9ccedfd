"""Tokens and passwords are kept as hashes, and nothing that is written down opens a door."""

from __future__ import annotations

import sys

import pytest

from truelift.base.errors import TrueliftError, UsageError
from truelift.base.secret import Secret
from truelift.store.credentials import (
    guarded_hash,
    guarded_matches,
    new_token,
    password_hash,
    password_matches,
    token_parts,
)

PASSWORD = Secret("correct horse battery")


def test_a_token_has_256_random_bits_and_only_its_hash_is_kept():
    made = {new_token().text.reveal() for _ in range(100)}
    assert len(made) == 100
    token = new_token()
    token_id, kept = token_parts(token.text)
    assert (token_id, kept) == (token.token_id, token.sha256)
    secret = token.text.reveal().split("_", 2)[2]
    assert len(secret) >= 43
    assert secret not in repr(token)
    assert secret not in kept


@pytest.mark.parametrize("text", ["", "truelift_", "truelift_12", "other_12_34", "\u00e9_\u00e9_x"])
def test_what_is_no_token_has_no_id(text):
    assert token_parts(Secret(text))[0] == ""


def test_a_guessable_number_takes_a_slow_hash_with_its_own_salt():
    kept = guarded_hash("DE89370400440532013000")
    assert kept != guarded_hash("DE89370400440532013000")
    assert guarded_matches("DE89370400440532013000", kept)
    assert not guarded_matches("DE89370400440532013001", kept)


@pytest.mark.parametrize("text", ["short", "x" * 257])
def test_a_password_is_neither_short_nor_endless(text):
    with pytest.raises(UsageError, match="characters; take 12 to 256") as told:
        password_hash(Secret(text))
    assert text not in str(told.value)


def test_a_password_is_kept_as_argon2id():
    pytest.importorskip("argon2", reason="argon2-cffi is not installed")
    kept = password_hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD.reveal() not in kept
    assert password_matches(PASSWORD, kept)
    assert not password_matches(Secret("correct horse batterx"), kept)
    assert not password_matches(PASSWORD, "no hash at all")


def test_without_argon2_there_is_a_sentence_and_no_weaker_hash(monkeypatch):
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(TrueliftError, match="argon2-cffi; install it"):
        password_hash(PASSWORD)
