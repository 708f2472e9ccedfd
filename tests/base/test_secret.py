"""A secret shows itself only when it is asked to."""

from __future__ import annotations

import traceback

from truelift.base.secret import Secret, same

TEXT = "truelift_0123_very-secret"


def test_no_writing_of_a_secret_gives_it_away():
    secret = Secret(TEXT)
    for told in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        repr([secret, {"a": secret}]),
    ):
        assert TEXT not in told
    assert secret.reveal() == TEXT
    assert secret != Secret(TEXT)  # secrets are compared by their hashes only


def test_a_traceback_with_local_values_does_not_hold_it():
    def fails(given):
        msg = f"{given} was refused"
        raise ValueError(msg)

    try:
        fails(Secret(TEXT))
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert TEXT not in "".join(told.format())


def test_hashes_are_compared_whole():
    assert same("ab", "ab")
    assert not same("ab", "ac")
    assert not same("ab", "abc")
