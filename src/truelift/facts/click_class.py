"""Click class: who made a request for a link, by what its user agent says of itself.

In:   user agents of clicks, as sent.
Out:  a class and the rule that gave it, per click. Nothing is deleted: "counted" is a query over
      the class, and a newer list can label the same clicks again.

The list holds agents that name themselves. Agents that pretend to be a browser stay human here.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

HUMAN = "human"

LIST_VERSION = "own-2026-1"

_PREVIEW = (
    r"facebookexternalhit|facebookcatalog|twitterbot|slackbot|whatsapp/|telegrambot|discordbot"
    r"|linkedinbot|pinterestbot|skypeuripreview|embedly|iframely|redditbot|vkshare|snapchat ads"
    r"|bytespider|tiktokspider|applebot|google-pagerenderer|mastodon|bluesky"
)
# A phone make is called Cubot: a robot's name is not written with a u before it.
_ROBOT = (
    r"(?:^|[^u])bot(?:\b|/)|crawl|spider|slurp|scrap|archiver|monitor|uptime|pingdom"
    r"|headlesschrome|phantomjs|puppeteer|playwright|selenium"
)
_PROGRAM = (
    r"^(?:curl|wget|python|go-http|java/|okhttp|axios|node-fetch|libwww|php/|ruby|perl|httpie)"
)

RULES: tuple[tuple[str, str, str], ...] = (
    ("social preview", "preview", _PREVIEW),
    ("prefetch", "prefetch", r"chrome-lighthouse|google web preview|prefetch proxy"),
    ("names itself a robot", "bot", _ROBOT),
    ("program, not a browser", "bot", _PROGRAM),
)
"""Name, class and pattern (RE2, case ignored) of each rule; the first that matches labels."""


def classify(user_agents: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, pa.Array]:
    """Label clicks: (class, rule with the list's version); a missing user agent is human.

    Both results are text arrays as long as the input.
    """
    agents = pa.chunked_array([user_agents]) if isinstance(user_agents, pa.Array) else user_agents
    found = pc.fill_null(agents, "")
    classes: pa.Array = pa.repeat(pa.scalar(HUMAN), len(found))
    names: pa.Array = pa.repeat(pa.scalar(f"{LIST_VERSION}: none"), len(found))
    for name, label, pattern in reversed(RULES):
        matches = pc.match_substring_regex(found, pattern, ignore_case=True)
        classes = pc.if_else(matches, label, classes)
        names = pc.if_else(matches, f"{LIST_VERSION}: {name}", names)
    return _whole(classes), _whole(names)


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
