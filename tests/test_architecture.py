"""The house stands as ARCHITECTURE.md draws it, and every room has its test."""

import ast
import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "truelift"
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))
LAYERS = GENERATE["layers"]()

SHARED_BY_CONNECTORS = {
    # what connectors stand on
    "assembly",
    "calendar_text",
    "encoding",
    "mapping",
    "numerals",
    "options",
    "table",
    "webhook",
    "textual",
    "vendor",
    # what gathers them
    "guessing",
    "files",
    "formats",
}

NOUNS = "nouns without behaviour: tests/facts/test_kinds.py reads every kind"
RECOGNISED = "a part of recognition, covered whole by tests/ledger/test_recognition.py"
MIGRATED = "what a revision makes is compared with the tables: tests/store/test_migrate.py"
TEST_ELSEWHERE: dict[str, str] = {
    "collector/answer": "the form of every answer: tests/collector/test_collect.py",
    "collector/machinery": "what is handed in: tests/collector/test_redirect.py hands it in",
    "web/screens/upload": "the two pages of a file: tests/web/test_uploading.py sends some",
    "web/door": "types only; a real workspace stands behind it: tests/web/test_pages.py",
    "api/door": "types only; a real workspace stands behind it: tests/api/test_application.py",
    "attribution/conflicts": "row by row: tests/store/test_attribution_sql.py",
    "attribution/touchpoint": "a noun without behaviour: tests/attribution/test_path.py makes them",
    "operations/placebo_material": "what a replay is made of: tests/operations/test_placebo.py",
    "cli/options": "what commands share: tests/cli/test_main.py runs them",
    "cli/demonstration": "the demo from end to end: tests/acceptance/test_demo.py",
    "operations/flights": "when campaigns are live: tests/operations/test_experiments.py",
    "operations/lotteries": "what both lotteries share: tests/operations/test_geo_holdout.py",
    "operations/places": "orders by region: tests/operations/test_geo_holdout.py",
    "operations/demonstrate": "the demo from end to end: tests/acceptance/test_demo.py",
    "operations/exchange_rates": "the rates the books use: tests/operations/test_book.py",
    "operations/candidates": "who money moves between: tests/stories/test_reallocation.py",
    "operations/migrate_workspace": "whole moves: tests/cli/test_migrating.py",
    "store/moving": "rows that are copied and compared: tests/cli/test_migrating.py",
    "store/postgresql": "tables, roles and refusals: tests/engines/test_workspace_tables.py",
    "operations/reallocation": "advice and deciding: tests/stories/test_reallocation.py",
    "operations/advice": "advice as it is shown: tests/stories/test_reallocation.py",
    "operations/scorecard": "how advice turned out: tests/stories/test_reallocation.py",
    "operations/fee": "fees worth paying: tests/stories/test_reallocation.py",
    "workspace/reallocation": "at the Python door: tests/stories/test_reallocation.py",
    "workspace/alerts": "alerts at the Python door: tests/operations/test_alerts.py",
    "workspace/leaks": "leaks at the Python door: tests/operations/test_leaks.py",
    "operations/held_payouts": "held and released: tests/operations/test_leaks.py",
    "operations/odd_clicks": "questioned clicks as rows: tests/operations/test_leaks.py",
    "decisions/leaked_code": "what judged orders add up to: tests/decisions/test_leaks.py",
    "decisions/leak_rules": "the rules at work: tests/decisions/test_leaks.py",
    "decisions/watched": "values without behaviour: tests/decisions/test_alert_rules.py",
    "cli/alerts": "the commands of alerts: tests/cli/test_decisions.py",
    "cli/leaks": "the commands of leaks: tests/cli/test_decisions.py",
    "operations/engagement_rates": "rates from facts: tests/operations/test_shortlist.py",
    "operations/measurability": "the smallest lifts: tests/operations/test_shortlist.py",
    "operations/prices": "whose price is whose: tests/operations/test_shortlist.py",
    "workspace/calculator": "numbers typed in: tests/cli/test_shortlist.py",
    "workspace/shortlist": "at the Python door: tests/operations/test_shortlist.py",
    "workspace/opened": "what every part stands on: tests/workspace/test_workspace.py",
    "workspace/experiments": "experiments at the Python door: tests/operations/test_experiments.py",
    "workspace/policy": "policy at the Python door: tests/cli/test_policy.py",
    "operations/statements": "the reports a controller reads: tests/stories/test_finance.py",
    "workspace/finance": "the reports a controller reads: tests/stories/test_finance.py",
    "operations/ledger": "the ledger's commands: tests/cli/test_main.py",
    # module -> why its tests stand elsewhere, and where
    "catalog/accounting": NOUNS,
    "catalog/agreement": NOUNS,
    "catalog/campaign": NOUNS,
    "catalog/creator": NOUNS,
    "catalog/tracking": NOUNS,
    "catalog/value_schedule": NOUNS,
    "facts/content": NOUNS,
    "facts/conversion": NOUNS,
    "facts/cost": NOUNS,
    "facts/event": "drop reasons: tests/facts/test_acceptance.py provokes each",
    "facts/supplier": NOUNS,
    "facts/visit": NOUNS,
    "ledger/verdict": "words without behaviour: tests/ledger/test_matching.py gives all of them",
    "ledger/documents": RECOGNISED,
    "ledger/obligations": RECOGNISED,
    "ledger/rules": RECOGNISED,
    "ledger/source": RECOGNISED,
    "ledger/writer": RECOGNISED,
    "store/journal_balances": "a part of the journal on disk: tests/store/test_journal.py",
    "store/migrations/revision_0001/catalog": MIGRATED,
    "store/migrations/revision_0001/journal": MIGRATED,
    "store/migrations/revision_0001/workspace": MIGRATED,
    "store/migrations/versions/0002_science_records": MIGRATED,
    "store/migrations/versions/0003_control_records": MIGRATED,
    "store/migrations/versions/0004_accounting_periods": MIGRATED,
    "store/journal_movements": "a part of the journal on disk: tests/engines/test_journal_books.py",
    "store/bulk_rows": "how the journal is written: tests/engines/test_journal_guards.py",
    "store/migrations/versions/0006_period_movements": MIGRATED,
    "store/migrations/versions/0007_sessions_and_shares": MIGRATED,
    "store/migrations/versions/0005_people": MIGRATED,
    "store/journal_tables": "a part of the journal on disk: tests/store/test_journal.py",
}


def parts():
    """Give every part of the package: folders with code, and modules beside them."""
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    return folders | {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}


def contract(kind):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["type"] == kind)


def test_the_stage_table_names_every_part_in_the_order_of_the_flow():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.partition("<!-- stages -->")[2].partition("<!-- /stages -->")[0]
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert named == [name for name in LAYERS if name in parts()]
    assert set(named) == parts()


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/__init__.py")), ids=lambda p: p.parent.name)
def test_every_package_says_in_out_and_must_not(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc.startswith(f"{path.parent.name.capitalize()}: ")
    for word in ("In:   ", "Out:  ", "Must not: "):
        assert re.search(f"^{word}\\w", doc, re.MULTILINE), f"{word.strip()} is not said"


def test_a_part_that_has_code_no_longer_says_that_there_is_nothing():
    said = [
        path.parent.name
        for path in SOURCE.glob("*/__init__.py")
        if "Nothing yet" in path.read_text(encoding="utf-8")
        and len(list(path.parent.iterdir())) > 2
    ]
    assert not said


def test_every_module_of_some_size_has_its_test():
    missing = []
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE).with_suffix("")
        lines = path.read_text(encoding="utf-8").count("\n")
        expected = ROOT / "tests" / module.parent / f"test_{module.name.strip('_')}.py"
        if lines >= 30 and module.name != "__init__" and not expected.is_file():
            missing.append(module.as_posix())
    assert sorted(set(missing) - set(TEST_ELSEWHERE)) == []


def test_every_test_elsewhere_is_still_needed_and_exists():
    for module, reason in TEST_ELSEWHERE.items():
        named = re.search(r"tests/[\w/]+\.py", reason)
        assert (SOURCE / f"{module}.py").is_file()
        assert not (ROOT / "tests" / Path(module).parent / f"test_{Path(module).name}.py").exists()
        assert named, reason
        assert (ROOT / named[0]).is_file(), named[0]


def test_every_connector_is_held_apart_from_the_others():
    folder = SOURCE / "connectors"
    found = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    listed = {name.rpartition(".")[2] for name in contract("independence")["modules"]}
    assert listed == found - SHARED_BY_CONNECTORS - {"__init__"}
