"""YouTube Studio's "Table data": videos and one reading of their counters.

The first row is the channel's total. Ids may begin with '-'. The export names neither the channel
nor the moment of reading, and ends after about 500 videos.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from truelift.connectors.calendar_text import moment
from truelift.connectors.numerals import number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row, Skipped
from truelift.facts.event import DropReason

_TIMES = ("%b %d, %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y")
_COUNTERS = {
    "views": ("views",),
    "impressions": ("impressions", "thumbnail impressions"),
    "likes": ("likes",),
    "comments": ("comments added", "comments"),
    "shares": ("shares",),
    "reach": ("unique viewers",),
}
_HOURS = "watch time (hours)"
_GAINED = ("subscribers gained", "subscribers")
_OWN = ("content", "video title", "video publish time", _HOURS, *_GAINED)
_USED = tuple(name for names in _COUNTERS.values() for name in names)
_NO_READING_TIME = (
    "YouTube's table does not say when its counters were read; give it with --set "
    "observed_at=YYYY-MM-DDTHH:MM"
)
_NO_HANDLE = "YouTube's table does not name its channel; give it with --set handle=NAME"


def convert(rows: Iterator[Row], _: Context) -> Iterator[Converted]:
    """Convert the table: each row but the total is a post and a reading."""
    for row in rows:
        video = row.get("content")
        if video == "Total":
            yield Skipped(row.line)
            continue
        if video is None:
            raw = "; ".join(row.cells.values())
            yield Refused(row.line, "Content", DropReason.MISSING, "the row has no video id", raw)
            continue
        post = {"platform": "youtube", "post_id": video}
        about = {
            "published_at": moment(row.get("video publish time"), _TIMES),
            "format": "video",
            "url": f"https://www.youtube.com/watch?v={video}",
            "caption": row.get("video title"),
        }
        yield Made("posts", row.line, {**post, **about})
        counters = {
            name: next((plain(cell) for header in headers if (cell := row.get(header))), None)
            for name, headers in _COUNTERS.items()
        }
        counters["follows"] = _gained(row)
        counters["watch_seconds"] = _seconds(row.get(_HOURS))
        values = {**post, **counters, "source": "youtube_table"}
        yield Made("observations", row.line, values, row.rest(*_OWN, *_USED))


def _gained(row: Row) -> str | None:
    """Give the subscribers won; the net figure falls below zero, which no counter does."""
    found = next((number(cell) for name in _GAINED if (cell := row.get(name))), None)
    return written(found) if found is not None and found >= 0 else None


def _seconds(hours: str | None) -> str | None:
    value = number(hours)
    if value is None:
        return hours
    return written((value * 3600).quantize(Decimal(1), ROUND_HALF_EVEN))


FORMAT = Format(
    name="youtube_table",
    title="YouTube Studio table data",
    fingerprints=(frozenset({"content", "video title", "video publish time"}),),
    columns=frozenset({*_OWN, *_USED, "duration"}),
    kinds=("posts", "observations"),
    convert=convert,
    needs=(
        Need("posts", ("handle", "creator"), _NO_HANDLE),
        Need("observations", ("observed_at",), _NO_READING_TIME),
    ),
)
