"""One creator from her first organic post to the return on her fee, as a controller checks it.

Before the campaign Ana's twelve posts reached 640 and 1,000 likes by turns. Half a like is added to
every count (0 has no logarithm), and the middle of such posts is their geometric mean:

    normally    square root of 640.5 x 1,000.5 = 800.5, less the half: 800 likes a post

In the campaign her three posts reach 2,000 each, two and a half times as much. But spring was good
to everybody: five creators who have no campaign, and normally reach 800 too, had 1,000 on the same
days. That is the calendar, 1.25 times. What is left is Ana's lift:

    lift        2.5 / 1.25 = 2.0 times
    units       6,000 likes observed = 3,000 that would have come anyway + 3,000 lift
    value       3,000 x 0.05 (signed by the CFO) = 150.00, her fee is 100.00: 50 % return

A post is read before it has grown up. Posts of the sample curve have at 6 hours one part in
3.1 x 1.02 = 3.162 of what they reach: 632 likes after 6 hours are read as 632.5 x 3.162 = 2,000.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math

import pytest

CONTROLS = ("bo", "cy", "dee", "eva", "fay")
SEALED = dt.datetime(2026, 4, 30, 20)
FIRST_LOOK, SECOND_LOOK, LAST_LOOK = "2026-05-01T18:00", "2026-05-16T12:00", "2026-06-20"
EVENING = dt.datetime(2026, 6, 20, 20)

CATALOG = """
campaigns
campaign | goal      | starts | ends  | currency
spring   | awareness | 05-01  | 05-31 | USD

profiles
platform  | handle | creator
instagram | ana.ig | ana
instagram | bo.ig  | bo
instagram | cy.ig  | cy
instagram | dee.ig | dee
instagram | eva.ig | eva
instagram | fay.ig | fay

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 100.00 | USD      | 04-01

deliverables
deliverable | agreement | price  | live_at
a1          | a         | 100.00 | @05-01

values
metric     | valid_from | unit_value | currency | basis          | approved_by
engagement | 01-01      | 0.05       | USD      | approved_value | cfo
"""


def weekly(creator, first, likes, campaign=""):
    """Write posts, one a week from a noon of 2026 on, with readings: hours -> likes of each."""
    posts = ["posts", "platform | post_id | handle | published_at | campaign"]
    readings = ["observations", "platform | post_id | observed_at | likes"]
    at = dt.datetime.fromisoformat(f"2026-{first}T12:00:00")
    for counts in likes:
        post = f"{creator}-{at:%m-%d}"
        posts.append(f"instagram | {post} | {creator}.ig | {at} | {campaign}")
        for hours, count in counts.items():
            read_at = at + dt.timedelta(hours=hours)
            readings.append(f"instagram | {post} | {read_at} | {count}")
        at += dt.timedelta(days=7)
    return "\n".join(["", *posts, "", *readings, ""])


MATURE = 31 * 24
"""After so many hours a post of the sample curve is mature."""

HISTORY = "".join(
    weekly(creator, "01-01", [{MATURE: 640}, {MATURE: 1000}] * 6) for creator in ("ana", *CONTROLS)
)
CAMPAIGN = weekly("ana", "05-01", [{6: 632, 24: 1282, 168: 1891, MATURE: 2000}] * 3, "spring")
SPRING = "".join(
    weekly(name, "05-01", [{6: 316, 24: 641, 168: 945, MATURE: 1000}] * 3) for name in CONTROLS
)


@pytest.fixture(scope="module")
def before(workspace_in, tmp_path_factory):
    """Ana's history, sealed the evening before her launch."""
    with contextlib.ExitStack() as stack:
        told = workspace_in(stack, tmp_path_factory.mktemp("before"))
        told.given(CATALOG + HISTORY, at=SEALED - dt.timedelta(hours=1))
        told.verdicts = told.sealed(SEALED)
        yield told


@pytest.fixture(scope="module")
def over(workspace_in, tmp_path_factory):
    """The campaign is over, and every post is mature."""
    with contextlib.ExitStack() as stack:
        told = workspace_in(stack, tmp_path_factory.mktemp("over"))
        told.given(CATALOG + HISTORY, at=SEALED - dt.timedelta(hours=1))
        told.sealed(SEALED)
        yield told.given(CAMPAIGN + SPRING, at=EVENING)


def times(lift):
    """Give a lift as multiples of what was to be expected: low, point, high."""
    return tuple(math.exp(lift[name]) for name in ("low", "log", "high"))


def test_1_what_she_normally_does_is_written_down_before_the_launch(before):
    assert before.verdicts == [("ana", "sealed", False)]
    (row,) = [row for row in before.ws.list("baselines").rows if row["metric"] == "engagement"]
    assert (row["creator"], row["posts"], row["late"]) == ("ana", 12, False)
    assert row["sealed_by"] == "ana.controller"
    # In plain units: 800 likes a post.
    normally = math.sqrt(640.5 * 1000.5) - 0.5
    assert math.exp(row["level"]) - 0.5 == pytest.approx(normally)
    assert round(normally) == 800
    assert len(row["sha256"]) == 64


def test_2_a_young_post_is_read_as_what_it_will_reach(over):
    """Counts as they stand at each look, and what they are read as."""
    looks = """
    post   | hours | likes | times by then            | read as
    first  | 6     | 632   | 3.1 x 1.02     = 3.162   | 2,000
    third  | 24    | 1282  | 1.5288 x 1.02  = 1.5594  | 2,000
    second | 168   | 1891  | 1.0369 x 1.02  = 1.0577  | 2,000
    """
    for line in looks.strip().splitlines()[1:]:
        _, _, likes, growth, read_as = (cell.strip() for cell in line.split("|"))
        reading = (int(likes) + 0.5) * float(growth.split("=")[1])
        assert reading == pytest.approx(float(read_as.replace(",", "")), rel=0.001)
    # So two hours after launch or at the end: twice what was to be expected.
    for at, observed in ((FIRST_LOOK, 632), (SECOND_LOOK, 1891 + 1891 + 1282), (LAST_LOOK, 6000)):
        lift = over.row(creator="ana", as_of=at)["lift"]
        assert lift["observed"] == observed
        assert times(lift)[1] == pytest.approx(2.0, rel=0.002)


def test_3_the_limits_close_in_and_hold_at_every_look(over):
    """Limits in times of what was to be expected; above 1 there is a lift."""
    looks = """
    look    | low  | lift | high  | what is known
    05-01   | 0.09 | 2.0  | 45    | one post of six hours: nothing can be said yet
    05-16   | 1.05 | 2.0  | 3.8   | three posts of 15, 8 and 1 days: it is more than usual
    06-20   | 1.1  | 2.0  | 3.6   | all three are mature
    """
    told = [line.split("|")[1:4] for line in looks.strip().splitlines()[1:]]
    for at, figures in zip((FIRST_LOOK, SECOND_LOOK, LAST_LOOK), told, strict=True):
        lift = over.row(creator="ana", as_of=at)["lift"]
        assert times(lift) == pytest.approx([float(figure) for figure in figures], rel=0.03)
        assert lift["limits"] == "theory"  # no replay of campaign-free months is on record here


def test_4_controls_take_the_calendar_out(over, before):
    lift = over.row(creator="ana")["lift"]
    # 1,000.5 over 800.5 on the same days, by five creators: grade B.
    assert math.exp(lift["controls"]["mean"]) == pytest.approx(1000.5 / 800.5, rel=0.001)
    assert (lift["controls"]["creators"], lift["grade"]) == (5, "B")
    # Without anybody's posts on those days it would have been 2.5 times, at grade C.
    before.given(CAMPAIGN, at=EVENING)
    alone = before.row(creator="ana")["lift"]
    assert times(alone)[1] == pytest.approx(2000.5 / 800.5, rel=0.001)
    assert alone["grade"] == "C"
    assert alone["controls"] is None


def test_5_baseline_and_lift_make_up_what_was_observed_and_the_value_follows(over):
    row = over.row(creator="ana")
    lift = row["lift"]
    # 6,000 = 3,001 that would have come anyway + 2,999: the halves that were added to counts.
    assert lift["expected"] + lift["units"] == lift["observed"] == 6000
    assert lift["units"] == pytest.approx(3000, abs=1)
    # The limits are 1.1 and 3.6 times: 6,000 x (1 - 1 / 1.1) and 6,000 x (1 - 1 / 3.6).
    low, _, high = times(lift)
    limits = [6000 * (1 - 1 / low), 6000 * (1 - 1 / high)]
    assert [lift["units_low"], lift["units_high"]] == pytest.approx(limits, abs=1)
    # 3,000 x 0.05 = 150.00 for a fee of 100.00, and the same with the limits. The value is measured
    # in cents on its own, where the half that is added weighs a fifth as much.
    assert row["cost"]["accrued"] == 10000
    valued = row["valued_roi"]
    assert valued["point"] == pytest.approx((150 - 100) / 100, abs=0.001)
    assert [valued["low"], valued["high"]] == pytest.approx(
        [(units * 0.05 - 100) / 100 for units in limits], abs=0.005
    )
    assert valued["low"] < 0 < valued["point"] < valued["high"]  # not yet sure to pay
    assert valued["schedule"] == "v1"
    # Likes are not cash: the books see the fee, and no return.
    assert row["incremental_roi"]["withheld"] == "NO_CASH_OUTCOME"


def test_6_a_later_correction_changes_today_and_neither_the_past_nor_the_seal(over):
    asked = {"creator": "ana", "known_at": EVENING}
    first = over.row(**asked)
    # The network takes 300 false likes off the last post, and finds an old post of 9,000 again.
    over.given(
        """
        observations
        platform  | post_id   | observed_at      | likes
        instagram | ana-05-15 | 2026-06-25T12:00 | 1700

        posts
        platform  | post_id | handle | published_at
        instagram | old     | ana.ig | 2026-03-28T12:00

        observations
        platform  | post_id | observed_at      | likes
        instagram | old     | 2026-06-25T12:00 | 9000
        """,
        at=EVENING + dt.timedelta(days=6),
    )
    today = over.row(creator="ana")
    # The middle of 2,000, 2,000 and 1,700 is 1,895: 1,895 / 1,000 = 1.894 times.
    assert today["lift"]["observed"] == 5700
    assert times(today["lift"])[1] == pytest.approx(1.894, abs=0.002)
    assert today["lift"]["expected"] == pytest.approx(5700 / 1.894, abs=3)
    assert today["baseline"] == first["baseline"]
    assert over.row(**asked) == first
