"""What is held is taken off invoices that ask for that commission, the oldest first, never more."""

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.held_commission import Asked, held_of


def test_the_oldest_invoice_waits_first():
    asked = [Asked("i1", "USD", 100, {"a": 60}), Asked("i2", "USD", 100, {"a": 60})]
    assert held_of(asked, {("a", "USD"): 70}) == {"i1": 60, "i2": 10}


def test_another_currency_or_agreement_is_not_held():
    assert held_of([Asked("i1", "EUR", 100, {"a": 60, "b": 9})], {("a", "USD"): 70}) == {}


AMOUNTS = st.integers(0, 10_000)


@given(
    st.lists(st.tuples(AMOUNTS, st.dictionaries(st.sampled_from("abc"), AMOUNTS)), max_size=6),
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.just("USD")), AMOUNTS),
)
def test_nothing_is_held_beyond_what_is_asked_open_or_held(rows, held):
    asked = [Asked(f"i{at}", "USD", *row) for at, row in enumerate(rows)]
    found = held_of(asked, held)
    assert sum(found.values()) <= sum(held.values())
    for each in asked:
        assert 0 <= found.get(each.document, 0) <= min(
            each.open_minor, sum(each.commission.values())
        )  # fmt: skip
    assert all(found.values())
