"""The checks of a campaign, from facts told as tables to one line each."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.operations.doubt import doubt

CAST = """
profiles
platform  | handle  | creator
instagram | ana.ig  | ana
instagram | bo.ig   | bo
instagram | cara.ig | cara
instagram | dan.ig  | dan
instagram | eve.ig  | eve

campaigns
campaign | goal      | starts | ends
spring   | awareness | 05-01  | 05-31

campaigns ...
currency
USD

participants
campaign | creator | arm
spring   | cara    | control
spring   | dan     | control
spring   | eve     | control

agreements
agreement | campaign | creator | fee    | currency | signed_on
a1        | spring   | ana     | 300.00 | USD      | 04-01
a2        | spring   | ana     | 300.00 | USD      | 04-15

codes
code | creator | campaign | kind
ANA  | ana     |          | evergreen
EVE  | eve     |          | evergreen
DAN  | dan     |          | evergreen
"""

NAMED = """
posts
platform  | post_id | handle  | published_at | collaborators | caption
instagram | both    | cara.ig | @03-05       | Ana.ig        |
instagram | tagged  | ana.ig  | @03-06       |               | with @Dan.ig today
"""

RIVAL = """
posts
platform  | post_id | handle | published_at | sponsored_by
instagram | rival   | ana.ig | @05-10       | Rival
"""


def posts(handle, first, counts, name, campaign=""):
    """Write posts on every second day from a day of 2026 on, each read ten days later."""
    start = dt.datetime.fromisoformat(f"2026-{first}T12:00:00")
    rows, readings = [], []
    for number, likes in enumerate(counts):
        at = start + dt.timedelta(days=number)
        rows.append(f"instagram | {name}{number} | {handle} | {at} | {campaign}")
        readings.append(
            f"instagram | {name}{number} | {at + dt.timedelta(days=10)} | {likes} | 1 | 1 | 1"
        )
    return "\n".join([
        "", "posts", "platform | post_id | handle | published_at | campaign", *rows,
        "", "observations", "platform | post_id | observed_at | likes | comments | shares | saves",
        *readings, "",
    ])  # fmt: skip


def orders(code, people):
    rows = [f"{code}{p} | @04-10 | USD | 10.00 | {code} | {p}" for p in people]
    return "\n".join(
        ["", "orders", "order_id | ordered_at | currency | subtotal | code | customer", *rows, ""]
    )


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    """Ana was signed when hot; cara, dan and eve are controls with a tie to her."""
    import contextlib  # noqa: PLC0415 - beside the one use
    import runpy  # noqa: PLC0415 - as above
    from pathlib import Path  # noqa: PLC0415 - as above

    told_in = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["told_in"]
    usual = [1000, 1040, 980, 1010, 990, 1020, 1000, 970, 1030, 1000] * 2
    hot = [40000, 41000, 39000, 40500, 39500]
    with contextlib.ExitStack() as stack:
        told = told_in(stack, tmp_path_factory.mktemp("doubt"))
        told.given(
            CAST
            + NAMED
            + posts("ana.ig", "03-07", usual, "a")
            + posts("ana.ig", "03-27", hot, "h")
            + posts("ana.ig", "04-01", usual[:10], "l")
            + posts("bo.ig", "03-01", usual, "b")
            + posts("dan.ig", "03-01", usual, "d")
            + posts("eve.ig", "03-01", usual, "e")
            + orders("ANA", [f"p{n}" for n in range(12)])
            + orders("EVE", [f"p{n}" for n in range(10)])
            + orders("DAN", [f"q{n}" for n in range(40)]),
            at=dt.datetime(2026, 4, 25),
        )
        told.sealed(dt.datetime(2026, 4, 26), campaign="spring")
        told.given(
            posts("ana.ig", "05-02", [1500, 1600, 1400, 1550], "s", "spring") + RIVAL,
            at=dt.datetime(2026, 6, 20),
        )
        yield told


def lines(told, campaign, **asked):
    _, rows = doubt(told.ground, campaign, **asked)
    return {(row.finding.check, row.creator, row.metric): row.finding for row in rows}


def test_a_creator_signed_when_hot_is_named_with_the_bias(spring):
    found = lines(spring, "spring")["regression_to_mean", "ana", "engagement"]
    assert found.verdict == "fails"
    assert "picked when hot" in found.sentence


def test_controls_who_share_an_audience_are_named_with_how(spring):
    found = lines(spring, "spring")["spill_over", None, None]
    assert found.verdict == "fails"
    assert "cara with ana (1 post together)" in found.sentence
    assert "dan with ana (1 mention)" in found.sentence
    assert "eve with ana (10 customers in common)" in found.sentence


def test_another_brands_post_in_the_window_is_counted(spring):
    found = lines(spring, "spring")["overlap", "ana", None]
    assert found.verdict == "warns"
    assert "published 1 post for other brands" in found.sentence


def test_what_has_no_campaign_posts_or_creators_says_so(spring):
    found = lines(spring, "spring")
    assert found["leave_one_out", None, "engagement"].verdict == "not run"
    assert found["sensitivity", "ana", "engagement"].verdict != "not run"
    assert found["variance_shift", "ana", "engagement"].verdict != "not run"


def test_a_sales_campaign_checks_orders_and_the_posts_beside(season):
    found = lines(season, "spring")
    metrics = {metric for check, _, metric in found if check == "leave_one_out"}
    assert metrics == {"orders", "engagement"}
    assert found["overlap", "ana", None].verdict == "fails"  # her only post is glow's too
    assert "also ran in glow" in found["overlap", "ana", None].sentence
    assert found["overlap", "bo", None].verdict == "passes"
    assert found["spill_over", None, None].verdict == "not run"
    assert found["placebo_in_time", "ana", "engagement"].verdict == "not run"


def test_a_metric_that_was_asked_for_is_the_only_one(season):
    assert {metric for _, _, metric in lines(season, "spring", metric="orders")} == {None, "orders"}
    assert {metric for _, _, metric in lines(season, "glow", metric="views")} == {None, "views"}
    leads = lines(season, "signup", metric="leads")["leave_one_out", None, "leads"]
    assert leads.verdict == "not run"  # a test of the outcome stands before codes
    with pytest.raises(UsageError):
        lines(season, "spring", metric="nothing")
    assert lines(season, "spring", metric="value")


def test_a_creators_verdicts_are_those_of_the_whole_list(season):
    whole, one = lines(season, "spring"), lines(season, "spring", creator="bo")
    assert {creator for _, creator, _ in one} == {None, "bo"}
    assert all(whole[key] == found for key, found in one.items())


def test_a_campaign_or_creator_that_nothing_names_is_not_found(season):
    with pytest.raises(NotFound, match="no campaign 'nowhere'"):
        doubt(season.ground, "nowhere")
    with pytest.raises(NotFound, match="no creator 'zoe'"):
        doubt(season.ground, "spring", creator="zoe")


@pytest.mark.soak
def test_an_explained_lift_lists_its_doubts_and_other_figures_do_not(season):
    (row,) = season.ws.roi(campaign="spring", creator="bo").rows
    told = season.ws.explain(row["figure_ids"]["lift"])["doubt"]
    assert {line["creator"] for line in told} == {"bo"}
    assert season.ws.explain(row["figure_ids"]["roi"])["doubt"] == []
    (whole,) = season.ws.roi(campaign="spring", by="campaign").rows
    told = season.ws.explain(whole["figure_ids"]["lift"])["doubt"]
    assert "leave_one_out" in {line["check"] for line in told}


def test_the_lift_as_sealed_is_the_lift_of_the_report_under_the_limits_in_force(spring):
    (row,) = spring.ws.roi(campaign="spring", creator="ana", metric="engagement").rows
    found = lines(spring, "spring")["sensitivity", "ana", "engagement"]
    sealed = next(item.value for item in found.values if item.name == "as_sealed")
    assert sealed == pytest.approx(row["lift"]["log"], abs=2e-6)
