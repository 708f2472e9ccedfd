"""The house style as a test: each rule reads one module and names what is not tidy in it.

A rule takes a Module and gives (line, message) pairs. The last tests plant a fault per rule, so a
rule that no longer bites is noticed.
"""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "truelift"

LONGEST_FUNCTION = 60  # lines, its docstring left out
LONGEST_FILE = 500

PURE = re.compile("base|catalog|facts|attribution|measurement|ledger|valuation|decisions|reports")
CLOCKS = re.compile("now|today|utcnow|time|time_ns|monotonic|monotonic_ns|perf_counter")
VAGUE_MODULES = re.compile("utils?|common|helpers?|constants|services?|misc|tools")
ABBREVIATIONS = re.compile(
    "acct|amt|arr|calc|cb|cfg|cnt|conf|ctx|cur|curr|dst|elem|evt|fmt|func|fn|idx|mgr|num|obj|params?"
    "|pct|pos|prev|ptr|qty|rec|ref|res|resp|ret|seq|sess|src|svc|temp|tmp|tot|usr|vals?"
)

ABBREVIATIONS_ALLOWED: dict[str, str] = {
    # identifier -> why the short form is the right word
    "seq": "the number of an entry in the journal's chain, as the books call it",
}
SQL_OUTSIDE: dict[str, str] = {
    # module::function -> why its SQL is not in store/sql
    "store/ddl.py::create_fact_table": "made from the kind's columns, which are described once",
    "store/queries.py::_render_call": "renders a template function into a dialect",
}

_SQL = re.compile(
    r"(^|\()\s*(select\s.+\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s"
    r"|create\s+(or\s+replace\s+)?(temp\w*\s+|unique\s+)*(table|view|index|trigger)\s"
    r"|drop\s+(table|view|index|trigger)\s|alter\s+table\s|with\s+\w+\s+as\s*\()",
    re.DOTALL,
)
_EXEMPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|ruff:)")
_REASONED = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[\w-]+(, ?[\w-]+)*\]"
    r"|pragma: no \w+)"
    r"\s+(-|#)\s+\w.*"
)


class Module(NamedTuple):
    """A module to look at: its path inside the package, its text, its tree and all nodes of it."""

    path: str
    text: str
    tree: ast.Module
    nodes: list[ast.AST]
    functions: list[tuple[str, ast.FunctionDef]]

    @classmethod
    def read(cls, path, text):
        tree = ast.parse(text)
        return cls(path, text, tree, list(ast.walk(tree)), named_functions(tree))

    @property
    def stage(self):
        return self.path.split("/")[0]


BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
"""What can hold a function; an expression holds none but a lambda."""


def named_functions(tree):
    """Give every function with its dotted name."""

    def walk(node, outer):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, BLOCKS):
                continue
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            name = f"{outer}.{child.name}".lstrip(".") if named else outer
            if named and not isinstance(child, ast.ClassDef):
                yield name, child
            yield from walk(child, name)

    return list(walk(tree, ""))


def docstrings(module):
    """Give the nodes of all docstrings, and of strings that document an assignment."""
    for node in module.nodes:
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value


def module_docstring(module):
    if not ast.get_docstring(module.tree):
        yield 1, "the module says nothing about itself: it needs a docstring"


def module_name(module):
    for part in Path(module.path).with_suffix("").parts:
        if VAGUE_MODULES.fullmatch(part):
            yield 1, f"a module called {part!r} can hold anything: name what it is about"


def file_length(module):
    lines = module.text.count("\n")
    if lines > LONGEST_FILE:
        yield LONGEST_FILE, f"{lines} lines; a file has at most {LONGEST_FILE}"


def function_length(module):
    for name, node in module.functions:
        lines = node.end_lineno - node.lineno + 1
        if ast.get_docstring(node):
            lines -= node.body[0].end_lineno - node.body[0].lineno + 1
        if lines > LONGEST_FUNCTION:
            yield node.lineno, f"{name} has {lines} lines; at most {LONGEST_FUNCTION}"


def no_float_in_money(module):
    if module.path != "base/money.py" and module.stage != "ledger":
        return
    for node in module.nodes:
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        name = getattr(node, "id", getattr(node, "attr", ""))
        if literal or str(name).startswith("float"):
            yield node.lineno, "money takes whole minor units and Decimal, never a float"


def no_clock_in_pure_stages(module):
    if not PURE.fullmatch(module.stage):
        return
    for node in module.nodes:
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "a pure stage waits for nothing: no async"
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if called and CLOCKS.fullmatch(node.func.attr):
            yield node.lineno, f"a pure stage reads no clock: {node.func.attr}() is handed in"


def sql_only_in_its_folder(module):
    ignored = {id(node) for node in docstrings(module)}
    spans = [(node.lineno, node.end_lineno, name) for name, node in module.functions]
    inside = set()
    for node in module.nodes:
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            text = "".join(
                part.value if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in ignored or id(node) in inside else node.value
        else:
            continue
        if _SQL.search(text) or _SQL.search(text.swapcase()):
            around = [name for first, last, name in spans if first <= node.lineno <= last]
            if f"{module.path}::{around[-1] if around else ''}" not in SQL_OUTSIDE:
                yield node.lineno, "SQL belongs in store/sql, one query a file"


def exemptions_have_reasons(module):
    if not _EXEMPTION.search(module.text):
        return
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        exemption = token.type == tokenize.COMMENT and _EXEMPTION.search(token.string)
        if exemption and not _REASONED.search(token.string):
            yield token.start[0], f"an exemption carries its reason: {token.string!r}"


def no_abbreviations(module):
    for node in module.nodes:
        name = getattr(node, "name", None) or getattr(node, "arg", None)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        if isinstance(node, ast.alias):
            name = node.asname  # what others call their own is theirs
        if isinstance(node, ast.keyword):
            name = None  # a keyword of a call is named by what is called
        parts = str(name).lower().split("_") if isinstance(name, str) else []
        short = [part for part in parts if ABBREVIATIONS.fullmatch(part)]
        if short and name not in ABBREVIATIONS_ALLOWED:
            yield getattr(node, "lineno", 1), f"write {name!r} out: {short[0]!r} saves nothing"


RULES = (
    module_docstring,
    module_name,
    file_length,
    function_length,
    no_float_in_money,
    no_clock_in_pure_stages,
    sql_only_in_its_folder,
    exemptions_have_reasons,
    no_abbreviations,
)


def faults(module, rules=RULES):
    """Give everything that is not tidy in a module, as `path:line: message`."""
    return [f"{module.path}:{line}: {message}" for rule in rules for line, message in rule(module)]


@cache
def modules_below(folder):
    return [
        Module.read(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    ]


def test_the_package_is_tidy():
    found = [fault for module in modules_below(SOURCE) for fault in faults(module)]
    assert not found, "\n" + "\n".join(found)


def test_the_tests_are_tidy_too():
    rules = (file_length, function_length, exemptions_have_reasons)
    found = [fault for module in modules_below(ROOT / "tests") for fault in faults(module, rules)]
    assert not found, "\n" + "\n".join(found)


def test_every_listed_exception_is_still_needed():
    names = {
        f"{module.path}::{name}" for module in modules_below(SOURCE) for name, _ in module.functions
    }
    assert not set(SQL_OUTSIDE) - names


PLANTED = {
    module_docstring: ("base/x.py", "x = 1\n"),
    module_name: ("base/utils.py", '"""Things."""\n'),
    file_length: ("base/x.py", '"""Doc."""\n' + "x = 1\n" * LONGEST_FILE),
    function_length: (
        "base/x.py",
        '"""Doc."""\ndef f():\n    """Say.\n\n    More.\n    """\n'
        + "    x = 1\n" * LONGEST_FUNCTION,
    ),
    no_float_in_money: ("ledger/x.py", '"""Doc."""\nrate = 0.5\nother = float("1")\n'),
    no_clock_in_pure_stages: (
        "facts/x.py",
        '"""Doc."""\nimport datetime as dt\nday = dt.date.today()\nasync def f(): pass\n',
    ),
    sql_only_in_its_folder: (
        "operations/x.py",
        (
            '"""Doc."""\na = "SELECT x FROM y "\nb = f"insert into {a} values"\n'
            'def f():\n    return f"(create table {b} ("\n'
        ),
    ),
    exemptions_have_reasons: (
        "base/x.py",
        '"""Doc."""\nx = 1  # noqa: E501\ny = 2  # type: ignore[misc]\nz = 3  # noqa\n',
    ),
    no_abbreviations: (
        "base/x.py",
        '"""Doc."""\ntotal_amt = 1\ndef calc(tmp): pass\nclass C:\n    qty: int\n',
    ),
}
EXPECTED = {
    no_float_in_money: 2,
    no_clock_in_pure_stages: 2,
    sql_only_in_its_folder: 3,
    exemptions_have_reasons: 3,
    no_abbreviations: 4,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_bites(rule):
    module = Module.read(*PLANTED[rule])
    assert len(list(rule(module))) == EXPECTED.get(rule, 1)
    assert faults(module) == faults(module, [rule])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ledger/x.py", "from decimal import Decimal\nrate = Decimal('0.5')\n"),
        ("operations/x.py", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)\n"),
        ("operations/x.py", 'message = "Select a creator from the list"\n'),
        ("base/x.py", "x = 1  # noqa: E501, S608 - the name is ours\n"),
        ("base/x.py", "x = 1  # type: ignore[misc]  # the stub is wrong\n"),
        ("base/x.py", "def amount(value): return value\n"),
    ],
)
def test_what_is_fine_is_left_alone(path, text):
    assert faults(Module.read(path, f'"""Doc."""\n{text}')) == []


def test_committed_text_names_no_machine_and_no_registry():
    places = re.compile(r"(?<![\w.])/(work|home|root|Users)/|file://|pypi\.org|npmjs\.(org|com)")
    own = [ROOT / name for name in ("Makefile", "pyproject.toml", ".ci/run")]
    suffixes = {".py", ".md", ".sql", ".txt", ".in", ".toml", ".yaml", ".json"}
    for folder in ("src", "tests", "docs", "requirements", "benchmarks"):
        own += [path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    own += ROOT.glob("*.md")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in own
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if places.search(line)
    ]
    assert not found, "\n" + "\n".join(found)
