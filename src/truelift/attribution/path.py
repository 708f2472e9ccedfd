"""Path: the touchpoints of one conversion, in one order that everybody agrees on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from truelift.attribution.ownership import Owner, Ownership
from truelift.attribution.touchpoint import Evidence, Touchpoint
from truelift.base.time import Lookback
from truelift.facts.conversion import Lead, Order
from truelift.facts.visit import Click

HUMAN = "human"
"""The only class of click that counts for attribution."""

CODES_AT_MOST = 100
"""How many codes of one conversion are read, in sorted order; no shop allows a tenth of it."""


@dataclass(frozen=True, slots=True, order=True)
class ConversionId:
    """What identifies a conversion: 'order' or 'lead', the system it came from, its id there."""

    kind: str
    source: str | None
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """An order or lead, reduced to what attribution looks at. codes: upper case, sorted."""

    id: ConversionId
    converted_at: dt.datetime
    codes: tuple[str, ...] = ()
    click_id: str | None = None
    visitor: str | None = None
    utm_source: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None

    @classmethod
    def of_order(cls, order: Order) -> Conversion:
        """Take from an order what attribution looks at."""
        return cls(
            id=ConversionId("order", order.source, order.order_id),
            converted_at=order.ordered_at,
            codes=_codes(order.code, order.codes),
            click_id=order.click_id,
            visitor=order.visitor,
            utm_source=order.utm_source,
            utm_campaign=order.utm_campaign,
            utm_content=order.utm_content,
        )

    @classmethod
    def of_lead(cls, lead: Lead) -> Conversion:
        """Take from a lead what attribution looks at."""
        return cls(
            id=ConversionId("lead", lead.source, lead.lead_id),
            converted_at=lead.created_at,
            codes=_codes(lead.code, None),
            click_id=lead.click_id,
            visitor=lead.visitor,
        )


class HumanClicks:
    """The human clicks, found by their id and by their visitor."""

    def __init__(self, labelled: Iterable[tuple[Click, str]]) -> None:
        """Index (click, class) pairs; everything but `human` is left out.

        A visitor who did not agree to be recognised (consent is not True) is not found by visitor:
        only the click id that travels with the conversion may speak then.
        """
        self._by_id: dict[str, Click] = {}
        self._by_visitor: dict[str, list[Click]] = {}
        for click, label in labelled:
            if label != HUMAN:
                continue
            self._by_id[click.click_id] = click
            if click.visitor is not None and click.consent:
                self._by_visitor.setdefault(click.visitor, []).append(click)

    def of(self, conversion: Conversion) -> list[tuple[Click, Evidence]]:
        """Give the clicks that belong to a conversion, each once, with how it is known."""
        found: dict[str, tuple[Click, Evidence]] = {}
        for click in self._by_visitor.get(conversion.visitor or "", []):
            found[click.click_id] = (click, Evidence.VISITOR)
        named = self._by_id.get(conversion.click_id or "")
        if named is not None:
            found[named.click_id] = (named, Evidence.CLICK)
        return list(found.values())


def path_of(
    conversion: Conversion,
    clicks: HumanClicks,
    ownership: Ownership,
    lookback: Lookback = Lookback(),  # noqa: B008 - frozen, so one default may serve all calls
) -> tuple[Touchpoint, ...]:
    """Give the touchpoints of a conversion, first to last; empty when there is none.

    Order: clicks by (time, click id), then codes, which are used at the conversion itself; of
    several codes the first by name stands last, since it is the one that code-first believes.
    A tag is looked for only when nothing else is found.
    """
    touched = [
        _touch(owner, evidence, click.clicked_at, click.slug, click.click_id)
        for click, evidence in clicks.of(conversion)
        if lookback.covers(click.clicked_at, conversion.converted_at)
        and (owner := ownership.of_link(click.slug, click.clicked_at)) is not None
    ]
    touched.sort(key=lambda touch: (touch.touched_at, touch.click_id or ""))
    at = conversion.converted_at
    touched += [
        _touch(owner, Evidence.CODE, at, code)
        for code in reversed(conversion.codes)
        if (owner := ownership.of_code(code, at)) is not None
    ]
    if not touched:
        tag = ownership.of_tag(
            conversion.utm_source, conversion.utm_content, conversion.utm_campaign, at
        )
        touched = [] if tag is None else [_touch(tag[0], Evidence.TAG, at, tag[1])]
    return tuple(touched)


def _touch(
    owner: Owner,
    evidence: Evidence,
    touched_at: dt.datetime,
    reference: str,
    click_id: str | None = None,
) -> Touchpoint:
    return Touchpoint(
        creator=owner.creator,
        campaign=owner.campaign,
        platform=owner.platform,
        post_id=owner.post_id,
        evergreen=owner.evergreen,
        evidence=evidence,
        touched_at=touched_at,
        reference=reference,
        click_id=click_id,
    )


def _codes(code: str | None, several: str | None) -> tuple[str, ...]:
    listed = [] if several is None else several.split(";")[:CODES_AT_MOST]
    if code is not None:
        listed.append(code)
    return tuple(sorted({text.strip().upper() for text in listed} - {""}))
