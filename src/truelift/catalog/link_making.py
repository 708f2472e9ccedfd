"""Link making: many links and codes at once, one per creator, from words with gaps to fill.

In:   creators, a campaign, a destination, templates such as `{creator}-{campaign}`.
Out:  rows of links and codes, or why a template is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from truelift.catalog.destination import DestinationFault, read_destination

SLUG = "{creator}-{campaign}"
UTM = "utm_source={platform}&utm_medium=creator&utm_campaign={campaign}&utm_content={creator}"
"""The tags a link gets unless others are named: a shop's analytics tell creators apart by them."""

GAPS = ("creator", "campaign", "platform", "CREATOR", "CAMPAIGN")
_GAP = re.compile(r"\{([^{}]*)\}")
_UNFIT = re.compile(r"[^A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What links of a campaign look like. code: template of a promo code, none when empty."""

    destination: str
    campaign: str = ""
    platform: str = ""
    slug: str = SLUG
    utm: str = UTM
    code: str = ""
    kind: str = "campaign"


@dataclass(frozen=True, slots=True)
class MadeLinks:
    """Rows of the kinds `links` and `codes`, by the names of their columns."""

    links: tuple[dict[str, str], ...]
    codes: tuple[dict[str, str], ...]


def make_links(plan: LinkPlan, creators: Iterable[str]) -> MadeLinks | str:
    """Make a link (and a code) per creator; a sentence when that cannot be done."""
    if unknown := _unknown_gap(plan.slug, plan.utm, plan.code):
        return unknown
    names = list(dict.fromkeys(creators))
    links = []
    for creator in names:
        words = _words(plan, creator)
        destination = tagged(plan.destination, _filled(plan.utm, words))
        fault = read_destination(destination)
        if isinstance(fault, DestinationFault):
            return fault.sentence
        row = {
            "slug": _filled(plan.slug, words).strip("-."), "destination": destination,
            "creator": creator, "campaign": plan.campaign, "kind": plan.kind,
        }  # fmt: skip
        links.append(row)
    codes = make_codes(plan.code, plan.campaign, names) if plan.code else ()
    twice = _twice("slug", links)
    if twice or isinstance(codes, str):
        return twice or str(codes)
    return MadeLinks(tuple(links), codes)


def make_codes(
    template: str, campaign: str, creators: Iterable[str]
) -> tuple[dict[str, str], ...] | str:
    """Make a code per creator; a sentence when that cannot be done."""
    if unknown := _unknown_gap(template):
        return unknown
    codes = [
        {
            "code": _filled(template, _words(LinkPlan("", campaign), creator)).upper(),
            "creator": creator, "campaign": campaign,
        }
        for creator in dict.fromkeys(creators)
    ]  # fmt: skip
    return _twice("code", codes) or tuple(codes)


def tagged(destination: str, tags: str) -> str:
    """Give a destination with tags added to its query; a tag that it has already stays as it is."""
    rest, hash_, fragment = destination.partition("#")
    base, _, query = rest.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    known = {pair.partition("=")[0] for pair in pairs}
    for pair in tags.split("&"):
        name, _, value = pair.partition("=")
        if value and name not in known:
            pairs.append(pair)
    return base + ("?" + "&".join(pairs) if pairs else "") + hash_ + fragment


def _words(plan: LinkPlan, creator: str) -> dict[str, str]:
    words = {
        "creator": _UNFIT.sub("-", creator), "campaign": _UNFIT.sub("-", plan.campaign),
        "platform": _UNFIT.sub("-", plan.platform),
    }  # fmt: skip
    return words | {"CREATOR": words["creator"].upper(), "CAMPAIGN": words["campaign"].upper()}


def _filled(template: str, words: Mapping[str, str]) -> str:
    return _GAP.sub(lambda found: words[found[1]], template)


def _twice(column: str, made: Sequence[Mapping[str, str]]) -> str:
    names = [row[column] for row in made]
    twice = next((name for at, name in enumerate(names) if name in names[:at]), "")
    if not twice:
        return ""
    return f"Two creators would have the {column} {twice}; put {{creator}} into its template."


def _unknown_gap(*templates: str) -> str:
    for template in templates:
        for gap in _GAP.findall(template):
            if gap not in GAPS:
                known = ", ".join(f"{{{each}}}" for each in GAPS)
                return f"{{{gap}}} is nothing to fill in; use {known}."
    return ""
