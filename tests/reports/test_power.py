"""What a plan can show, in figures and in a sentence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from truelift.base.estimate import Reason, Withheld
from truelift.reports.power import PowerRow, power_json, power_table, sentence

ANA = PowerRow(
    campaign="spring", creator="ana", platform="instagram", metric="engagement",
    smallest=math.log(3.04), level=0.95, probability=0.8, target=1.5, limits="theory",
    sealed=True, baseline_posts=12, planned_posts=6, posts_needed=27,
)  # fmt: skip
ALL = replace(
    ANA, creator=None, platform=None, smallest=math.log(1.44), baseline_posts=None,
    planned_posts=24, posts_needed=None,
    together=(("ana", "bo"), math.log(1.499)),
)  # fmt: skip
BARE = Withheld(Reason.NO_BASELINE, "no organic post is known before launch.")


CANNOT = "ana cannot be measured on instagram with"
CAN = "The campaign can be measured with 24 posts: 1.5x or more shows 80 % of the time"
NEVER = "no number of posts shows 1.5x with this baseline"

TOLD = [
    (ANA, f"{CANNOT} 6 posts: only a lift above 3.1x would show; 27 posts would show 1.5x."),
    (
        replace(ANA, posts_needed=None, planned_posts=1),
        f"{CANNOT} 1 post: only a lift above 3.1x would show; {NEVER}.",
    ),
    (
        replace(ANA, smallest=math.log(1.4), posts_needed=4),
        "ana can be measured on instagram with 6 posts: 1.4x or more shows 80 % of the time.",
    ),
    (
        replace(ANA, smallest=math.inf, posts_needed=None),
        f"{CANNOT} 6 posts: no lift would show; {NEVER}.",
    ),
    (ALL, f"{CAN}; ana, bo together show 1.5x."),
    (
        replace(ALL, together=(tuple("abcdefg"), math.log(1.3)), sealed=False),
        f"{CAN}; 7 creators together show 1.3x; not sealed yet.",
    ),
    (
        replace(
            ANA, platform=None, metric="orders", planned_posts=None, planned_days=31.0,
            history_count=137.0,
        ),
        (
            "ana cannot be measured in 31 days after 137 orders before launch: only a lift above "
            "3.1x would show."
        ),
    ),
    (replace(ANA, smallest=BARE), "ana on instagram: no organic post is known before launch."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "told"), TOLD)
def test_a_row_says_what_its_plan_can_show(row, told):
    assert sentence(row) == told


def test_figures_are_multiples_and_what_is_not_known_is_none():
    told = power_json(ANA)
    assert (told["smallest_lift"], told["posts_needed"], told["together"]) == (3.04, 27, None)
    assert "withheld" not in told
    assert power_json(ALL)["together"] == ["ana", "bo"]
    assert power_json(replace(ANA, smallest=math.inf))["smallest_lift"] is None
    withheld = power_json(replace(ANA, smallest=BARE))
    assert (withheld["smallest_lift"], withheld["withheld"]) == (None, "NO_BASELINE")


def test_a_table_leaves_out_columns_without_anything():
    table = power_table([ALL, ANA], "a note")
    assert "planned_days" not in table.names
    assert "withheld" not in table.names
    assert [row["sealed"] for row in table.rows] == ["sealed", "sealed"]
    assert "withheld" in power_table([replace(ANA, smallest=BARE, sealed=False)], "").names
    assert power_table([], "").names[0] == "campaign"
