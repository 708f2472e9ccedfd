"""What decisions withhold says what to do: every such sentence names a next step."""

import ast
from pathlib import Path

import pytest

import truelift

SOURCE = Path(truelift.__file__).parent
MODULES = [
    *SOURCE.glob("decisions/*.py"),
    *SOURCE.glob("operations/forecast*.py"),
    *(SOURCE / f"operations/{name}.py" for name in ("fee", "pacing", "reallocation")),
]
STEPS = (
    "import", "run ", "wait", "seal", "truelift ", "name ", "raise", "ask", "forecast those",
    "set a target",
)  # fmt: skip


def told(node, tree):
    """Give the text of a sentence; a name's is that of every value it is given."""
    if isinstance(node, ast.Name):
        values = [
            each.value
            for each in ast.walk(tree)
            if isinstance(each, ast.Assign)
            and node.id in {getattr(t, "id", "") for t in each.targets}
        ]
        return [text for value in values for text in told(value, tree)]
    parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return ["".join(part for part in parts if isinstance(part, str))] if parts else []


def sentences(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)] + [tree]
    for scope in whole:
        for node in ast.walk(scope):
            if getattr(getattr(node, "func", None), "id", "") == "Withheld":
                near = told(node.args[1], scope) or told(node.args[1], tree)
                if scope is not tree or not isinstance(node.args[1], ast.Name):
                    yield from near


@pytest.mark.parametrize("path", sorted(MODULES), ids=lambda path: path.stem)
def test_a_sentence_names_the_next_step(path):
    lost = [one for one in sentences(path) if not any(step in one.lower() for step in STEPS)]
    assert lost == []
