"""Writes the pages that list what the code has, so that they cannot be out of date.

In:   the package itself: kinds, metrics, accounts, settings, docstrings.
Out:  `PAGES`: docs/*.md below, and the stage table of ARCHITECTURE.md. Run it with `make docs`;
      tests/test_docs.py fails when a committed page differs from what it writes.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from truelift import config
from truelift.api.application import application
from truelift.api.requesting import PREFIX, words_of
from truelift.base.columns import Column, ColumnType
from truelift.catalog.permission import MEANS, READS, ROLES, SCOPES, Action, Role
from truelift.cli.main import app
from truelift.facts.kinds import KINDS
from truelift.ledger.chart import CHART, COST_TYPES
from truelift.ledger.policy import SWITCHES, Policy
from truelift.ledger.rules import RULES
from truelift.measurement.checks.catalogue import CHECKS
from truelift.measurement.checks.finding import FAILURE_RATE, WARNING_RATE
from truelift.measurement.metric import DEFAULT_METRIC, ENGAGEMENT_RATES, METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cyclopts import App
    from litestar.typing import FieldDefinition

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "truelift"
NOTE = "<!-- written by docs/generate.py; change the code, then run: make docs -->\n"

READ_AS = {
    ColumnType.TEXT: "text",
    ColumnType.NAME: "name, kept as written",
    ColumnType.LIST: "list: a;b",
    ColumnType.CODE: "code, upper case",
    ColumnType.HANDLE: "handle, without @, lower case",
    ColumnType.PLATFORM: "platform",
    ColumnType.CURRENCY: "ISO 4217 code",
    ColumnType.CHOICE: "one of",
    ColumnType.BOOLEAN: "yes or no",
    ColumnType.COUNT: "whole number from 0",
    ColumnType.INTEGER: "whole number",
    ColumnType.MONEY: "amount, in the row's currency",
    ColumnType.UNIT_MONEY: "amount per unit, to 6 decimals",
    ColumnType.RATE: "share: 0.10 is 10 %",
    ColumnType.DECIMAL: "exact decimal",
    ColumnType.SHARES: "shares that sum to 1: a:0.6;b:0.4",
    ColumnType.ACCOUNT: "bank account",
    ColumnType.INSTANT: "time",
    ColumnType.DATE: "day",
}


def table(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    """Write a Markdown table; head: the column titles, divided by ` | `."""
    lines = [f"| {head} |", "|" + "---|" * (head.count(" | ") + 1)]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def kinds_page() -> str:
    """List every kind of row that can be imported, with its columns."""
    introduction = (
        "What can be imported, as .csv, .csv.gz, .parquet, .xlsx or .jsonl with these header "
        "names. Times without an offset are in the brand's reporting time zone. Empty is missing, "
        "never 0. Columns of the natural key say which row is meant: the same key again is the "
        "same row."
    )
    parts = [f"{NOTE}# Kinds of rows\n\n{introduction}\n"]
    for kind in KINDS.values():
        rows = [
            (f"`{column.name}`", _need(column), _read_as(column), column.help)
            for column in kind.columns
        ]
        parts.append(f"\n## {kind.name}\n\n{kind.help}\n\n")
        parts.append(table("column | | read as | means", rows))
    return "".join(parts)


def _need(column: Column) -> str:
    words = ["key"] if column.key else []
    return ", ".join(words + (["required"] if column.required else []))


def _read_as(column: Column) -> str:
    text = READ_AS[column.type]
    if column.choices:
        text = f"{text} {', '.join(column.choices)}"
    if column.signed:
        text += "; may be negative"
    if column.closes:
        text += "; a bare day means its end"
    return text


def metrics_page() -> str:
    """List the metric catalogue."""
    lead = {metric: goal for goal, metric in DEFAULT_METRIC.items()}
    rows = [
        (
            f"`{metric.name}`",
            metric.unit,
            metric.goal + (" (leads it)" if metric.name in lead else ""),
            "at the same age of the post" if metric.kind == "counter" else "per day",
            "yes" if metric.additive else "no",
            metric.help,
        )
        for metric in METRICS.values()
    ]
    rates = [(f"`{name}`", formula) for name, formula in ENGAGEMENT_RATES.items()]
    return (
        f"{NOTE}# Metrics\n\n"
        + table("metric | unit | goal | compared | adds up | means", rows)
        + "\n## Engagement rates\n\nA rate is always shown with the name of its formula.\n\n"
        + table("name | formula", rates)
    )


def ledger_page() -> str:
    """List the chart of accounts, the types of cost and the posting rules."""
    accounts = [
        (account.number, account.name, account.kind.value, account.book.value)
        for account in CHART.values()
    ]
    costs = [(name, each.expense, each.accrued, each.rule) for name, each in COST_TYPES.items()]
    rules = [(rule.rule, str(rule.version), rule.sentence) for rule in RULES.values()]
    default = Policy("USD")
    switches = [
        (f"`{name}`", "none" if (value := getattr(default, name)) is None else str(value), told)
        for name, told in SWITCHES.items()
    ]
    return (
        f"{NOTE}# The books\n\nThe numbers are a template that a brand maps to its own general "
        "ledger. Book `fin` is exported to the general ledger; `stat` and `commit` never are.\n\n"
        "## Accounts\n\n"
        + table("account | name | holds | book", accounts)
        + "\n## Types of cost\n\n"
        + table("type | expensed in | waits in | accrued by", costs)
        + "\n## Posting rules\n\n"
        + table("rule | version | what it books", rules)
        + "\n## Policy\n\n`truelift policy set` signs a version that is in force from a day on; "
        "`truelift policy show` lists all of them. A switch applies to agreements by the day they "
        "were signed, to documents and orders by their own.\n\n"
        + table("switch | default | decides", switches)
    )


def checks_page() -> str:
    """List the checks on a lift: what each asks, how, how often it is wrong, what it cannot see."""
    introduction = (
        "`truelift doubt` looks for reasons not to trust a lift; the page of a campaign and the "
        "explanation of a lift show the same lines. A check passes, warns (a reason to look), "
        "fails (a reason not to rely on the figure) or is not run, with the reason. A check of "
        f"chance warns of {WARNING_RATE:.0%} of creators with nothing wrong; it fails where the "
        f"false-discovery rate over the campaign's creators is below {FAILURE_RATE:.0%}. No check "
        "changes a figure. The rates on real accounts were measured on 3,088 windows of Instagram "
        "and 27,662 of X, each of 12 to 48 organic posts before a campaign that never was.\n"
    )
    parts = [f"{NOTE}# Checks\n\n{introduction}"]
    for check in CHECKS.values():
        rows = [
            ("asks", check.asks),
            ("how", check.how),
            ("one line per", check.scope),
            ("false alarms", check.false_alarms),
            ("cannot see", check.blind_to),
        ]
        parts.append(f"\n## {check.name}\n\n{table('question | answer', rows)}")
    return "".join(parts)


def settings_page() -> str:
    """List the settings that are read from the environment."""
    rows = [
        (f"`{item.metadata['variable']}`", _default(item.default), item.metadata["help"])
        for item in fields(config.Settings)
    ]
    return f"{NOTE}# Settings\n\nRead from the environment.\n\n" + table(
        "variable | default | means", rows
    )


def _default(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value or "")


def commands_page() -> str:
    """List every command with its options, as the command line itself has them."""
    told = (
        "Data goes to stdout, progress and errors to stderr. Exit codes: 0 ok, 1 error, 2 usage, "
        "3 a check failed.\n"
    )
    lines = [NOTE, "# Commands\n", told]
    for words, command in _commands(app, ("truelift",)):
        arguments = command.assemble_argument_collection(parse_docstring=True)
        rows = [(f"`{' '.join(a.names)}`", a.parameter.help or "") for a in arguments if a.names]
        lines.append(f"## {words}\n\n{command.help}\n")
        lines.append(table("option | meaning", rows))
    return "\n".join(lines)


def _commands(parent: App, before: tuple[str, ...]) -> Iterator[tuple[str, App]]:
    for name in sorted(parent):
        if name.startswith("-"):
            continue
        command = parent[name]
        if command.default_command is not None:
            yield " ".join((*before, name)), command
        yield from _commands(command, (*before, name))


def layers() -> list[str]:
    """Give the parts of the package in the order of the river, from the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = next(
        contract["layers"]
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    return [name for layer in reversed(listed) for name in re.findall(r"\w+", layer)]


def said_by(path: Path) -> tuple[str, str]:
    """Give what a module answers (the first line of its docstring) and what it must not do."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = doc.splitlines()[0].rstrip(".") if doc else ""
    answers = first.partition(": ")[2] or first
    found = re.search(r"^Must not: (.*?)(?:\n\n|\n\w[\w ]*:|\Z)", doc, re.DOTALL | re.MULTILINE)
    return answers, " ".join(found[1].split()).rstrip(".") if found else ""


def part_file(name: str) -> Path | None:
    """Give the file that says what a part of the package is; None while it is not written."""
    found = [
        path for path in (SOURCE / name / "__init__.py", SOURCE / f"{name}.py") if path.is_file()
    ]
    return found[0] if found else None


def stage_table() -> str:
    """Write the stage table of ARCHITECTURE.md from the docstrings of the parts."""
    rows = [
        (f"`{name}`", *said_by(path)) for name in layers() if (path := part_file(name)) is not None
    ]
    return table("part | answers | must not", rows)


def modules_page() -> str:
    """List every module in the order of the river, in its own words."""
    parts = [f"{NOTE}# Modules\n\nIn the order in which data flows.\n"]
    for name in layers():
        paths = sorted((SOURCE / name).rglob("*.py"))
        rows = [
            (f"`{path.relative_to(SOURCE / name).as_posix()}`", _first_line(path))
            for path in paths
            if path.name != "__init__.py"
        ]
        if rows:
            parts.append(f"\n## {name}\n\n{table('module | about', rows)}")
    return "".join(parts)


def _first_line(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return doc.splitlines()[0] if doc else ""


def architecture_page() -> str:
    """Give ARCHITECTURE.md with its stage table written anew between its marks."""
    return between((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), "stages", stage_table())


def between(text: str, mark: str, written: str) -> str:
    """Give a text with what stands between its marks written anew."""
    start, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    before, _, rest = text.partition(start)
    return before + start + written + end + rest.partition(end)[2]


def role_table() -> str:
    """Write who may do what: a row per action, a column per role."""
    rows = [
        (
            MEANS[action],
            *("yes" if action in ROLES[role] else "" for role in Role),
            "" if action in READS else "yes",
        )
        for action in Action
    ]
    return table(" | ".join(["may", *Role, "logged"]), rows)


def scope_table() -> str:
    """Write what a token of each scope may be used for."""
    rows = [
        (f"`{scope}`", "; ".join(MEANS[action] for action in Action if action in actions))
        for scope, actions in SCOPES.items()
    ]
    return table("scope | good for", rows)


def people_page() -> str:
    """Give docs/people.md with its tables of roles and scopes written anew."""
    text = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
    return between(between(text, "roles", role_table()), "scopes", scope_table())


def api_page() -> str:
    """List the API's routes, each with the words its query takes and the fields of its body."""
    routes = application(None, None, writing=None, reading=None).routes  # type: ignore[arg-type]  # nothing is asked
    rows = []
    for route in routes:
        for handler in getattr(route, "route_handlers", ()):
            name = route.path_format.removeprefix(PREFIX)
            listed = name == route.path_format or name.removeprefix("/") in KINDS
            methods = handler.http_methods - {"OPTIONS"}
            if listed or not methods:
                continue
            method = min(methods)
            given = handler.parsed_fn_signature.parameters.get("data")
            body = ", ".join(f"`{each}`" for each in fields_of(given)) if given else ""
            query = ", ".join(f"`{each}`" for each in words_of(handler))
            rows.append((f"`{method} {name}`", query, body, handler.summary or ""))
    introduction = (
        f"Every route stands under `{PREFIX}` and wants a bearer token of `truelift user token`. "
        "GET reads, and answers as the command line does with `--format json`; POST acts, takes "
        "its body as JSON, and when it is sent again comes to the same or says why it is "
        "refused. A word of a query that a route does not take, or one that is given twice, is "
        "400. Errors are problem+json. Who may do what is in [people.md](people.md); "
        "`/api/schema` has all of it as OpenAPI 3.1.\n\n"
        "Rows go in and out by kind: `POST /<kind>` and `GET /<kind>` (`known_at`, `limit`) for "
        "each of [kinds.md](kinds.md)."
    )
    shown = table("route | query | body | answers or does", sorted(rows, key=_by_path))
    return f"{NOTE}# Routes of the API\n\n{introduction}\n\n{shown}"


def _by_path(row: tuple[str, ...]) -> tuple[str, str]:
    method, path = row[0].strip("`").split(" ")
    return path, method


def fields_of(given: FieldDefinition) -> list[str]:
    """Give the fields of a body; one that may be left out is in brackets."""
    found = msgspec.structs.fields(given.annotation)
    return [each.name if each.required else f"[{each.name}]" for each in found]


PAGES = {
    "docs/api.md": api_page,
    "docs/checks.md": checks_page,
    "docs/commands.md": commands_page,
    "ARCHITECTURE.md": architecture_page,
    "docs/kinds.md": kinds_page,
    "docs/ledger.md": ledger_page,
    "docs/metrics.md": metrics_page,
    "docs/modules.md": modules_page,
    "docs/people.md": people_page,
    "docs/settings.md": settings_page,
}

if __name__ == "__main__":
    for page, write in PAGES.items():
        (ROOT / page).write_text(write(), encoding="utf-8")
