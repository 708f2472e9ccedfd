"""Pacing from facts: targets by goal, plan curves, budgets, and what is missing said."""

from __future__ import annotations

import datetime as dt
import runpy
from pathlib import Path

import pytest

from truelift.base.errors import NotFound
from truelift.base.estimate import Reason, Withheld
from truelift.decisions.pacing import Verdict
from truelift.operations.pacing import pacing
from truelift.reports.pacing import pace_json

spread = runpy.run_path(str(Path(__file__).parent / "conftest.py"))["spread"]

FACTS = """
campaigns
campaign | goal      | starts | ends  | currency | budget
spring   | sales     | 05-01  | 05-30 | USD      | 500.00
signup   | leads     | 05-01  | 05-30 | KWD      | 100.00
glow     | awareness | 05-01  | 05-30 | USD      |
idle     | sales     | 05-01  | 05-30 | USD      | 100.00
calm     | awareness | 05-01  | 05-30 | GBP      | 100.00
bare     | sales     | 05-01  | 05-30 | USD      | 100.00

profiles
platform  | handle | creator
instagram | ana.ig | ana

codes
code   | creator | campaign
ANA-26 | ana     | spring
ANA-SU | ana     | signup
ANA-BA | ana     | bare

agreements
agreement | campaign | creator | fee    | currency | signed_on
a-spring  | spring   | ana     | 300.00 | USD      | 04-01
a-glow    | glow     | ana     | 300.00 | USD      | 04-01

deliverables
deliverable | agreement | platform  | price  | due_on | live_at
s1          | a-spring  | instagram | 150.00 | 05-01  | @05-01
s2          | a-spring  | instagram | 150.00 | 05-20  |
g1          | a-glow    | instagram | 300.00 | 05-02  | @05-02

targets
campaign | creator | metric     | target | by
spring   |         | orders     | 60     |
spring   | ana     | margin     | 600    | 05-20
spring   |         | revenue    | 9000   |
spring   | bo      | orders     | 10     |
signup   |         | signups    | 5      |
signup   |         | qualified  | 4      |
glow     |         | reach      | 50000  |
glow     | ana     | engagement | 1000   |
glow     |         | likes      | 10     |
calm     |         | reach      | 10     |
bare     |         | margin     | 10     |
bare     |         | revenue    | 10     |

posts
platform  | post_id | handle | published_at | campaign
instagram | ad      | ana.ig | @05-02       | glow

observations
platform  | post_id | observed_at | reach | likes | comments | shares | saves
instagram | ad      | @05-14      | 20000 | 4000  | 40       | 40     | 40

rates
date  | base | quote | rate | kind
05-01 | GBP  | USD   | 1.2  | budget

orders
order_id | ordered_at | currency | subtotal | code
x        | @05-03     | USD      | 10.00    | ANA-BA

leads
lead_id | created_at | stage     | code
l1      | @05-05     | qualified | ANA-SU
l2      | @05-06     | signup    | ANA-SU
l3      | @05-07     | won       | ANA-SU
""" + spread("orders", "ANA-26", "05-01", 15)
MIDDLE = dt.datetime(2026, 5, 16, 3, 59)


@pytest.fixture
def paced(read_only):
    """Give the rows of a campaign as (creator, metric) -> row."""
    told = read_only(FACTS)

    def rows(campaign):
        found = pacing(told.ground, campaign, as_of=MIDDLE)
        return {(row.creator, row.metric): row for row in found}

    return rows


def test_orders_are_paced_from_the_day_on_which_each_creator_begins(paced):
    row = paced("spring")[None, "orders"]
    assert row.plan == "evenly from the day each creator's first deliverable is live or due"
    assert row.pace.reached == 15
    assert row.pace.planned == pytest.approx(60 * 14.5 / 29.5, rel=0.02)
    assert row.pace.verdict is Verdict.UNDER
    assert row.source.startswith("15 orders, a day's variance 1.50 times")


def test_money_and_creators_have_targets_too(paced):
    rows = paced("spring")
    margin = rows["ana", "margin"].pace
    assert (margin.reached, margin.verdict) == (900.0, Verdict.OVER)
    assert rows[None, "revenue"].pace.reached == 1500.0
    assert rows[None, "revenue"].pace.verdict is Verdict.UNDER
    assert rows["bo", "orders"].pace.reached == 0


def test_a_budget_stands_beside_what_is_committed_and_accrued(paced):
    budget = paced("spring")[None, "budget"].pace
    assert (budget.budget, budget.committed, budget.accrued) == (50_000, 30_000, 15_000)
    assert budget.days == pytest.approx(35_000 / (15_000 / 15), rel=0.01)


def test_leads_are_counted_by_how_far_they_came(paced):
    rows = paced("signup")
    assert rows[None, "signups"].pace.reached == 3
    assert rows[None, "qualified"].pace.reached == 2
    assert rows[None, "signups"].plan == "linear over the days of the flight"


def test_outputs_of_posts_grow_by_their_age(paced):
    rows = paced("glow")
    assert rows[None, "reach"].pace.reached == 20_000
    assert rows[None, "reach"].pace.planned > 45_000
    assert rows["ana", "engagement"].pace.ratio > 4
    assert rows[None, "reach"].source == "1 posts, sd of log .82 between posts"


def test_what_is_missing_is_said_in_place_of_a_pace(paced):
    assert paced("glow")[None, "budget"].pace.reason is Reason.NO_BUDGET
    assert paced("glow")[None, "likes"].pace.reason is Reason.NO_TARGET
    assert paced("idle")[None, ""].pace.reason is Reason.NO_TARGET
    no_rate = paced("signup")[None, "budget"].pace
    assert isinstance(no_rate, Withheld)
    assert no_rate.reason is Reason.NO_RATE
    assert "is in KWD and no rate to USD is known" in no_rate.detail


def test_before_anything_was_read_nothing_is_taken_for_0(paced):
    assert paced("calm")[None, "reach"].pace.reason is Reason.NOT_OBSERVED


def test_a_budget_in_other_money_is_translated_at_its_budget_rate(paced):
    assert paced("calm")[None, "budget"].pace.budget == 12_000


def test_orders_without_a_margin_withhold_it_and_not_revenue(paced):
    rows = paced("bare")
    assert rows[None, "margin"].pace.reason is Reason.NO_MARGIN
    assert rows[None, "revenue"].pace.reached == 10.0


def test_every_row_says_why_and_an_unknown_campaign_is_refused(read_only):
    told = read_only(FACTS)
    for row in pacing(told.ground):
        assert pace_json(row, "USD")["why"]
    with pytest.raises(NotFound):
        pacing(told.ground, "autumn")
