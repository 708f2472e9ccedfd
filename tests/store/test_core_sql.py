"""Queries keep to core SQL, the part in which all engines give the same rows.

Every rule stands for something that engines do differently in silence: how a decimal is divided,
how 2.5 becomes a whole number, where nulls sort. A query for one engine says so in its first line
(`-- dialect: duckdb`) or in its name (`ledger.journal_triggers.sqlite.sql`) and is left alone.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError

from truelift.store import queries

SOURCE = Path(__file__).parents[2] / "src" / "truelift"
FOLDER = SOURCE / "store" / "sql"
REFUSED_NODES = {
    exp.Div: "division: divide aggregated rows in Python",
    exp.IntDiv: "division: write @whole(a, b)",
    exp.Mod: "remainder: write a - b * @whole(a, b)",
    exp.Qualify: "QUALIFY: name the window in a subquery and filter outside",
    exp.Array: "a list: engines have other types for it",
}
REFUSED_WORDS = {
    r"avg|mean|median|quantile\w*": "avg: sum and count, then divide in Python",
    r"round\w*|trunc|floor|ceil\w*": "round: whole numbers need none",
    r"list\w*|array\w*|string_agg|group_concat|unnest|any_value|first|last|arg_m\w+|m\w+_by": (
        "a list aggregate, or one whose answer hangs on the order of rows"
    ),
    r"now|today|current_\w+|get_current_\w+|localtime\w*|random|uuid\w*": (
        "the clock or chance: times are parameters"
    ),
    r"concat": "concat: some engines leave nulls out, some give null; write ||",
    r"epoch_ms": "epoch_ms: read in the opposite direction elsewhere; write @seconds",
}
WITHOUT_BRACKETS = re.compile(r"\b(current_(date|time|timestamp)|localtime\w*)\b")


class NullsSmall(DuckDB):
    """DuckDB's grammar with another silent place for nulls, to see whether one was written."""

    NULL_ORDERING = "nulls_are_small"


class NullsLarge(DuckDB):
    """As NullsSmall, for descending order."""

    NULL_ORDERING = "nulls_are_large"


def faults(text):
    """Give what is not core SQL in a query, one sentence each."""
    bare = re.sub(r"--[^\n]*", "", text)
    found = [*template_faults(bare), *word_faults(re.sub(r"'[^']*'", "''", bare).lower())]
    relations = re.sub(r"@(known|catalog|given)\(([^()]*)\)", r"\1_\2", bare)
    plain = re.sub(r"@(\w+)\(", r"template_\1(", relations)
    try:
        trees = [sqlglot.parse_one(plain, read=one) for one in (DuckDB, NullsSmall, NullsLarge)]
    except SqlglotError as problem:
        return [*found, f"does not parse: {problem}"]
    found += [fault for node in trees[0].walk() for fault in node_faults(node)]
    first, *others = (
        [bool(order.args.get("nulls_first")) for order in tree.find_all(exp.Ordered)]
        for tree in trees
    )
    if any(other != first for other in others):
        found.append("ORDER BY without NULLS FIRST or NULLS LAST")
    return found


def template_faults(text):
    """Give the template functions that queries.render does not know, or not in this form."""
    for call in re.findall(r"@\w+", text):
        if not re.fullmatch(r"@(known|catalog|given|seconds|days_before|whole|share)", call):
            yield f"{call} is no template function"
    for dialect in ("duckdb", "spark"):
        try:
            left = re.findall(r"@\w+", queries.render(text, dialect))
        except IndexError:
            yield "a template function has too few arguments"
        else:
            yield from (f"{call} is left as it stands by queries.render" for call in left)


def word_faults(text):
    called = set(re.findall(r"\b(\w+)\s*\(", text))
    called |= {found[0] for found in WITHOUT_BRACKETS.findall(text)}
    if re.search(r"\bvarchar\b", text):
        yield "varchar: Spark wants its length; write string"
    if re.search(r"@whole\([^)]*\*", text):
        yield "a product may be wider than 64 bits: write @share(a, b, c)"
    for pattern, message in REFUSED_WORDS.items():
        yield from (f"{word}: {message}" for word in sorted(called) if re.fullmatch(pattern, word))


def node_faults(node):
    if type(node) in REFUSED_NODES:
        yield REFUSED_NODES[type(node)]
    if isinstance(node, exp.Join) and node.method == "ASOF":
        yield "ASOF join: other engines have none"
    if isinstance(node, exp.Literal) and not node.is_string and not node.this.isdigit():
        yield f"{node.this} is no whole number: some engines read it as a float"
    cast = isinstance(node, exp.Cast)
    if cast and node.to.is_type(*exp.DataType.INTEGER_TYPES) and not is_whole(node.this):
        yield f"{node.sql('duckdb')}: engines round and cut differently"
    if cast and node.to.is_type("double", "float"):
        yield f"{node.sql('duckdb')}: sums of floats hang on the order of rows"


def is_whole(node):
    """Say whether a cast only narrows what is whole: a sum, a count, or a literal."""
    inner = node.this if isinstance(node, exp.Window) else node
    literal = isinstance(inner, exp.Literal) and inner.this.isdigit()
    return literal or isinstance(inner, exp.Sum | exp.Count | exp.Null)


def core_queries():
    """Give the query files that every engine runs."""
    return [
        path
        for path in sorted(FOLDER.glob("*.sql"))
        if path.stem.count(".") == 1
        and not path.read_text(encoding="utf-8").startswith("-- dialect: ")
    ]


@pytest.mark.parametrize("path", core_queries(), ids=lambda path: path.stem)
def test_a_query_is_core_sql(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select a / b from t", "division"),
        ("select a // b from t", "@whole"),
        ("select a % b from t", "remainder"),
        ("select mod(a, b) from t", "remainder"),
        ("select avg(a) from t", "avg"),
        ("select median(a) from t", "median"),
        ("select round(a) from t", "round"),
        ("select floor(a) from t", "floor"),
        ("select cast(a as int) from t", "round and cut"),
        ("select a::bigint from t", "round and cut"),
        ("select try_cast(a as integer) from t", "round and cut"),
        ("select cast(max(a) as bigint) from t", "round and cut"),
        ("select cast(1.5 as decimal(9, 2)) from t", "1.5"),
        ("select cast(a as double) from t", "floats"),
        ("select a * 1e3 from t", "1e3"),
        ("select a from t asof join u on t.b >= u.b", "ASOF"),
        ("select a from t qualify row_number() over (order by a nulls last) = 1", "QUALIFY"),
        ("select list(a order by b nulls last) from t", "list"),
        ("select string_agg(a, ';') from t", "string_agg"),
        ("select array_agg(a) from t", "array_agg"),
        ("select max_by(a, b) from t", "max_by"),
        ("select [a, b] from t", "a list"),
        ("select a from t order by a", "NULLS"),
        ("select a from t order by a desc", "NULLS"),
        ("select a from t order by a nulls last, b", "NULLS"),
        ("select sum(a) over (partition by b order by c) from t", "NULLS"),
        ("select now() from t", "clock"),
        ("select concat(a, b) from t", "concat"),
        ("select cast(a as varchar) as b from t", "varchar"),
        ("select @whole(a * b, 7) from t", "@share"),
        ("select current_date from t", "clock"),
        ("select current_timestamp from t", "clock"),
        ("select today() from t", "clock"),
        ("select a from @rows(t) as t", "@rows"),
        ("select @whole(a) from t", "too few"),
        ("select @whole a from t", "@whole is left"),
        ("select @known from t", "@known"),
        ("select from where", "parse"),
    ],
)
def test_each_rule_bites(sql, said):
    assert any(said in fault for fault in faults(sql)), faults(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select @whole(a, 1000000) as part from @known(orders) as orders",
        "select cast(sum(a) as bigint) as a from @catalog(codes) -- an avg / b of now()",
        "select cast(sum(a) over (order by b desc nulls first) as bigint) as a from @given(t)",
        "select cast(null as bigint) as a, cast(b as string) as b, 'avg(1.5) / 2' as c from t",
        "select a from t where b >= @days_before(c, $days) order by a asc nulls first limit 5",
    ],
)
def test_core_sql_is_left_alone(sql):
    assert faults(sql) == []


def names_in(tree):
    """Give the patterns of query names in a module: every string, an f-string's fields as any."""
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            yield "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+"
                for part in node.values
            )
        text = node.value if isinstance(node, ast.Constant) and id(node) not in inside else None
        if isinstance(text, str):
            yield re.escape(text)


def asked_for(tree):
    """Give the names with which a module calls `text`, `read` or `rows`, where written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = node.args[0].value
            if called in {"text", "read", "rows", "table"} and isinstance(name, str):
                yield name


def modules():
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))]


def unused(stems, trees):
    patterns = {
        pattern for tree in trees for pattern in names_in(tree) if re.match(r"\w+\\\.", pattern)
    }
    return {stem for stem in stems if not any(re.fullmatch(one, stem) for one in patterns)}


def missing(stems, trees):
    stages = {stem.split(".")[0] for stem in stems}
    asked = {name for tree in trees for name in asked_for(tree)}
    return {
        name
        for name in asked - set(stems)
        if re.fullmatch(r"\w+(\.\w+)+", name) and name.split(".")[0] in stages
    }


def test_every_query_file_is_used_and_every_used_one_exists():
    stems = {path.stem for path in FOLDER.glob("*.sql")}
    trees = modules()
    assert unused(stems, trees) == set()
    assert missing(stems, trees) == set()


def test_unused_and_missing_queries_are_seen():
    tree = ast.parse("a = text('facts.a')\nb = engine.read(f'facts.b_{kind}')\nc = text('facts.z')")
    stems = {"facts.a", "facts.b_x", "facts.c"}
    assert unused(stems, [tree]) == {"facts.c"}
    assert missing(stems, [tree]) == {"facts.z"}
