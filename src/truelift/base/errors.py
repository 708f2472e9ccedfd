"""The exception tree: faults of programs and requests. Faults in data are values, never exceptions.

    TrueliftError                    exit code 1
    +-- UsageError                   exit code 2: the command's words are off
    |   +-- Repeated                 a request's key was used for another request
    |   +-- FieldOff                 one value is off; the error names its field
    +-- CheckFailed                  exit code 3: something does not reconcile or verify
    |   +-- NotSealed                a baseline is required and there is none
    +-- Refused                      who acts may not do this
    |   +-- NotOwner                 this folder only reads the workspace; another one writes
    |   +-- Overtaken                it was decided already, or what it rests on has changed
    |   +-- NotAdmitted              who acts is not known: a wrong, ended or missing token
    |       +-- TooManyTries         too many wrong passwords; the next try has to wait
    +-- WorkspaceHeld                another process holds the facts file
    +-- Busy                         too much is waiting already; try again in a moment
    |   +-- WorkspaceAway            the server of the workspace database does not answer
    +-- NotFound                     the thing named does not exist in this brand
    +-- CurrencyMismatch             two currencies met in one sum
    +-- JournalRefused               the journal's rules refuse an entry
        +-- Unbalanced               an entry's postings do not sum to zero
        +-- PeriodClosed             the period no longer takes entries

Every message is one sentence that says what, where and what to do.
"""

from __future__ import annotations

import errno


class TrueliftError(Exception):
    """Something could not be done; the message says what, where and what to do."""

    exit_code = 1


class UsageError(TrueliftError):
    """The request itself is off: a wrong option, an unknown kind, a missing name."""

    exit_code = 2


class FieldOff(UsageError):
    """One of several values is off; `field` names it, the message says what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the sentence."""
        super().__init__(message)
        self.field = field


class Repeated(UsageError):
    """A request came under a key that another request was answered under."""


class CheckFailed(TrueliftError):
    """A check did not hold: figures do not reconcile, or verification found a difference."""

    exit_code = 3


class NotSealed(CheckFailed):
    """A sealed baseline is required here and there is none, or it would be late."""


class Refused(TrueliftError):
    """Who acts may not do this: no role for it, a token too narrow, or it is their own work."""


class NotOwner(Refused):
    """A folder that only reads its workspace, which another one takes the facts of in."""


class Overtaken(Refused):
    """What is to be decided was decided already, or what it rests on has changed since."""


class NotAdmitted(Refused):
    """Who acts is not known: the token or password is wrong, has ended, or is missing."""


class TooManyTries(NotAdmitted):
    """Too many passwords were wrong within a minute; the next try has to wait."""


class WorkspaceHeld(TrueliftError):
    """The facts file is open in another process; one that serves may run the command itself."""


class Busy(TrueliftError):
    """Too much is waiting already; the same request may be sent again in a moment."""


class WorkspaceAway(Busy):
    """The server of the workspace database does not answer, or went away in the middle."""


class NotFound(TrueliftError):
    """The thing named does not exist in this workspace and brand."""


class CurrencyMismatch(TrueliftError):
    """Two currencies met in one sum; translate one of them first."""


class JournalRefused(TrueliftError):
    """The journal's rules refuse this entry."""


class Unbalanced(JournalRefused):
    """The postings of an entry do not sum to zero."""


class PeriodClosed(JournalRefused):
    """The accounting period no longer takes entries."""


DISK_FULL = "The disk is full; free some space and try again: what was committed stays."


def disk_full(error: BaseException | None) -> bool:
    """Say whether an error, or one it came from, is that a disk has no room left.

    The libraries below have no type of their own for it, so their words are looked at too.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        if any(words in str(error) for words in _FULL):
            return True
        error = error.__cause__ or error.__context__
    return False


_FULL = ("No space left on device", "database or disk is full")
