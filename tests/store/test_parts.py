import pickle

import numpy as np
import pyarrow as pa
import pytest

from truelift.store import parts
from truelift.store.facts_engine import FactsEngine


def squares(numbers):
    return np.array([[number, number**2] for number in numbers], float)


INPUTS = [(1, 2), (3,), (4, 5, 6)]


def test_without_an_engine_parts_are_answered_here():
    facts = FactsEngine()
    found = [matrix.tolist() for matrix in facts.apply(squares, INPUTS)]
    assert found == [[[1, 1], [2, 4]], [[3, 9]], [[4, 16], [5, 25], [6, 36]]]
    facts.close()


def test_an_engine_is_handed_parts_and_what_it_says_comes_back_in_their_order():
    class Elsewhere:
        def answers(self, _name):
            return False

        def close(self):
            pass

        def apply(self, work, inputs):
            for question in parts.questions(inputs):
                rows = question.to_batches(max_chunksize=1)
                answers = list(parts.answered(work, parts.VERSION, reversed(rows)))
                yield from parts.matrices(pa.Table.from_batches(answers))

    facts = FactsEngine(heavy=Elsewhere())
    found = list(facts.apply(squares, INPUTS))
    for matrix, here in zip(found, parts.here(squares, INPUTS), strict=True):
        np.testing.assert_array_equal(matrix, here)
    assert list(facts.apply(squares, [])) == []
    facts.close()


def test_a_question_is_bounded_and_no_part_is_cut(monkeypatch):
    monkeypatch.setattr(parts, "MOST_BYTES", 300)
    given = [b"a" * 100, b"b" * 100, b"c" * 1000, b"d"]
    rows = [question["given"].to_pylist() for question in parts.questions(given)]
    assert [[pickle.loads(row)[:1] for row in some] for some in rows] == [
        [b"a", b"b"], [b"c"], [b"d"],
    ]  # fmt: skip


def test_a_worker_of_another_version_says_so():
    (question,) = parts.questions(INPUTS)
    with pytest.raises(RuntimeError, match=r"This worker has Truelift .*, the one that asks is 9"):
        list(parts.answered(squares, "9", question.to_batches()))
