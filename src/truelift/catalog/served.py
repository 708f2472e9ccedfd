"""Served: what the collector answers from, as one value that is swapped whole when it changes.

In:   stored links with their settings, site keys and hooks of all brands.
Out:  Served: links by slug, keys by hash, hooks by source and id.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from truelift.catalog.destination import (
    CLICK_PARAMETER,
    TAKEN_OVER,
    Destination,
    read_destination,
)

SOURCES = ("shopify", "woocommerce", "stripe", "standard")
"""Schemes of signed webhooks."""

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC


@dataclass(frozen=True, slots=True)
class Tracking:
    """How a brand tracks: the click id's parameter, and what is taken over of a query."""

    parameter: str = CLICK_PARAMETER
    taken_over: frozenset[str] = TAKEN_OVER


@dataclass(frozen=True, slots=True)
class LinkWords:
    """A stored link. others: destinations it takes turns with; fallback: when not in force."""

    slug: str
    destination: str
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None
    others: tuple[str, ...] = ()
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class ServedLink:
    """A link ready to be answered: times in microseconds since 1970, destinations checked."""

    brand: str
    slug: str
    version: str
    choices: tuple[Destination, ...]
    taken_over: frozenset[str] = TAKEN_OVER
    from_us: int | None = None
    to_us: int | None = None
    fallback: Destination | None = None

    def in_force(self, at_us: int) -> bool:
        """Say whether the link leads to its own destinations at a time."""
        begun = self.from_us is None or at_us >= self.from_us
        return begun and (self.to_us is None or at_us < self.to_us)

    def choice(self, visitor: str) -> int:
        """Give the number of the destination for a visitor: the same all day, evenly spread."""
        if len(self.choices) == 1:
            return 0
        told = hashlib.blake2b(f"{visitor} {self.slug}".encode(), digest_size=8).digest()
        return int.from_bytes(told, "big") % len(self.choices)


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A key of a site, by its hash. server: it may send money. origins: empty allows every page."""

    key_id: str
    brand: str
    sha256: str
    server: bool = False
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HookEndpoint:
    """Where a shop sends webhooks to. secrets: one or two, so that a new one can take over."""

    brand: str
    source: str
    hook_id: str
    secrets: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Served:
    """Everything the collector answers from. unsafe: sentences about links that are not served."""

    links: Mapping[str, ServedLink]
    keys: Mapping[str, SiteKey]
    hooks: Mapping[tuple[str, str], HookEndpoint]
    unsafe: tuple[str, ...] = ()


NOTHING_SERVED = Served({}, {}, {})


def serve_links(
    brand: str, words: Iterable[LinkWords], tracking: Tracking, taken: Collection[str] = ()
) -> tuple[dict[str, ServedLink], list[str]]:
    """Give a brand's links by slug, and a sentence about each that cannot be served.

    taken: slugs of other brands, which keep them.
    """
    links: dict[str, ServedLink] = {}
    unsafe: list[str] = []
    for each in words:
        if each.slug in taken:
            unsafe.append(f"Link {each.slug} of {brand}: another brand has this slug; choose one.")
            continue
        link = _served(brand, each, tracking)
        if isinstance(link, str):
            unsafe.append(f"Link {each.slug!a} of {brand} is not served: {link}")
        else:
            links[each.slug] = link
    return links, unsafe


def key_hash(key: str) -> str:
    """Give what is kept of a site key; it has 128 random bits or more, so one hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _served(brand: str, words: LinkWords, tracking: Tracking) -> ServedLink | str:
    if not SLUG.fullmatch(words.slug):
        return "a slug has letters, digits and . _ ~ -; give it another one."
    texts = (words.destination, *words.others)
    read = [read_destination(text, tracking.parameter) for text in texts]
    fallback = read_destination(words.fallback, tracking.parameter) if words.fallback else None
    for found in (*read, fallback):
        if found is not None and not isinstance(found, Destination):
            return found.sentence
    told = "\n".join((*texts, words.fallback or "", tracking.parameter))
    return ServedLink(
        brand=brand,
        slug=words.slug,
        version=hashlib.sha256(told.encode()).hexdigest()[:12],
        choices=tuple(each for each in read if isinstance(each, Destination)),
        taken_over=tracking.taken_over,
        from_us=microseconds(words.valid_from),
        to_us=microseconds(words.valid_to),
        fallback=fallback if isinstance(fallback, Destination) else None,
    )


def microseconds(instant: dt.datetime | None) -> int | None:
    """Give a naive UTC instant as microseconds since 1970."""
    return None if instant is None else (instant - _EPOCH) // dt.timedelta(microseconds=1)
