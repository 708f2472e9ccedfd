"""Sentences that name a command name one that exists, with options that it takes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from truelift.cli.main import app
from truelift.facts.kinds import KINDS

SOURCE = Path(__file__).parents[2] / "src" / "truelift"
POINTER = re.compile(r"`truelift((?: [^`]*)?)`")
PLACE = "X"


def texts(tree):
    """Give the texts of a module, those with figures in them too, with X for each figure."""
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(each) for each in node.values}
            yield "".join(
                str(each.value) if isinstance(each, ast.Constant) else PLACE for each in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in inside:
            yield str(node.value)


def pointers():
    for path in sorted(SOURCE.rglob("*.py")):
        for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            for words in POINTER.findall(text):
                yield f"{path.relative_to(SOURCE)}: truelift{' '.join(['', *words.split()])}"


def fault(words):
    """Say what is wrong with the words of a command; None when it can be typed."""
    found, rest = app, list(words)
    while rest and rest[0] in set(found):
        found = found[rest.pop(0)]
    arguments = found.assemble_argument_collection() if found.default_command else []
    named = {name for each in arguments for name in each.names} | {"--help", "--version"}
    for word in rest:
        if word.startswith("-") and word not in named:
            return f"{found.name} has no option {word}"
    if (
        rest
        and not rest[0].startswith("-")
        and not any(
            each.parameter.parse is not False and each.index is not None for each in arguments
        )
    ):
        return f"{found.name} takes no {rest[0]}"
    if found.name == ("list",) and rest and PLACE not in rest[0]:
        return None if rest[0] in {*KINDS, "baselines", "quarantine"} else f"no kind {rest[0]}"
    return None


def test_every_command_that_a_sentence_names_can_be_typed():
    named = list(pointers())
    assert len(named) > 50
    wrong = {each: fault(each.partition(": truelift")[2].split()) for each in named}
    assert {each: why for each, why in wrong.items() if why} == {}


def test_every_kind_that_a_sentence_asks_to_import_is_one():
    asked = re.compile(r"(?i)\bimport (?:its )?`(\w+)`")
    named = [
        word
        for path in SOURCE.rglob("*.py")
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        for word in asked.findall(text)
    ]
    assert named
    assert set(named) <= set(KINDS)


@pytest.mark.parametrize(
    "words",
    ["forecats", "forecast rats", "alerts --opened", "alerts channels make", "list creator",
     "reallocate accept --why"],
)  # fmt: skip
def test_a_pointer_that_leads_nowhere_is_found(words):
    assert fault(words.split())


@pytest.mark.parametrize("words", ["", "alerts --open", "list creators", "init X --brand NAME"])
def test_a_pointer_that_leads_somewhere_is_left_alone(words):
    assert fault(words.split()) is None
