"""Every error tells the shell what kind of fault it was, and the tree is drawn as it is."""

import inspect
import re

import pytest

from truelift.base import errors
from truelift.base.errors import TrueliftError, disk_full

TREE = dict(inspect.getmembers(errors, inspect.isclass))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("TrueliftError", 1),
        ("UsageError", 2),
        ("CheckFailed", 3),
        ("NotSealed", 3),
        ("NotFound", 1),
    ],
)
def test_exit_codes_are_those_of_the_contract(name, code):
    assert TREE[name].exit_code == code


def test_every_error_is_a_fault_of_this_package_and_keeps_its_message():
    for error in TREE.values():
        assert issubclass(error, TrueliftError)
        before = ("field",) if error is errors.FieldOff else ()
        assert str(error(*before, "what, where, what to do")) == "what, where, what to do"


def test_the_tree_is_drawn_as_it_is():
    path, drawn = [], {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"( {4}[ |+-]*)(\w+) {2,}\S", line)
        if found:
            depth = len(found[1]) // 4 - 1
            path[depth:] = [found[2]]
            drawn[found[2]] = path[depth - 1] if depth else "Exception"
    assert drawn == {name: error.__base__.__name__ for name, error in TREE.items()}


def test_a_full_disk_is_known_whoever_says_so():
    assert disk_full(OSError(28, "anything"))
    wrapped = RuntimeError("it failed")
    wrapped.__cause__ = ValueError("(sqlite3.OperationalError) database or disk is full")
    assert disk_full(wrapped)
    assert not disk_full(OSError(5, "Input/output error"))
    assert not disk_full(None)
