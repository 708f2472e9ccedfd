"""TikTok's content export: posts and one reading of their counters.

The link of the video holds the handle and the id. The export does not say when it was made, so
--set observed_at has to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from truelift.connectors.calendar_text import moment
from truelift.connectors.numerals import plain
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row
from truelift.facts.event import DropReason

_LINK = re.compile(r"tiktok\.com/@(?P<handle>[^/?#]+)/(?P<format>video|photo)/(?P<id>\d+)")
_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
)
_CLOCK = re.compile(r"(?:(\d+)\s*h)?\W*(?:(\d+)\s*m(?:in)?)?\W*(?:(\d+(?:\.\d+)?)\s*s)?")
_COUNTERS = {
    "views": ("total views", "video views"),
    "likes": ("total likes",),
    "comments": ("total comments",),
    "shares": ("total shares",),
    "saves": ("add to favorites", "total favorites", "favorites"),
    "reach": ("reached audience", "unique viewers"),
    "follows": ("new followers",),
}
_USED = tuple(name for names in _COUNTERS.values() for name in names)
_OWN = ("video title", "video link", "post time", "total play time")
_NO_READING_TIME = (
    "TikTok's export does not say when its counters were read; give it with --set "
    "observed_at=YYYY-MM-DDTHH:MM"
)


def convert(rows: Iterator[Row], _: Context) -> Iterator[Converted]:
    """Convert the export: each row is a post and a reading."""
    for row in rows:
        link = _LINK.search(row.get("video link") or "")
        if link is None:
            raw = "; ".join(row.cells.values())
            message = "the Video link holds no handle and id; expected .../@handle/video/123"
            yield Refused(row.line, "Video link", DropReason.MISSING, message, raw)
            continue
        post = {"platform": "tiktok", "post_id": link["id"]}
        about = {
            "handle": link["handle"],
            "published_at": moment(row.get("post time"), _TIMES),
            "format": link["format"],
            "url": row.get("video link"),
            "caption": row.get("video title"),
        }
        yield Made("posts", row.line, {**post, **about})
        counters = {
            name: next((plain(cell) for header in headers if (cell := row.get(header))), None)
            for name, headers in _COUNTERS.items()
        }
        counters["watch_seconds"] = _seconds(row.get("total play time"))
        notes = row.rest(*_USED, *_OWN)
        yield Made(
            "observations", row.line, {**post, **counters, "source": "tiktok_content"}, notes
        )


def _seconds(text: str | None) -> str | None:
    """Read a play time: plain seconds, or 1h:02m:03s; a fraction of a second is dropped."""
    if text is None:
        return None
    clock = _CLOCK.fullmatch(text.strip())
    if clock and any(clock.groups()):
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return str(int(hours * 3600 + minutes * 60 + seconds))
    cell = plain(text)
    return cell.partition(".")[0] if cell else None


FORMAT = Format(
    name="tiktok_content",
    title="TikTok content",
    fingerprints=(frozenset({"video link", "post time"}),),
    columns=frozenset({*_USED, *_OWN}),
    kinds=("posts", "observations"),
    convert=convert,
    needs=(Need("observations", ("observed_at",), _NO_READING_TIME),),
)
