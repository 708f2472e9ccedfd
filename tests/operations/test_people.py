"""Every operation asks the same place whether who acts may, and what changes is written down."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import truelift.workspace
from truelift.base.errors import Refused, TrueliftError
from truelift.catalog.permission import ROLES, Action, Role, Scope
from truelift.operations import book, ingest, ledger, listing
from truelift.operations.people import actions_of, different, needs
from truelift.store.ground import Ground

DOORS = Path(truelift.workspace.__file__).parent

TINY = """
creators
creator | name | email
ana     | Ana  | ana@x.example
"""


def operations_of_the_door():
    """Give every operation that the Workspace calls with its ground, as module.name -> function."""
    found = {}
    for path in DOORS.glob("*.py"):
        names = {}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "truelift.operations"
            ):
                for alias in node.names:
                    names[alias.asname or alias.name] = (node.module, alias.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if ast.unparse(node.args[0]) != "self._ground":
                continue
            first, *rest = ast.unparse(node.func).split(".")
            if first not in names:
                continue
            module, name = names[first]
            function = getattr(importlib.import_module(module), name, None) or (
                importlib.import_module(f"{module}.{name}")
            )
            for part in rest:
                function = getattr(function, part)
            found[f"{function.__module__}.{function.__name__}"] = function
    return found


def test_every_operation_that_a_door_calls_names_the_action_it_takes():
    found = operations_of_the_door()
    assert len(found) > 25
    unnamed = [name for name, function in found.items() if not actions_of(function)]
    assert [name for name in unnamed if name != "truelift.operations.people.may"] == []


def test_the_marks_leave_an_operation_as_it_is():
    assert inspect.signature(book.book) == inspect.signature(inspect.unwrap(book.book))
    assert actions_of(book.book) == (Action.BOOK,)
    assert actions_of(listing.listed) == (Action.READ, Action.READ_OWN)


@pytest.mark.parametrize("role", Role)
def test_each_role_reads_and_books_exactly_when_the_table_says(acting, role):
    ground = acting("kim", role)
    for operation, action in ((ledger.trial_balance, Action.READ), (book.book, Action.BOOK)):
        if action in ROLES[role]:
            operation(ground)
        else:
            with pytest.raises(Refused, match="kim may not"):
                operation(ground)


def test_a_scope_that_is_too_small_is_refused_and_the_refusal_is_logged(acting, logged, tmp_path):
    ground = acting("kim", Role.MARKETER, scopes=[Scope.READ])
    with pytest.raises(Refused, match="needs one of scope import"):
        ingest.import_paths(ground, [tmp_path], None)
    assert logged() == [("kim", "import", f"paths {tmp_path.name}", "refused")]


def test_what_changes_something_is_logged_and_reading_figures_is_not(told, logged):
    told.given(TINY)
    told.ws.trial_balance()
    assert [line[1:] for line in logged()] == [
        ("import", "paths 01", "done"),
        ("book", "", "done"),
    ]
    assert {line[0] for line in logged()} == {"ana.controller"}


def test_reading_personal_data_is_logged(told, logged):
    told.given(TINY)
    told.ws.list("creators")
    told.ws.list("quarantine")
    assert [line[1:3] for line in logged()[2:]] == [("read", "creators"), ("read", "quarantine")]


def test_what_fails_is_logged_as_failed_without_what_the_error_said(told, logged):
    @needs(Action.SEAL, "which", "secret_not_named")
    def fails(ground: Ground, which: str, password: str) -> None:
        assert ground, which
        msg = f"it broke at {password}"
        raise TrueliftError(msg)

    with pytest.raises(TrueliftError, match="it broke"):
        fails(told.ground, "this one", password="hunter2 hunter2")
    assert logged() == [("ana.controller", "seal", "which this one", "failed")]


@pytest.mark.parametrize(("first", "second"), [("kim", "kim"), ("Kim", " kim")])
def test_nobody_approves_what_they_prepared(first, second):
    with pytest.raises(Refused, match="prepared the close and so cannot approve it"):
        different(first, second, "the close")
    different("kim", "tim")


def test_who_may_not_read_is_told_nothing_of_what_is_not_booked(told, acting):
    told.given(
        """
        costs
        document | state    | date  | type | amount | currency | creator
        i9       | invoiced | 05-10 | fee  | 30.00  | XAU      | ana
        """.replace("        ", "")
    )
    assert told.ws.unbooked
    told.ws._ground = acting("kim", Role.CREATOR, creator="ana")
    assert not told.ws.unbooked
