"""What a person lays down, and the words in which it contradicts itself."""

from __future__ import annotations

import pytest

from truelift.decisions.candidate import Candidate
from truelift.decisions.constraints import Constraints, Room, room
from truelift.measurement.shrinkage import Posterior


def creator(name, **given):
    told = {"tracked": 1000.0, "lift": Posterior(0.5, 0.04), "spent": 10_000, "price": 5_000,
            "planned": 2, "firm": 0}  # fmt: skip
    return Candidate(creator=name, **told | given)


def rooms(*creators, money=50_000, **asked):
    return room(creators, Constraints(**asked), money, "USD")


def test_what_is_not_laid_down_leaves_everything_that_can_move_free():
    assert rooms(creator("ana"), creator("bo", firm=1)) == [Room(0, 6), Room(1, 6)]


def test_floors_caps_and_exclusions_narrow_the_room():
    assert rooms(creator("ana"), floors={"ana": 14_000}) == [Room(1, 6)]
    assert rooms(creator("ana"), caps={"ana": 29_000}) == [Room(0, 3)]
    assert rooms(creator("ana"), excluded=frozenset({"ana"})) == [Room(0, 2)]
    both = rooms(creator("ana"), excluded=frozenset({"ana"}), caps={"ana": 90_000})
    assert both == [Room(0, 2)]
    assert rooms(creator("ana", firm=1), caps={"ana": 15_000}) == [Room(1, 1)]


def test_an_explore_floor_is_a_share_of_all_money_as_far_as_there_is_room():
    assert rooms(creator("ana"), creator("bo"), explore=0.3, money=30_000) == [Room(1, 6)] * 2
    assert rooms(creator("ana", may_grow=False), explore=0.9) == [Room(2, 2)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"floors": {"ana": 9}, "caps": {"ana": 8}}, "floor of ana (0.09 USD) is above the cap"),
        ({"caps": {"ana": 8}}, "cap of ana (0.08 USD) is below what is live"),
        ({"floors": {"ana": 90_000}}, "needs 16 more deliverables, but ana can get 6 at most"),
        (
            {"floors": {"ana": 30_000}, "excluded": frozenset({"ana"})},
            "needs 4 more deliverables, but ana is excluded and gets 2 at most",
        ),
        (
            {"floors": {"ana": 20_000}, "exclusive": (("ana", "bo"),)},
            "ana has a floor and bo has deliverables that can no longer be cancelled.",
        ),
        ({"floors": {"ana": 35_000, "bo": 35_000}}, "floors of ana, bo need more than the 300.00"),
        ({"floors": {"ana": 70_000}, "caps": {"ana": 90_000}}, "floor of ana needs more than"),
        ({"explore": 0.6}, "An explore floor of 60% needs more than the 300.00 USD"),
    ],
)
def test_a_contradiction_is_named_in_words(asked, words):
    creators = [creator("ana"), creator("bo", firm=1, planned=2)]
    assert words in room(creators, Constraints(**asked), 30_000, "USD")
