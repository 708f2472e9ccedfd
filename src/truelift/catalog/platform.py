"""Platforms: where content is published, and the other names they go by in files."""

from __future__ import annotations

PLATFORMS = (
    "instagram",
    "tiktok",
    "youtube",
    "facebook",
    "x",
    "threads",
    "twitch",
    "pinterest",
    "snapchat",
    "linkedin",
    "reddit",
    "blog",
    "podcast",
    "newsletter",
    "other",
)
"""Every platform there is, in the contract's order."""

FORMER_NAMES = {"twitter": "x"}
"""Names that a platform no longer carries but files still do."""


def platform_named(text: str) -> str | None:
    """Give the platform that a text names, in any case; None when there is no such platform."""
    name = text.lower()
    name = FORMER_NAMES.get(name, name)
    return name if name in PLATFORMS else None
