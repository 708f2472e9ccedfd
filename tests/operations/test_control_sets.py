"""Who takes the calendar out of a campaign: those it names, else all who may."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from truelift.measurement import controls
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels

PEOPLE = """
campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD
june     | awareness | 06-01  | 06-30 | USD

agreements
agreement | campaign | creator | currency | signed_on
a         | glow     | ana     | USD      | 04-01
b         | glow     | bo      | USD      | 04-01
"""


def posts(names, days="03-01 03-05 03-09 03-13 03-17 03-21 05-05 05-12", platform="instagram"):
    """Give organic posts of creators, each read a week later."""
    ids = [(name, day) for name in names.split() for day in days.split()]
    told = [f"{platform} | {name}-{day} | {name} | @{day}" for name, day in ids]
    read = [
        f"{platform} | {name}-{day} | {dt.date.fromisoformat(f'2026-{day}') + dt.timedelta(30)} "
        f"| {1000 + 7 * index}"
        for index, (name, day) in enumerate(ids)
    ]
    return "\n".join(
        [
            *("", "posts", "platform | post_id | creator | published_at", *told, ""),
            *("observations", "platform | post_id | observed_at | likes", *read, ""),
        ]
    )


AD = """
posts ...
platform  | post_id | creator | published_at | campaign | sponsored_by
"""


@pytest.fixture
def sets(told):
    def make(*tables):
        for table in tables:
            told.given(table)
        return Panels(knowledge(told.ground)).control_sets

    return make


def test_without_a_word_everybody_with_organic_posts_on_the_platform_serves(sets):
    found = sets(PEOPLE, posts("ana bo cy dee"), posts("eve", platform="tiktok")).of("glow")
    assert found.names == {"instagram": ("ana", "bo", "cy", "dee"), "tiktok": ("eve",)}
    assert found.creators == ("ana", "bo", "cy", "dee", "eve")
    assert found.rule.startswith(controls.OPEN_RULE)
    assert found.rule.endswith(controls.MEASURED_RULE)


def test_named_controls_are_the_only_ones_and_the_excluded_never_serve(sets):
    arms = """
    participants
    campaign | creator | arm      | from  | to
    glow     | cy      | control  | 05-10 | 05-20
    glow     | dee     | excluded |       |
    june     | dee     | excluded |       |
    june     | ana     | treated  |       |
    """
    made = sets(PEOPLE, posts("ana bo cy dee"), arms)
    glow, june = made.of("glow"), made.of("june")
    assert (glow.names, june.names) == ({"instagram": ("cy",)}, {"instagram": ("ana", "bo", "cy")})
    assert glow.rule.startswith(controls.NAMED_RULE)
    assert made.excluded("glow") == {"dee"}
    assert made.of("glow") is glow
    served = made.posts_of("glow", "instagram", {"cy"}, _read)
    assert served.since[0] == np.datetime64("2026-05-10T04:00", "us")  # midnight in New York
    assert served.until[0] == np.datetime64("2026-05-21T03:59:59.999999", "us")


def test_a_creator_serves_up_to_its_own_launch_and_not_while_live_elsewhere(sets):
    ads = """
    posts
    platform  | post_id | creator | published_at | campaign
    instagram | ad1     | ana     | @05-03       | glow
    instagram | ad2     | cy      | @06-02       | june
    instagram | ad3     | dee     | @06-03       | lost
    """
    made = sets(PEOPLE, posts("ana bo cy dee"), ads)
    served = made.posts_of("glow", "instagram", ("ana", "bo", "cy", "dee"), _read)
    assert served.names == ["ana", "bo", "cy", "dee"]
    noon = np.datetime64("2026-05-03T16:00", "us")
    assert served.until[0] == noon
    assert (served.until[1:] > np.datetime64("9000-01-01")).all()
    assert served.busy.tolist() == [2, 3]
    assert served.busy_until[0] == np.datetime64("2026-07-01T04:00", "us")
    assert served.busy_until[1] == np.datetime64(made.known.as_of)  # a campaign without a flight
    assert len(served.z) == 4 * 8
    assert len(made.posts_of("glow", "tiktok", ("ana",), _read).z) == 0


def _read(panel):
    return np.log(panel.counters["likes"]), np.zeros(len(panel))
