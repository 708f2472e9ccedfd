"""Agent lists: patterns of user agents that name themselves, as one RE2 set.

In:   two maintained lists (crawler-user-agents, crawlerdetect) and our own.
Out:  the class and rule of a user agent, the version of the lists, the app it is part of.

A set finds all of some 3,000 patterns in one pass, about 2 us for a browser. What the lists take
for a robot and is none (a phone called Cubot) is taken out and looked at again, on a hit only.
"""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import NamedTuple

import re2

HUMAN, BOT, PREVIEW, PREFETCH = "human", "bot", "preview", "prefetch"

OWN_VERSION = "own-2026-2"

_PREVIEWS = (
    r"facebookexternalhit|facebookcatalog|meta-externalfetcher|twitterbot|slackbot|slack-imgproxy"
    r"|whatsapp/|telegrambot|discordbot|linkedinbot|pinterestbot|pinterest/0|skypeuripreview"
    r"|embedly|iframely|redditbot|vkshare|snapchat ads|snap url preview|bytespider|tiktokspider"
    r"|applebot|google-pagerenderer|mastodon/|bluesky|cardyb|kakaotalk-scrap|line-poker"
    r"|bitlybot|google-inspectiontool|outbrain|flipboardproxy|^tumblr/|xing-contenttabreceiver"
)
_ROBOTS = (
    r"\bbots?\b|headlesschrome|phantomjs|puppeteer|playwright|selenium|crawl|spider|slurp"
    r"|scrap|archiver|pingdom|proofpoint|mimecast|barracuda|safelinks"
)
_PROGRAMS = (
    r"^(?:curl|wget|python|go-http|java/|okhttp|axios|node-fetch|libwww|php/|ruby|perl|httpie)"
)

OWN: tuple[tuple[str, str, str], ...] = (
    ("social preview", PREVIEW, _PREVIEWS),
    ("loads ahead for an app", PREFETCH, r"thirdLandingPageFeInfra|TTNet/preload"),
    ("prefetch", PREFETCH, r"chrome-lighthouse|google web preview|prefetch proxy"),
    ("names itself a robot", BOT, _ROBOTS),
    ("program, not a browser", BOT, _PROGRAMS),
)
"""Name, class and pattern (case ignored) of our own rules; the first that matches labels."""

NO_ROBOTS = r"(?i)cubot\w*|; (?:m|b|id|power) ?bot\b|google/google|htc_botdugls|\bbotanic\w*"
"""Names of phones and the like that read as robots; taken out before looking again."""

APPS: tuple[tuple[str, str], ...] = (
    ("instagram", r"\bInstagram[ /]"),
    ("facebook", r"\bFB(?:AN|AV|_IAB)\b"),
    ("tiktok", r"musical_ly|BytedanceWebview|\bTikTok\b|\btrill_"),
    ("snapchat", r"\bSnapchat\b"),
    ("pinterest", r"\bPinterest\b"),
    ("linkedin", r"LinkedInApp"),
    ("x", r"\bTwitter for |\bTwitterAndroid\b"),
    ("threads", r"\bBarcelona [\d.]+"),
    ("reddit", r"\bReddit/"),
    ("youtube", r"com\.google\.android\.youtube|com\.google\.ios\.youtube"),
)
"""Platforms and how their apps' built-in browsers name themselves; evidence, never a filter."""


class Agent(NamedTuple):
    """What a user agent says of itself: class, the rule that gave it, the platform of its app."""

    label: str
    rule: str
    in_app: str | None


class _Lists(NamedTuple):
    """The compiled set; of each pattern its class, its name, and whether exclusions apply."""

    patterns: re2.Set
    named: tuple[tuple[str, str], ...]
    first_excluded: int
    excluded: re2._Regexp
    no_robots: re2._Regexp
    apps: re2.Set
    version: str


@functools.cache
def _lists() -> _Lists:
    from crawlerdetect.providers import crawlers, exclusions  # noqa: PLC0415 - 0.1 s, when used
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # noqa: PLC0415 - 0.1 s, when used

    named: list[tuple[str, str]] = []
    patterns = re2.Set.SearchSet(_quiet())
    for name, label, pattern in OWN:
        _add(patterns, named, f"(?i:{pattern})", label, name)
    for item in CRAWLER_USER_AGENTS_DATA:
        label = PREVIEW if "social-preview" in item.get("tags", ()) else BOT
        _add(patterns, named, item["pattern"], label, f"crawler-user-agents {item['pattern']}")
    first_excluded = len(named)
    for pattern in crawlers.data:
        _add(patterns, named, f"(?i:{pattern})", BOT, f"crawlerdetect {pattern}")
    patterns.Compile()
    apps = re2.Set.SearchSet(_quiet())
    for _, pattern in APPS:
        apps.Add(pattern)
    apps.Compile()
    return _Lists(
        patterns, tuple(named), first_excluded,
        re2.compile("(?i)" + "|".join(exclusions.data)), re2.compile(NO_ROBOTS), apps,
        f"{OWN_VERSION}+cua-{version('crawler-user-agents')}+cd-{version('crawlerdetect')}",
    )  # fmt: skip


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 16 * 2**20
    return options


def _add(
    patterns: re2.Set, named: list[tuple[str, str]], pattern: str, label: str, name: str
) -> None:
    """Add a pattern; the few that RE2 cannot read (look-ahead) are left to the other list."""
    try:
        patterns.Add(pattern)
    except re2.error:
        return
    named.append((label, name))


def list_version() -> str:
    """Name the lists and their versions; every rule begins with it."""
    return _lists().version


@functools.lru_cache(maxsize=16_384)
def agent_of(user_agent: str) -> Agent:
    """Say what a user agent says of itself; an empty one says nothing and is human."""
    lists = _lists()
    apps = lists.apps.Match(user_agent)
    in_app = APPS[min(apps)][0] if apps else None
    found = _matching(lists, user_agent)
    if found is None:
        return Agent(HUMAN, f"{lists.version}: none", in_app)
    label, name = lists.named[found]
    return Agent(label, f"{lists.version}: {name}", in_app)


def _matching(lists: _Lists, user_agent: str) -> int | None:
    """Give the number of the first pattern that matches for good."""
    hits = lists.patterns.Match(user_agent)
    if not hits:
        return None
    plain = lists.no_robots.sub("", user_agent)
    if plain != user_agent:
        hits = lists.patterns.Match(plain)
    if hits and min(hits) >= lists.first_excluded:
        hits = lists.patterns.Match(lists.excluded.sub("", plain))
    return min(hits or (), default=None)
