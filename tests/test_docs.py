"""The documents name everything the code has, and nothing it no longer has."""

import ast
import importlib
import pkgutil
import re
import runpy
import tomllib
from pathlib import Path

import cyclopts
import pytest

import truelift.cli
from truelift.base.estimate import Reason
from truelift.facts.event import DropReason
from truelift.facts.kinds import KINDS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "truelift"
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))
PURE = re.compile("base|catalog|facts|attribution|measurement|ledger|valuation|decisions|reports")


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GENERATE["PAGES"])
def test_a_page_that_lists_what_the_code_has_is_up_to_date(name):
    assert page(name) == GENERATE["PAGES"][name](), "run: make docs"


@pytest.mark.parametrize(
    ("name", "reasons"), [("docs/withheld.md", Reason), ("docs/quarantine.md", DropReason)]
)
def test_every_reason_has_its_own_entry_and_no_entry_is_left_over(name, reasons):
    entries = re.findall(r"^(?:#+|\|) *`([A-Z_]+)`", page(name), re.MULTILINE)
    assert sorted(entries) == sorted(reason.value for reason in reasons)


def commands(app, before=()):
    """Give every command of a command line, as the words that call it."""
    for name in app:
        if not name.startswith("-"):
            yield " ".join((*before, name))
            yield from commands(app[name], (*before, name))


def test_every_command_is_documented():
    names = [module.name for module in pkgutil.iter_modules(truelift.cli.__path__)]
    modules = [importlib.import_module(f"truelift.cli.{name}") for name in names]
    apps = {
        id(value): value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, cyclopts.App) and "truelift" in value.name
    }
    assert len(apps) == bool(names), "the command line is one cyclopts.App called truelift"
    written = page("docs/commands.md") if apps else ""
    for app in apps.values():
        missing = [each for each in commands(app) if f"truelift {each}" not in written]
        assert missing == []


def test_every_connector_is_named_in_the_page_about_imports():
    contracts = tomllib.loads(page("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    apart = next(each["modules"] for each in contracts if each["type"] == "independence")
    names = [name.rpartition(".")[2] for name in apart]
    written = page("docs/imports.md")
    assert [name for name in names if f"`{name}`" not in written] == []


def test_every_word_of_the_house_is_in_the_glossary():
    written = set(re.findall(r"\w+", page("docs/glossary.md").lower()))
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    nouns = {
        path.stem
        for path in SOURCE.rglob("*.py")
        if PURE.fullmatch(path.relative_to(SOURCE).parts[0]) and path.stem != "__init__"
    }
    words = {word for name in packages | nouns | set(KINDS) for word in name.split("_")}
    missing = sorted(word for word in words if not {word, word.removesuffix("s")} & written)
    assert missing == []


def test_links_between_documents_lead_somewhere():
    dead = [
        f"{path.relative_to(ROOT)} -> {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert dead == []


def test_docstrings_that_point_at_a_document_point_at_one_that_is_here():
    pointed = re.compile(r"\b(?:docs/[\w/-]+\.md|[A-Z]{4,}\.md)\b")
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for target in pointed.findall(node.value)
        if not (ROOT / target).is_file()
    ]
    assert dead == []
