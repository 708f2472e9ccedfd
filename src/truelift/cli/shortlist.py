"""Commands of discovery: shortlist and engagement-rate calculator. `main` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from truelift.base.errors import UsageError
from truelift.base.money import format_minor
from truelift.cli.options import (
    Brand,
    Creator,
    Day,
    Form,
    In,
    KnownAt,
    Limit,
    Out,
    Platform,
    opened,
    show,
)
from truelift.reports.table import Table, plain_table

Formula = Annotated[
    str,
    Parameter(
        help="by_followers, by_reach, by_impressions, by_views or by_followers_at_24_hours; also "
        "with _without_saves, _without_shares or _likes_and_comments at its end."
    ),
]
Typed = Annotated[float | None, Parameter(help="Typed in; of a post, or of an average post.")]


def shortlist(
    *,
    workspace: In,
    platform: Platform = None,
    category: Annotated[str | None, Parameter(help="Only this category.")] = None,
    country: Annotated[str | None, Parameter(help="Only this country.")] = None,
    followers: Annotated[str | None, Parameter(help="MIN:MAX; either may be left out.")] = None,
    price: Annotated[
        str | None, Parameter(help="Most that a deliverable may cost, in the brand's currency.")
    ] = None,
    search: Annotated[str | None, Parameter(help="Text in id, name, handle or category.")] = None,
    rate_formula: Formula = "by_followers",
    compare: Annotated[
        str | None, Parameter(help="Creators side by side, names with commas between.")
    ] = None,
    explain: Annotated[str | None, Parameter(help="Why this creator has its rank.")] = None,
    limit: Limit = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Rank own and imported creators by what a unit of money with them should bring on top."""
    with opened(workspace, brand) as ws:
        result = ws.shortlist(
            platform=platform, category=category, country=country, followers=followers,
            price=price, search=search, rate_formula=rate_formula, compare=compare,
            explain=explain, limit=limit, as_of=as_of, known_at=known_at,
        )  # fmt: skip
    if format != "table" or compare or explain is not None or not result.table.rows:
        show(result, format, output)
        return
    from truelift.cli.render import table_text, write  # noqa: PLC0415 - loaded when needed

    brief = brief_table(result.data, result.table.note)
    write(table_text(brief, to_file=output is not None) + reasons(result.data), output)


def engagement_rate(
    *,
    workspace: Annotated[
        Path | None, Parameter(name=["--workspace", "-w"], help="Folder; or type numbers in.")
    ] = None,
    rate_formula: Annotated[
        str | None, Parameter(help="A formula's name, or all; by_followers in a workspace.")
    ] = None,
    creator: Creator = None,
    platform: Platform = None,
    followers: Typed = None,
    reach: Typed = None,
    impressions: Typed = None,
    views: Typed = None,
    likes: Typed = None,
    comments: Typed = None,
    shares: Typed = None,
    saves: Typed = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Calculate engagement rates by named formulas: of a workspace's creators, or of numbers."""
    typed = {
        "followers": followers, "reach": reach, "impressions": impressions, "views": views,
        "likes": likes, "comments": comments, "shares": shares, "saves": saves,
    }  # fmt: skip
    numbers = {name: number for name, number in typed.items() if number is not None}
    if workspace is None:
        from truelift.workspace.calculator import calculated  # noqa: PLC0415 - loaded when needed

        show(calculated(numbers, rate_formula), format, output)
        return
    if numbers:
        msg = f"Name a workspace, or type numbers in ({', '.join(numbers)}), not both."
        raise UsageError(msg)
    with opened(workspace, brand) as ws:
        result = ws.engagement_rate(
            rate_formula or "by_followers", creator=creator, platform=platform, as_of=as_of,
            known_at=known_at,
        )  # fmt: skip
    show(result, format, output)


def brief_table(data: dict[str, Any], note: str) -> Table:
    """Lay the figures out for a terminal; the reasons stand below the table."""
    told = []
    for row in data["rows"]:
        outlook, price = row["expected_return"], row["price"]
        known = "point" in outlook
        smallest = row["smallest_lift"]["orders"] or row["smallest_lift"]["engagement"]
        raw = [one["raw_return"] for one in row["past"] if "return" in one and one["raw_return"]]
        told.append(
            {
                "rank": row["rank"],
                "creator": row["creator"],
                "platform": row["platform"],
                "followers": row["followers"],
                "price": format_minor(price, data["currency"]) if isinstance(price, int) else None,
                "expected": _decimals(outlook["point"] if known else None),
                "80 %": _between(outlook) if known else None,
                "grade": row["grade"] or row["evidence"],
                "own": _decimals(outlook.get("own_return")),
                "raw": _decimals(sum(raw) / len(raw) if raw else None),
                "rate %": _decimals(row["engagement_rate"]["rate"], 100),
                "above %": _decimals(row["engagement_rate"].get("place"), 100, 0),
                "shows": None if smallest is None else f"{smallest:.1f}x",
                "signals": "; ".join(one["signal"] for one in row["signals"]) or None,
            }
        )
    return plain_table("Shortlist", told, note, DECIMALS)


DECIMALS = frozenset({"price", "expected", "own", "raw", "rate %", "above %"})
"""Columns that are aligned as amounts are."""


def reasons(data: dict[str, Any]) -> str:
    """Give a line per creator that says why it has its rank."""
    return "".join(
        f"{row['rank'] or '-':>4}  {row['creator']}: {row['why']}\n" for row in data["rows"]
    )


def _between(outlook: dict[str, Any]) -> str:
    return f"{_decimals(outlook['low'])} to {_decimals(outlook['high'])}"


def _decimals(value: float | None, times: int = 1, places: int = 2) -> str | None:
    from truelift.decisions.shortlist import two  # noqa: PLC0415 - it loads numpy

    if value is None:
        return None
    return two(value) if times == 1 else f"{value * times:.{places}f}"
