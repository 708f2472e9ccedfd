"""Power from facts: what is planned, what is known before launch, and what is missing said."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Reason
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.power import PowerRequest, planned_power

EVE = dt.datetime(2026, 4, 28, 12)
STEADY = (900, 1000, 1100, 950, 1020, 980, 1080, 940, 1010, 990, 1060, 930)
WILD = (90, 4000, 600, 150, 9000, 300, 70, 2500, 400, 1200, 60, 5000)


def posted(creator, likes, *, platform="instagram", first="2026-01-05"):
    """Give posts and their readings of a creator, one a week, read after a month."""
    day = dt.date.fromisoformat(first)
    at = [day + dt.timedelta(days=7 * number) for number in range(len(likes))]
    ids = [f"{creator}-{platform}-{number}" for number in range(len(likes))]
    posts = [
        f"{platform} | {name} | {creator} | {when}T12:00:00"
        for name, when in zip(ids, at, strict=True)
    ]
    readings = [
        f"{platform} | {name} | {when + dt.timedelta(days=31)}T12:00:00 | {count}"
        for name, when, count in zip(ids, at, likes, strict=True)
    ]
    return "\n".join(
        ["", "posts", "platform | post_id | creator | published_at", *posts,
         "", "observations", "platform | post_id | observed_at | likes", *readings, ""]
    )  # fmt: skip


PLAN = """
creators
creator | name
ana     | Ana
bo      | Bo
cy      | Cy
dee     | Dee
eve     | Eve

campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD
shop     | sales     | 05-01  | 05-31 | USD

agreements
agreement | campaign | creator | currency | signed_on | cancelled_on
a         | glow     | ana     | USD      | 04-01     |
b         | glow     | bo      | USD      | 04-01     |
c         | glow     | cy      | USD      | 04-01     |
d         | glow     | dee     | USD      | 04-01     |
e         | glow     | eve     | USD      | 04-01     | 04-20
s         | shop     | ana     | USD      | 04-01     |
t         | shop     | bo      | USD      | 04-01     |

deliverables
deliverable | agreement | platform  | due_on
a1          | a         | instagram | 05-04
a2          | a         | instagram | 05-10
a3          | a         |           | 05-16
b1          | b         | instagram |
b2          | b         | instagram |
d1          | d         | instagram | 05-10
e1          | e         | instagram | 05-10

codes
code | creator | campaign | kind
ANA  | ana     |          | evergreen
"""


@pytest.fixture
def planned(told):
    """A campaign of four before launch: steady, wild, without a plan, without any post."""
    sales = "\n".join(
        f"o{day}-{number} | {dt.datetime(2026, 3, 1, 12) + dt.timedelta(days=day)} | ANA | USD | 50"
        for day in range(55)
        for number in range(2 + day % 2)
    )
    told.given(
        PLAN + posted("ana", STEADY) + posted("bo", WILD) + posted("cy", STEADY)
        + "\norders\norder_id | ordered_at | code | currency | subtotal\n" + sales + "\n",
        at=EVE,
    )  # fmt: skip
    return told


def rows_of(told, **asked):
    rows = planned_power(told.ground, PowerRequest(**asked))
    return {(row.creator, row.platform, row.metric): row for row in rows}


def test_the_plan_is_what_was_agreed_and_a_creator_without_one_is_withheld(planned):
    found = rows_of(planned, campaign="glow")
    ana, bo = found["ana", "instagram", "engagement"], found["bo", "instagram", "engagement"]
    assert (ana.planned_posts, ana.baseline_posts, ana.sealed) == (3, 12, False)
    assert (bo.planned_posts, bo.baseline_posts) == (2, 12)
    assert ana.smallest < bo.smallest
    assert ana.posts_needed <= bo.posts_needed if bo.posts_needed else True
    assert found["cy", None, "engagement"].smallest.reason == "NOT_PLANNED"
    assert found["dee", "instagram", "engagement"].smallest.reason == "NO_BASELINE"
    assert ("eve", "instagram", "engagement") not in found
    whole = found[None, None, "engagement"]
    assert (whole.planned_posts, whole.sealed) == (5, False)
    assert whole.smallest > 0


def test_a_number_of_posts_replaces_the_agreements_and_more_posts_show_less(planned):
    few, many = (rows_of(planned, campaign="glow", posts=posts) for posts in (2, 20))
    for name in ("ana", "bo", "cy"):
        key = (name, "instagram", "engagement")
        assert (few[key].planned_posts, many[key].planned_posts) == (2, 20)
        assert many[key].smallest < few[key].smallest
    assert few[None, None, "engagement"].planned_posts == 6
    assert many[None, None, "engagement"].smallest < few[None, None, "engagement"].smallest
    sure = rows_of(planned, campaign="glow", posts=2, probability=0.95, level=0.99)
    key = (None, None, "engagement")
    assert sure[key].smallest > few[key].smallest


def test_sealed_baselines_are_taken_where_there_are_some(planned):
    before = rows_of(planned, campaign="glow")
    planned.sealed(EVE + dt.timedelta(hours=1), campaign="glow", creator="ana")
    after = rows_of(planned, campaign="glow")
    key = ("ana", "instagram", "engagement")
    assert (before[key].sealed, after[key].sealed) == (False, True)
    assert after[key].smallest == pytest.approx(before[key].smallest, rel=0.25)
    assert not after["bo", "instagram", "engagement"].sealed
    assert not after[None, None, "engagement"].sealed
    planned.sealed(EVE + dt.timedelta(hours=2), campaign="glow")
    assert rows_of(planned, campaign="glow")[None, None, "engagement"].sealed


def test_sales_are_planned_by_days_and_the_history_of_codes(planned):
    found = rows_of(planned, campaign="shop")
    ana = found["ana", None, "orders"]
    assert (ana.planned_days, ana.planned_posts) == (pytest.approx(31), None)
    assert (ana.history_count, ana.sealed) == (137, False)
    assert 0 < ana.smallest < math.log(3)
    assert found["bo", None, "orders"].smallest.reason == "NO_ORDER_BASELINE"
    assert found[None, None, "orders"].smallest > 0
    assert found["ana", None, "engagement"].smallest.reason == "NOT_PLANNED"
    assert found[None, None, "engagement"].smallest.reason == "NOT_PLANNED"
    planned.sealed(EVE + dt.timedelta(hours=1), campaign="shop")
    again = rows_of(planned, campaign="shop", metric="orders")
    assert again["ana", None, "orders"].sealed
    assert again["ana", None, "orders"].smallest == pytest.approx(ana.smallest, rel=0.05)
    assert not any(isinstance(row.smallest, float) for row in rows_of(
        planned, campaign="glow", metric="leads").values())  # fmt: skip


def test_controls_bring_their_noise(planned):
    alone = rows_of(planned, campaign="glow", posts=6)["ana", "instagram", "engagement"]
    planned.given(
        """
        participants
        campaign | creator | arm
        glow     | cy      | control
        glow     | eve     | control
        """,
        at=EVE + dt.timedelta(hours=1),
    )
    found = rows_of(planned, campaign="glow", posts=6)
    beside = found["ana", "instagram", "engagement"]
    assert (alone.controls, beside.controls) == (0, 1)
    assert beside.smallest > alone.smallest
    assert not any(creator == "cy" for creator, *_ in found)


def test_controls_that_post_nothing_are_none(planned):
    planned.given(
        """
        participants
        campaign | creator | arm
        glow     | eve     | control
        """,
        at=EVE + dt.timedelta(hours=1),
    )
    found = rows_of(planned, campaign="glow", posts=6)
    assert found["ana", "instagram", "engagement"].controls == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"posts": 0}, "--posts 0"),
        ({"probability": 1.0}, "--probability 1.0"),
        ({"level": 0.5}, "--level 0.5"),
        ({"target": 1.0}, "--target 1.0"),
        ({"metric": "applause"}, "applause"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(told, asked, said):
    with pytest.raises(UsageError, match=said):
        planned_power(told.ground, PowerRequest(campaign="glow", **asked))


def test_a_campaign_that_nothing_names_is_not_found(planned):
    with pytest.raises(NotFound, match="winter"):
        planned_power(planned.ground, PowerRequest(campaign="winter"))


def test_the_door_gives_rows_with_a_sentence_each(planned):
    result = planned.ws.power("glow")
    told = {(row["creator"], row["metric"]): row["sentence"] for row in result.rows}
    assert told["cy", "engagement"].startswith("cy: no deliverable says how many posts are planned")
    assert "bo cannot be measured on instagram with 2 posts" in told["bo", "engagement"]
    assert told["bo", "engagement"].endswith("; not sealed yet.")
    assert len(result.table.rows) == len(result.rows)


@pytest.mark.soak
def test_nothing_but_zeros_before_launch_measures_nothing_and_says_so(told):
    told.given(PLAN + posted("bo", STEADY) + posted("ana", [0] * 12), at=EVE)
    rows = planned_power(told.ground, PowerRequest("glow", posts=4, metric="engagement"))
    (ana,) = [row for row in rows if row.creator == "ana"]
    assert (ana.smallest.reason, ana.baseline_posts) == (Reason.NO_BASELINE, 12)
    assert "every organic post before launch shows 0" in ana.smallest.detail
    told.sealed(EVE)
    told.given(
        "posts\nplatform | post_id | creator | published_at | campaign\n"
        "instagram | s1 | ana | @05-04 | glow"
        "\n\nobservations\nplatform | post_id | observed_at | likes\ninstagram | s1 | @05-20 | 0"
    )
    lift = Measurement(knowledge(told.ground)).lift("glow", "engagement")["ana"]
    assert lift.reason is Reason.NO_BASELINE
    assert "Every organic post before launch shows 0" in lift.detail
