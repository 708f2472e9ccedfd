"""The pinned lists agree with what pyproject.toml asks for, and name no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LISTS = ("core", "dev")
APART = ("peers", "oracles", "tools")
"""Lists of environments of their own and of what sets up, whose versions are named exactly."""


def pins(name):
    """Give the pinned requirements of a list: name -> versions, one per environment."""
    found = {}
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for line in re.findall(r"^[A-Za-z0-9].*(?= \\$)", text, re.MULTILINE):
        pin = Requirement(line)
        found.setdefault(pin.name, []).append(next(iter(pin.specifier)).version)
    return found


def asked(name):
    """Give what a list must satisfy, from pyproject.toml and its own .in file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    texts = project["dependencies"] + extras["web"] + extras["reports"]
    for each in LISTS[: LISTS.index(name) + 1]:
        lines = (ROOT / "requirements" / f"{each}.in").read_text(encoding="utf-8").splitlines()
        texts += [line.split("#")[0] for line in lines if re.match(r"[A-Za-z]", line)]
    return [Requirement(text.strip()) for text in texts]


@pytest.mark.parametrize("name", LISTS)
def test_every_dependency_is_pinned_within_its_range(name):
    pinned = pins(name)
    missing = [
        str(requirement)
        for requirement in asked(name)
        for version in pinned.get(requirement.name.lower().replace("_", "-"), ["none"])
        if version == "none" or not requirement.specifier.contains(version)
    ]
    assert not missing, "run `make requirements`"


@pytest.mark.parametrize("name", APART)
def test_what_stands_apart_is_pinned_at_the_versions_that_are_named(name):
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    pinned = pins(name)
    named = [Requirement(line) for line in lines if re.match(r"[A-Za-z]", line)]
    assert {each.name: [next(iter(each.specifier)).version] for each in named} == {
        each.name: pinned[each.name] for each in named
    }
    assert not {each.name for each in named} & (pins("core").keys() | pins("dev").keys())


def test_what_is_tested_is_what_is_installed():
    core, dev = pins("core"), pins("dev")
    assert core == {name: dev.get(name) for name in core}


@pytest.mark.parametrize("name", [*LISTS, *APART])
def test_lists_hold_only_names_versions_and_hashes(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    odd = [
        line
        for line in text.splitlines()
        if not re.fullmatch(
            r"\s*#.*|[a-z0-9.-]+==[\w.]+( ; .+)? \\|    --hash=sha256:\w{64}( \\)?", line
        )
    ]
    assert not odd
    assert "://" not in text
