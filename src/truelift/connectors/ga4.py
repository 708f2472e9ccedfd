"""Google Analytics 4 exports: sessions by day, source, medium and campaign.

Lines with # say what the report is; a file may hold several tables one after another, each with its
own header; totals stand among the rows. A day is YYYYMMDD. A table that is split by anything else
(event name, landing page) would count sessions more than once, so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truelift.connectors.calendar_text import day
from truelift.connectors.numerals import number, plain
from truelift.connectors.table import normalised
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Skipped
from truelift.facts.event import DropReason

_DAYS = ("%Y%m%d", "%Y-%m-%d")
_DIMENSIONS = {
    "date": "date",
    "session source / medium": "source / medium",
    "session source": "source",
    "session medium": "medium",
    "session campaign": "campaign",
    "session campaign name": "campaign",
    "session manual source / medium": "source / medium",
    "session manual source": "source",
    "session manual medium": "medium",
    "session manual campaign name": "campaign",
}
_METRICS = {
    "sessions": "sessions",
    "engaged sessions": "engaged_sessions",
    "key events": "key_events",
    "conversions": "key_events",
    "total revenue": "revenue",
    "purchase revenue": "revenue",
}
_OTHER_METRICS = frozenset(
    {
        "active users",
        "average engagement time per session",
        "average session duration",
        "bounce rate",
        "engaged sessions per active user",
        "engagement rate",
        "event count",
        "events per session",
        "new users",
        "returning users",
        "session key event rate",
        "total users",
        "transactions",
        "user engagement",
        "views",
    }
)
_TOTALS = frozenset({"total", "totals", "grand total", "reserved_total"})
_NO_DATE = (
    "the report has no Date; add the dimension Date to it, or give the day of a one-day report "
    "with --set date=YYYY-MM-DD"
)
_NO_CAMPAIGN = (
    "the report has no Session campaign; add that dimension to it, or give it with --set "
    "campaign=NAME"
)


def convert(records: Iterator[tuple[int, list[str]]], context: Context) -> Iterator[Converted]:
    """Convert all tables of the file that are about sessions."""
    header: list[str] = list(context.titles)
    about, wrong = _is_about_sessions(header), _wrong(header)
    for line, cells in records:
        if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
            continue
        folded = [normalised(cell) for cell in cells]
        if _is_header(folded):
            header, about, wrong = folded, _is_about_sessions(folded), _wrong(folded)
        elif not about:
            yield Skipped(line)
        elif wrong is not None:
            yield Refused(line, "", DropReason.MALFORMED_ROW, wrong, "; ".join(cells))
        else:
            yield _converted(line, cells, header, context)


def _is_header(folded: Sequence[str]) -> bool:
    """Tell a header from a row: a row holds a number, and a header only names."""
    filled = [cell for cell in folded if cell]
    return len(filled) > 1 and not any(number(cell) is not None for cell in filled)


def _is_about_sessions(header: Sequence[str]) -> bool:
    """Tell the table from others in the file, such as the points of the chart above it."""
    where_from = _DIMENSIONS.keys() - {"date"}
    return "sessions" in header and not where_from.isdisjoint(header)


def _wrong(header: Sequence[str]) -> str | None:
    """Say what keeps a table from being sessions by day, source, medium and campaign only."""
    others = [
        name
        for name in header
        if name not in _DIMENSIONS
        and name not in _METRICS
        and name not in _OTHER_METRICS
        and not name.startswith("column ")
    ]
    if others:
        return (
            f"the report is also split by {', '.join(others)}, which counts sessions more than "
            "once; export it by Date, source / medium and campaign only"
        )
    return None


def _converted(
    line: int, cells: Sequence[str], header: Sequence[str], context: Context
) -> Converted:
    raw = "; ".join(cells)
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        message = f"{len(cells)} cells where the header of its table has {len(header)}"
        return Refused(line, "", DropReason.MALFORMED_ROW, message, raw)
    found = {
        name: text for name, cell in zip(header, cells, strict=False) if (text := cell.strip())
    }
    dimensions = {role: found[name] for name, role in _DIMENSIONS.items() if name in found}
    if not dimensions or any(text.lower() in _TOTALS for text in dimensions.values()):
        return Skipped(line)
    source, _, medium = dimensions.get("source / medium", "").partition(" / ")
    metrics = {role: plain(found[name]) for name, role in _METRICS.items() if name in found}
    values = {
        "date": day(dimensions.get("date"), _DAYS),
        "source": dimensions.get("source") or source,
        # (other) stands alone where source and medium are asked for together: it is both.
        "medium": dimensions.get("medium") or medium or source or None,
        "campaign": dimensions.get("campaign"),
        **metrics,
    }
    if metrics.get("revenue"):
        values["currency"] = context.said("currency") or context.options.currency
    notes = {name: found[name] for name in _OTHER_METRICS & found.keys()}
    return Made("sessions", line, values, dict(sorted(notes.items())))


FORMAT = Format(
    name="ga4",
    title="Google Analytics 4 sessions",
    fingerprints=(
        frozenset({"session source / medium", "sessions"}),
        frozenset({"session source", "session medium", "sessions"}),
        frozenset({"session manual source / medium", "sessions"}),
        frozenset({"session campaign", "sessions"}),
    ),
    columns=frozenset({*_DIMENSIONS, *_METRICS, *_OTHER_METRICS}),
    kinds=("sessions",),
    convert_records=convert,
    needs=(
        Need("sessions", ("date",), _NO_DATE),
        Need("sessions", ("campaign",), _NO_CAMPAIGN),
    ),
)
