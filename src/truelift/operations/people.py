"""People: the one place that asks whether who acts may do this, and writes down that they did.

In:   the ground (who acts, with which rights) and the action an operation names.
Out:  Refused with a sentence, or a line in the audit log.

An operation that a door calls names its action with `needs`; `require` and `different` are for
questions inside one. What changes something, and what reads personal data, is logged; other reading
is not.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from truelift.base.errors import Refused
from truelift.catalog.permission import READS, Action, same_person
from truelift.store import audit_log
from truelift.store.ground import Ground

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
Operation = Callable[Concatenate[Ground, Asked], Found]

TOLD_LENGTH = 300
"""How much of what was asked the log repeats."""

PERSONAL_KINDS = frozenset({"creators", "profiles", "aliases", "quarantine"})
"""Kinds whose rows name people: reading them is logged."""

__all__ = [
    "PERSONAL_KINDS", "Action", "actions_of", "different", "logged_as", "may", "needs", "note",
    "require",
]  # fmt: skip


def may(ground: Ground, action: Action) -> bool:
    """Say whether who acts may do something here."""
    return ground.rights.allows(action)


def require(ground: Ground, action: Action, subject: str = "") -> None:
    """Refuse what who acts may not do; the refusal is written into the audit log."""
    refusal = ground.rights.refusal(ground.person, action)
    if refusal is not None:
        note(ground, action.value, subject, f"{audit_log.REFUSED}: {refusal}")
        raise Refused(refusal)


def different(prepared_by: str, approved_by: str, what: str = "this") -> None:
    """Refuse that a person approves what they prepared, whatever roles they hold."""
    if same_person(prepared_by, approved_by):
        msg = f"{prepared_by} prepared {what} and so cannot approve it; another person has to."
        raise Refused(msg)


def note(ground: Ground, action: str, subject: str = "", outcome: str = audit_log.DONE) -> None:
    """Write a line into the brand's audit log."""
    with ground.workspace.transaction() as connection:
        audit_log.append(
            connection, ground.brand.brand, at=ground.clock.now(), person=ground.person,
            action=action, subject=subject[:TOLD_LENGTH], outcome=outcome,
        )  # fmt: skip


@contextlib.contextmanager
def logged_as(ground: Ground, action: Action, subject: str) -> Iterator[None]:
    """Write down what comes of the work inside: done, refused with its sentence, or failed."""
    try:
        yield
    except Refused as refused:
        note(ground, action.value, subject, f"{audit_log.REFUSED}: {refused}")
        raise
    except Exception as error:
        note(ground, action.value, subject, f"{audit_log.FAILED}: {type(error).__name__}")
        raise
    note(ground, action.value, subject)


def needs(
    action: Action,
    *told: str,
    also: Action | None = None,
    logged: bool = True,
    alone: bool = True,
    anywhere: bool = False,
) -> Callable[[Operation[Asked, Found]], Operation[Asked, Found]]:
    """Name the action that an operation takes, and which of its arguments the log repeats.

    Whoever may not is refused before anything is read. also: another action that does as well.
    An operation that changes something is logged when it is done and when it fails; logged=False
    is for what only follows from another one.

    It holds the workspace's turn meanwhile, unless alone=False: what runs for minutes and only adds
    a record of its own would keep orders waiting.

    What changes something is refused where another folder is the owner of the workspace (store.
    owning), unless anywhere=True.
    """

    def named(operation: Operation[Asked, Found]) -> Operation[Asked, Found]:
        signature = inspect.signature(operation)

        @functools.wraps(operation)
        def asked(ground: Ground, /, *given: Asked.args, **more: Asked.kwargs) -> Found:
            bound = signature.bind(ground, *given, **more)
            subject = ", ".join(_told(bound.arguments, told))
            if action not in READS and not anywhere:
                ground.owning.refuse_reader()
            taken = also if also and not may(ground, action) and may(ground, also) else action
            require(ground, taken, subject)
            if action in READS:
                return operation(ground, *given, **more)
            if not anywhere:
                ground.owning.admit()
            with contextlib.ExitStack() as stack:
                if alone:
                    stack.enter_context(ground.turn)
                    ground.turn.decided()
                if logged:
                    stack.enter_context(logged_as(ground, action, subject))
                found = operation(ground, *given, **more)
                if alone:
                    ground.turn.changed()
                return found

        asked.actions = (action, also) if also else (action,)  # type: ignore[attr-defined]  # read by actions_of
        return asked

    return named


def actions_of(operation: Callable[..., Any]) -> tuple[Action, ...]:
    """Give the actions that an operation names; none when it names none."""
    named: tuple[Action, ...] = getattr(operation, "actions", ())
    return named


def _told(arguments: dict[str, Any], names: Iterable[str]) -> Iterable[str]:
    for name in names:
        value = arguments.get(name)
        if value not in (None, False, "", (), {}):
            yield f"{name} {_words(value)}"


def _words(value: object) -> str:
    match value:
        case Path():
            return value.name
        case Enum():
            return str(value.value)
        case Mapping():
            return "&".join(f"{name}={_words(each)}" for name, each in value.items())
        case list() | tuple():
            return " ".join(_words(item) for item in value)
        case _:
            return str(value)
