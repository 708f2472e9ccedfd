"""Shared audiences: the part of a creator's people that another brought too, where it is known."""

from __future__ import annotations

import pyarrow as pa
import pytest

from truelift.operations.shared_audience import LEAST_PEOPLE, Shared, shared_audiences


class Known:
    """Knowledge that answers one question: whom two creators both brought."""

    shares = None

    def __init__(self, brought):
        self.brought = {name: set(people) for name, people in brought.items()}

    def read(self, name, *, audiences, **_given):
        assert name == "measurement.common_audiences"
        asked = audiences["creator"].to_pylist()
        rows = [
            {"creator": one, "other": other, "people": both}
            for one in asked
            for other in asked
            if (both := len(self.brought.get(one, set()) & self.brought.get(other, set())))
        ]
        columns = {"creator": pa.string(), "other": pa.string(), "people": pa.int64()}
        return pa.Table.from_pylist(rows, pa.schema(columns))


@pytest.fixture
def known():
    few = range(LEAST_PEOPLE - 1)
    return Known(
        {"ana": range(40), "bo": range(30, 50), "cy": range(20, 40), "few": few, "gone": range(40)}
    )


def test_the_largest_share_is_given_with_whom(known):
    found = shared_audiences(known, ["ana", "bo", "cy", "few", "nobody"])
    assert found == {
        "ana": Shared("cy", 0.5, 40),
        "bo": Shared("ana", 0.5, 20),
        "cy": Shared("ana", 1.0, 20),
    }


def test_only_those_asked_for_are_compared_with(known):
    found = shared_audiences(known, ["ana", "bo", "cy"], {"bo"})
    assert found == {"ana": Shared("bo", 0.25, 40), "cy": Shared("bo", 0.5, 20)}


def test_where_nobody_is_known_nothing_is_said():
    assert shared_audiences(Known({}), ["ana"]) == {}
