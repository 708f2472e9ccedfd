"""Queries: SQL files by name, with the few template functions that keep one text for every engine.

In:   `store/sql/<stage>.<name>.sql`.
Out:  SQL text for an engine. Parameters are named: `$brand`, `$as_of`, `$known_at`, ...

Template functions (all there are):
    @known(orders)      the rows of a fact kind as known at $known_at for $brand, or those of them
                        that the caller hands in (`narrowed`)
    @catalog(codes)     a catalog kind as known, handed in as a relation
    @given(path)        any other relation handed in by the caller
    @seconds(a, b)      whole seconds from timestamp a to timestamp b
    @days_before(t, n)  timestamp t less n days
    @whole(a, b)        integer division of two whole numbers >= 0
    @share(a, b, c)     whole part of a * b / c for whole numbers >= 0; the product may be wider
                        than 64 bits, which some engines cut off in silence
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Protocol

import pyarrow as pa

from truelift.store.parts import Matrix, Work

Parameters = Mapping[str, object]

_PARAMETER = re.compile(r"\$([a-z_]+)")
_CALL = re.compile(r"@(known|catalog|given|seconds|days_before|whole|share)\(([^()]*)\)")


class Heavy(Protocol):
    """Another engine that gives the same rows, where questions are heavy."""

    def answers(self, name: str) -> bool:
        """Say whether it answers a query."""

    def read(
        self,
        name: str,
        parameters: Parameters,
        relations: Mapping[str, pa.Table],
        between: Mapping[str, str],
    ) -> pa.Table:
        """Run the query of a file."""

    def close(self) -> None:
        """End what it holds of the other engine; it may be asked again."""

    def apply(self, work: Work, inputs: Iterable[object]) -> Iterator[Matrix]:
        """Apply a pure function to inputs on its workers; results in their order."""


@cache
def text(name: str) -> str:
    """Give a query's text as it stands in its file; KeyError when there is no such file."""
    path = resources.files("truelift.store") / "sql" / f"{name}.sql"
    if not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


def names() -> list[str]:
    """Name every query."""
    folder = resources.files("truelift.store") / "sql"
    return sorted(each.name.removesuffix(".sql") for each in folder.iterdir())


def render(
    sql: str,
    dialect: str = "duckdb",
    narrowed: Collection[str] = (),
    between: Mapping[str, str] | None = None,
) -> str:
    """Replace the template functions by the dialect's own words.

    narrowed: fact kinds of which the caller hands in some known rows, as `narrowed_<kind>`: the
    same query then gives the answer for these alone. between: by fact kind the column of a time
    that must lie from $<kind>_since to before $<kind>_until.
    """

    def words(call: re.Match[str]) -> str:
        kind = call[2].strip()
        if call[1] == "known" and kind in narrowed:
            return f"narrowed_{kind}"
        at = (between or {}).get(kind)
        bounds = "" if at is None else f" and {at} >= ${kind}_since and {at} < ${kind}_until"
        return _render_call(call[1], call[2], dialect, bounds)

    return _CALL.sub(words, sql)


def parameters(sql: str) -> set[str]:
    """Name the parameters that a query takes."""
    return set(_PARAMETER.findall(sql))


def relations(sql: str) -> dict[str, set[str]]:
    """Name the relations a query needs: {'known': {...}, 'catalog': {...}, 'given': {...}}."""
    found: dict[str, set[str]] = {"known": set(), "catalog": set(), "given": set()}
    for function, argument in _CALL.findall(sql):
        if function in found:
            found[function].add(argument.strip())
    return found


def _render_call(function: str, argument: str, dialect: str, bounds: str = "") -> str:
    parts = [part.strip() for part in argument.split(",")]
    if function == "known":
        return (
            f"(select * from fact_{parts[0]} where brand = $brand and recorded_at <= $known_at"  # noqa: S608 - the name is written in a query file of ours
            f" and (superseded_at is null or superseded_at > $known_at){bounds})"
        )
    if function == "catalog":
        return f"catalog_{parts[0]}"
    if function == "given":
        return f"given_{parts[0]}"
    return _ARITHMETIC[dialect][function].format(*parts)


_ARITHMETIC = {
    "duckdb": {
        "seconds": "date_diff('second', {0}, {1})",
        "days_before": "({0} - to_days(cast({1} as integer)))",
        "whole": "({0} // {1})",
        "share": "cast(cast({0} as hugeint) * {1} // {2} as bigint)",
    },
    "spark": {
        "seconds": "(unix_seconds(cast({1} as timestamp)) - unix_seconds(cast({0} as timestamp)))",
        "days_before": "({0} - make_dt_interval(cast({1} as int)))",
        "whole": "({0} div {1})",
        "share": "(cast({0} as decimal(38, 0)) * {1} div {2})",
    },
}
