"""What a strange header seems to hold is guessed, never a column twice."""

from truelift.connectors.guessing import guessed, likeliest
from truelift.facts.kinds import KINDS

TILL = ("Order No", "Order Date", "Net Sales", "Coupon", "CCY", "Staff")


def test_columns_are_found_by_our_own_names_and_by_others_names_for_them():
    assert guessed(KINDS["orders"], TILL) == {
        "order_id": "Order No", "ordered_at": "Order Date", "subtotal": "Net Sales",
        "code": "Coupon", "currency": "CCY",
    }  # fmt: skip
    assert guessed(KINDS["creators"], ("CREATOR", "e-mail", "Name")) == {
        "creator": "CREATOR", "name": "Name",
    }  # fmt: skip


def test_no_header_is_taken_twice_and_its_own_column_has_it_first():
    found = guessed(KINDS["orders"], ("Order ID", "Total", "Amount", "id"))
    assert found["order_id"] == "Order ID"
    assert found["subtotal"] == "Total"
    assert len(set(found.values())) == len(found)


def test_the_kind_that_fits_best_is_named():
    assert likeliest(TILL).name == "orders"
    assert likeliest(("Post ID", "Platform", "published", "handle")).name == "posts"
    assert likeliest(("contract", "influencer", "flat fee", "signed", "ccy")).name == "agreements"
