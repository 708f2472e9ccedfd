import pyarrow as pa
from tests.store.conftest import order

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
