"""Paths and the default rule, told as stories: what the shop saw, and whose the order is."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.attribution.conflicts import Conflict, conflicts_of
from truelift.attribution.models import RULE, Model, shares_of
from truelift.attribution.ownership import Catalog, Ownership
from truelift.attribution.path import CODES_AT_MOST, Conversion, ConversionId, HumanClicks, path_of
from truelift.attribution.shares import Share
from truelift.attribution.touchpoint import Evidence
from truelift.base.time import Lookback
from truelift.catalog.creator import Alias
from truelift.catalog.tracking import Code, Link
from truelift.facts.conversion import Lead, Order
from truelift.facts.visit import Click

BOUGHT = dt.datetime(2026, 5, 31, 12)


def before(**ago):
    return BOUGHT - dt.timedelta(**ago)


OWNERSHIP = Ownership(
    Catalog(
        codes=(
            Code(code="ANA10", creator="ana", campaign="spring"),
            Code(code="ANA20", creator="ana", campaign="spring"),
            Code(code="BO10", creator="bo", campaign="spring"),
            Code(code="SITE", kind="sitewide"),
        ),
        links=tuple(
            Link(slug=slug, destination="https://shop.example/", creator=creator, campaign="spring")
            for slug, creator in (("ana", "ana"), ("bo", "bo"), ("cy", "cy"), ("brand", None))
        ),
        aliases=(Alias(kind="utm_content", alias="reel-7", creator="dee"),),
    )
)


def click(click_id, slug, label="human", visitor="v", *, consent=True, **ago):
    clicked_at = before(**ago)
    return (
        Click(
            click_id=click_id, clicked_at=clicked_at, slug=slug, visitor=visitor, consent=consent
        ),
        label,
    )


CLICKS = HumanClicks(
    [
        click("old", "ana", days=31),
        click("edge", "bo", days=30),
        click("ana-1", "ana", days=9),
        click("cy-1", "cy", days=2),
        click("bot", "bo", "bot", hours=1),
        click("brand", "brand", hours=1),
        click("shy", "bo", visitor="shy", consent=False, hours=2),
        click("unasked", "bo", visitor="unasked", consent=None, hours=2),
        click("tie-a", "ana", visitor="tie", hours=1),
        click("tie-b", "bo", visitor="tie", hours=1),
        click("after", "bo", visitor="after", hours=-1),
        click("now", "cy", visitor="now", hours=0),
        click("nameless", "bo", visitor=None, hours=3),
    ]
)


def order(code=None, codes=None, click_id=None, visitor=None, utm_content=None):
    return Conversion.of_order(
        Order(
            source="shop",
            order_id="1001",
            ordered_at=BOUGHT,
            currency="USD",
            subtotal=5000,
            code=code,
            codes=codes,
            click_id=click_id,
            visitor=visitor,
            utm_content=utm_content,
        )
    )


def path(conversion, lookback=None):
    if lookback is None:
        return path_of(conversion, CLICKS, OWNERSHIP)
    return path_of(conversion, CLICKS, OWNERSHIP, lookback)


@pytest.mark.parametrize(
    ("given", "creator", "evidence"),
    [
        # A creator's own code wins, whatever was clicked.
        ({"code": "ANA10"}, "ana", "code"),
        ({"code": "ANA10", "click_id": "nameless", "visitor": "v"}, "ana", "code"),
        # A sitewide or unknown code does not block a link.
        ({"code": "SITE", "click_id": "nameless"}, "bo", "click"),
        ({"code": "WHO", "visitor": "v"}, "cy", "visitor"),
        ({"codes": "BO10;SITE"}, "bo", "code"),
        # Of several creators' codes the first by name wins, wherever it stands.
        ({"codes": "ANA10;BO10"}, "ana", "code"),
        ({"code": "BO10", "codes": "ana10;bo10"}, "ana", "code"),
        # The click id speaks before the visitor, even of an older click.
        ({"click_id": "ana-1", "visitor": "v"}, "ana", "click"),
        # Without click id: the visitor's last human click on a creator's link.
        ({"visitor": "v"}, "cy", "visitor"),
        ({"visitor": "tie"}, "bo", "visitor"),
        ({"visitor": "now"}, "cy", "visitor"),
        # Bots, the brand's own links, clicks outside the lookback or later do not count.
        ({"click_id": "bot", "visitor": "v"}, "cy", "visitor"),
        ({"click_id": "brand", "visitor": "v"}, "cy", "visitor"),
        ({"click_id": "old"}, None, None),
        ({"click_id": "edge"}, "bo", "click"),
        ({"visitor": "after"}, None, None),
        # Who refused recognition, or was not asked, is found by click id only.
        ({"visitor": "shy"}, None, None),
        ({"visitor": "unasked"}, None, None),
        ({"visitor": "unasked", "click_id": "unasked"}, "bo", "click"),
        ({"visitor": "shy", "click_id": "shy"}, "bo", "click"),
        # A tag is the last resort.
        ({"utm_content": "reel-7"}, "dee", "tag"),
        ({"utm_content": "reel-7", "visitor": "v"}, "cy", "visitor"),
        ({"utm_content": "reel-7", "code": "SITE"}, "dee", "tag"),
        # Nothing is known: the order stays whole, and nobody's.
        ({}, None, None),
    ],
)
def test_the_default_rule(given, creator, evidence):
    conversion = order(**given)
    (share,) = shares_of(Model.CODE_FIRST, conversion, path(conversion))
    assert (share.creator, share.evidence, share.share_ppm) == (creator, evidence, 1_000_000)


def test_a_path_is_in_one_order_with_codes_last():
    conversion = order(codes="ANA20;BO10", visitor="v", click_id="nameless")
    assert [(touch.reference, touch.evidence) for touch in path(conversion)] == [
        ("bo", Evidence.VISITOR),
        ("ana", Evidence.VISITOR),
        ("cy", Evidence.VISITOR),
        ("bo", Evidence.CLICK),
        ("BO10", Evidence.CODE),
        ("ANA20", Evidence.CODE),
    ]


def test_the_lookback_is_a_choice():
    conversion = order(visitor="v")
    assert [touch.click_id for touch in path(conversion, Lookback(5))] == ["cy-1"]
    assert path(conversion, Lookback(60))[0].click_id == "old"


def test_a_lead_has_codes_clicks_and_visitors_too():
    lead = Conversion.of_lead(
        Lead(source="crm", lead_id="7", created_at=BOUGHT, code="bo10", visitor="v")
    )
    assert lead.id == ConversionId("lead", "crm", "7")
    assert [share.creator for share in shares_of(Model.LAST, lead, path(lead))] == ["bo"]


def test_no_more_codes_are_read_than_a_shop_could_allow():
    many = ";".join(f"X{number:03d}" for number in range(CODES_AT_MOST + 1))
    assert len(order(codes=many).codes) == CODES_AT_MOST


def test_conflicts_show_what_the_code_won_against():
    conversion = order(codes="ANA10;BO10", visitor="v")
    found = conflicts_of(conversion, path(conversion))
    assert found == [
        Conflict(
            conversion=conversion.id,
            converted_at=BOUGHT,
            creator="ana",
            reference="ANA10",
            other_creator=other,
            other_evidence=evidence,
            other_reference=reference,
            other_click_id=click_id,
            other_touched_at=touched_at,
        )
        for other, evidence, reference, click_id, touched_at in (
            ("bo", Evidence.CODE, "BO10", None, BOUGHT),
            ("cy", Evidence.VISITOR, "cy", "cy-1", before(days=2)),
        )
    ]


@pytest.mark.parametrize(
    "given",
    [
        {},  # nothing to disagree
        {"code": "ANA10"},  # nothing beside the code
        {"code": "ANA10", "click_id": "ana-1"},  # code and link agree
        {"click_id": "ana-1", "visitor": "v"},  # no code: two links are a path, not a conflict
    ],
)
def test_agreement_is_no_conflict(given):
    conversion = order(**given)
    assert conflicts_of(conversion, path(conversion)) == []


def test_an_unattributed_conversion_is_one_share_of_nobody():
    conversion = order()
    assert shares_of(Model.LINEAR, conversion, ()) == (Share(conversion=conversion.id),)


def test_the_rule_is_written_in_words():
    for words in ("own code wins", "click id", "consented visitor", "sitewide code does not block"):
        assert words in RULE
