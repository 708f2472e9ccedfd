"""What is decided on an order stands before what is decided on its code."""

import datetime as dt
from dataclasses import replace

import pytest

from truelift.decisions.dispute import Dispute, held_by
from truelift.decisions.leaks import CodedOrder, Judged

NOW = dt.datetime(2026, 5, 1)
ORDER = CodedOrder(
    order="shop/1", code="ANA", creator="ana", campaign=None, at=NOW, day=NOW.date(), clicked=False
)
LEAKED = Judged(ORDER, 0.9, 1.0, 0.8, (), leaked=True)
VALID = Judged(ORDER, 0.1, 0.0, 0.1, (), leaked=False)


def decided(*states):
    found = [Dispute(*each.split(), "why", None, "eve", NOW) for each in states]
    return {each.name: each for each in found}


@pytest.mark.parametrize(
    ("judged", "states", "held"),
    [
        (LEAKED, (), False),
        (LEAKED, ("code ANA held",), True),
        (VALID, ("code ANA held",), False),
        (LEAKED, ("code ANA released",), False),
        (VALID, ("order shop/1 held",), True),
        (LEAKED, ("code ANA held", "order shop/1 released"), False),
        (replace(VALID, order=replace(ORDER, own=True)), ("code ANA held",), True),
    ],
)
def test_who_is_held(judged, states, held):
    assert (held_by(judged, decided(*states)) is not None) is held


def test_a_dispute_says_itself_with_its_appeal():
    (found,) = decided("code ANA held").values()
    assert found.sentence == "code ANA held by eve: why"
    assert replace(found, appeal="No.").sentence.endswith("The creator appeals: No.")
