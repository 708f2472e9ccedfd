from collections import defaultdict
from decimal import Decimal

from truelift.connectors.sample_programme import people as parts
from truelift.connectors.sample_programme.agreements import CANCEL_FEE, GIFT_COST, terms


def test_fees_are_in_three_currencies_and_some_of_glow_in_euro(sample):
    rows = sample.latest("agreements", "agreement").values()
    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP"}
    assert any(row["currency"] == "EUR" for row in rows if row["campaign"] == "glow")


def test_prices_of_deliverables_sum_to_the_fee(sample):
    prices = defaultdict(Decimal)
    for row in sample.latest("deliverables", "deliverable").values():
        prices[row["agreement"]] += Decimal(row["price"] or 0)
    for row in sample.latest("agreements", "agreement").values():
        if row["fee"]:
            assert prices[row["agreement"]] == Decimal(row["fee"])


def test_the_special_agreements_are_there(sample):
    rows = {
        (row["creator"], row["campaign"]): row
        for row in sample.latest("agreements", "agreement").values()
    }
    assert rows[parts.AFFILIATE, "summer"]["kind"] == "affiliate"
    assert not rows[parts.AFFILIATE, "summer"]["fee"]
    assert rows[parts.GIFTED, "glow"]["kind"] == "gift"
    assert rows[parts.ADVANCE, "summer"]["advance"]
    assert rows[parts.USAGE, "summer"]["usage_fee"]
    assert rows[parts.AGENCY, "summer"]["agency_fee"]
    assert rows[parts.CANCELLED, "summer"]["cancelled_on"] == "2026-05-20"
    rates = {row["commission_rate"] for row in rows.values() if row["commission_rate"]}
    assert rates <= {"0.100", "0.120", "0.150"}


def test_every_live_deliverable_names_its_post(sample):
    posts = sample.latest("posts", "platform", "post_id")
    for row in sample.latest("deliverables", "deliverable").values():
        if row["live_at"]:
            post = posts[row["platform"], row["post_id"]]
            assert post["published_at"] == row["live_at"]
            assert post["deliverable"] == row["deliverable"]


def test_the_cancelled_deliverable_never_goes_live(sample):
    own = [
        row["live_at"]
        for row in sample.latest("deliverables", "deliverable").values()
        if row["agreement"] == f"agreement-summer-{parts.CANCELLED}"
    ]
    assert sorted(map(bool, own)) == [False, True]


def test_accrued_cost_is_what_is_live_and_the_fees(story):
    signed = {(t.creator, t.campaign): t for t in terms(7, *story)}
    cancelled = signed[parts.CANCELLED, "summer"]
    assert cancelled.accrued(0) == cancelled.live()[0][1] + CANCEL_FEE
    assert signed[parts.GIFTED, "glow"].accrued(0) == GIFT_COST
    assert signed[parts.AFFILIATE, "summer"].accrued(123) == 123
