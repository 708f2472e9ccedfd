import pyarrow as pa
import pytest
from tests.store.conftest import accepted, order

from truelift.facts.kinds import KINDS
from truelift.store import verdicts


def test_a_batch_comes_to_counts_and_names_what_conflicts():
    words = ["new", "new", "update", "duplicate", "stale", "conflict", "same_import"]
    judged = pa.table({
        "verdict": words, "source_line": range(2, 9), "known_origin": ["first.csv"] * 7,
    })  # fmt: skip
    found = verdicts.verdict(judged)
    assert (found.accepted, found.updated, found.duplicate) == (2, 1, 2)
    assert found.conflicts == ((7, "first.csv", False), (8, "first.csv", True))
    assert found.lines.num_rows == 7
    assert verdicts.among(judged, verdicts.CHANGES).to_pylist() == [True] * 3 + [False] * 4


def test_rows_are_judged_by_their_natural_key():
    assert 'known."order_id" = given."order_id"' in verdicts.judging(KINDS["orders"])


def test_a_batch_is_judged_beside_what_is_known(facts):
    assert facts.bring([order(1), order(2)]) == (2, 0, 0, [])
    assert facts.bring([order(1), order(2, "12.00"), order(3)]) == (1, 1, 1, [])


DATED = {"updated_at": "2026-05-02T00:00Z"}


@pytest.mark.parametrize("file", ["orders.csv", "other.csv"])
def test_a_row_without_updated_at_never_replaces_one_that_has_it(facts, file):
    facts.bring([order(1, "12.00", **DATED), order(2, "7.00", code="ANA", **DATED)])
    before = facts.contents()
    undated = [order(1, "10.00"), order(2, "7.00")]
    said = facts.bring(undated, file=file)
    assert said == (0, 0, 1, [(2, "orders.csv", False)])
    assert facts.contents() == before
    verdict = facts.engine.append(
        KINDS["orders"], accepted("orders", undated), facts.stamp(undated)
    )
    assert verdict.undated == {2}


def test_a_row_without_updated_at_that_tells_of_something_later_is_newer(facts):
    facts.bring([order(1, "12.00", **DATED)])
    cancelled = [order(1, "12.00", cancelled_at="2026-05-03T00:00Z")]
    assert facts.bring(cancelled) == (0, 1, 0, [])


def test_a_page_never_replaces_anybodys_word_and_everybody_replaces_a_pages(facts):
    page, server = {"file": "collect:page"}, {"file": "collect:server"}
    facts.bring([order(1, "10.00", updated_at="2199-01-01T00:00Z")], **page)
    assert facts.bring([order(1, "11.00")], **server) == (0, 1, 0, [])
    assert facts.bring([order(1, "12.00", updated_at="2199-01-01T00:00Z")], **page)[:3] == (0, 0, 1)
    assert facts.bring([order(1, "13.00")], **server) == (0, 1, 0, [])
    assert facts.bring([order(1, "14.00")], file="api:orders")[:3] == (0, 0, 0)
    facts.bring([order(2, "10.00")], file="collect:a-key-of-old")
    assert facts.bring([order(2, "11.00")], **server) == (0, 1, 0, [])
    assert facts.subtotals() == {"1": 1300, "2": 1100}
