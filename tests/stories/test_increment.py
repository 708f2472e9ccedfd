"""What a campaign added, as a controller checks it: own codes before and after, tests, posts.

Before the launch Ana's evergreen code brought 20 orders in 40 days, Bo's 40. Every order is worth
60.00 after its goods. Ten days into the campaign Ana has 15 orders and Bo has 10. Half an order is
added to each count (a creator without any order yet is no creator who can have none):

    expected of Ana: (20 + 0.5) / 40 days x 10 days - 0.5 =  4.625, so 10.375 of 15 are extra
    expected of Bo:  (40 + 0.5) / 40 days x 10 days - 0.5 =  9.625, so  0.375 of 10 are extra
"""

from __future__ import annotations

import datetime as dt

import pytest

BEFORE = dt.datetime(2026, 4, 30, 20)
AFTER = dt.datetime(2026, 5, 20, 20)

CAST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA    | ana     |          | evergreen
BO     | bo      |          | evergreen
ANA-26 | ana     | spring   | creator
BO-26  | bo      | spring   | creator
DEE-26 | dee     | spring   | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 300.00 | USD      | 04-01
b         | spring   | bo      | 200.00 | USD      | 04-01

deliverables
deliverable | agreement | price  | live_at
a1          | a         | 300.00 | @05-01
b1          | b         | 200.00 | @05-01
"""


def orders(*parts):
    """Write a table of orders: (code, first day, how many, days between) of each part."""
    rows = ["orders", "order_id | ordered_at | currency | subtotal | cogs | code"]
    for code, first, count, step in parts:
        for number in range(count):
            at = dt.datetime.fromisoformat(f"2026-{first}T12:00:00") + dt.timedelta(
                days=number * step
            )
            order = f"{code}-{first}-{number}"
            rows.append(f"{order} | {at.isoformat()} | USD | 100.00 | 40.00 | {code}")
    return "\n" + "\n".join(rows) + "\n"


HISTORY = orders(("ANA", "03-21", 20, 2), ("BO", "03-21", 40, 1))
CAMPAIGN = orders(
    ("ANA-26", "05-01", 11, 1), ("ANA", "05-02", 4, 1),
    ("BO-26", "05-01", 1, 1), ("BO-26", "05-03", 9, 1),
)  # fmt: skip


@pytest.fixture
def launched(told):
    """A campaign that was sealed the evening before its launch, ten days later."""
    told.given(CAST + HISTORY, at=BEFORE - dt.timedelta(hours=1))
    assert told.sealed(BEFORE) == [
        ("ana", "sealed", False), ("bo", "sealed", False), ("dee", "nothing to seal", False),
    ]  # fmt: skip
    return told.given(CAMPAIGN, at=AFTER)


def test_the_baseline_is_the_rate_before_times_the_days_and_lift_makes_up_the_observed(launched):
    ana, bo = (launched.row(creator=name) for name in ("ana", "bo"))
    for row, expected, units, observed in ((ana, 4.625, 10.375, 15), (bo, 9.625, 0.375, 10)):
        lift = row["lift"]
        assert (lift["expected"], lift["units"], lift["observed"]) == (expected, units, observed)
        assert lift["units_low"] < lift["units"] < lift["units_high"] <= observed
        assert (lift["grade"], lift["late"], lift["limits"]) == ("C", False, "theory")
    # Ana: 10.375 orders x 60.00 = 622.50, less 300. Bo: 0.375 x 60.00 = 22.50, less 200.
    assert [step["amount"] for step in ana["ladder"][3:]] == [90000, 62250, 32250]
    assert [step["amount"] for step in bo["ladder"][3:]] == [60000, 2250, -17750]


def test_a_creator_whose_orders_would_have_come_anyway_has_a_fine_roi_and_a_bad_return(launched):
    bo = launched.row(creator="bo")
    assert bo["roi"] == 2.0  # (600 - 200) / 200
    assert bo["incremental_roi"]["point"] == -0.8875  # (22.50 - 200) / 200
    ana = launched.row(creator="ana")
    assert (ana["roi"], ana["incremental_roi"]["point"]) == (2.0, 1.075)


def test_the_campaign_is_the_sum_of_its_creators_and_its_bridge_shows_the_baseline(launched):
    row = launched.row(by="campaign")
    assert row["coverage"] == {"measured": 2, "creators": 2, "contribution_not_measured": 0}
    assert row["incremental_roi"]["point"] == 0.29  # (622.50 + 22.50 - 500) / 500
    assert row["incremental_roi"]["low"] < 0.29 < row["incremental_roi"]["high"]
    assert launched.bridge("spring")[-8:] == [
        ("contribution", 150000), ("not_measured", 0), ("baseline", -85500),
        ("incremental", 64500), ("creator_cost 6100", -50000), ("return", 14500),
        ("committed_minus_accrued", 0), ("residual", 0),
    ]  # fmt: skip


@pytest.mark.soak
def test_a_creator_without_history_is_left_out_by_name_and_withholds_all_when_too_large(launched):
    launched.given(orders(("DEE-26", "05-04", 1, 1)), at=AFTER)
    dee = launched.row(creator="dee")
    assert dee["lift"]["withheld"] == "NO_ORDER_BASELINE"
    assert dee["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"
    assert launched.row(by="campaign")["coverage"]["contribution_not_measured"] == 6000
    bridge = dict(launched.bridge("spring"))
    assert (bridge["contribution"], bridge["not_measured"]) == (156000, -6000)
    assert (bridge["baseline"], bridge["incremental"], bridge["residual"]) == (-85500, 64500, 0)
    launched.given(orders(("DEE-26", "05-05", 6, 1)), at=AFTER)
    # Now 1,500.00 of 1,920.00 are measured, less than four fifths.
    row = launched.row(by="campaign")
    assert row["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"
    assert row["incremental_roi"]["break_even_incrementality"] == 0.260417  # 500 / 1,920
    bridge = dict(launched.bridge("spring"))
    assert (bridge["tracked_return"], bridge["residual"]) == (142000, 0)


def test_without_a_seal_only_the_break_even_is_printed(told):
    told.given(CAST + HISTORY + CAMPAIGN)
    ana = told.row(creator="ana")
    assert ana["lift"]["withheld"] == "NO_ORDER_BASELINE"
    assert ana["incremental_roi"]["break_even_incrementality"] == 0.333333  # 300 of 900
    assert ana["ladder"][4]["withheld"] == "NO_ORDER_BASELINE"
    assert ana["baseline"] is None


def test_a_seal_after_the_launch_must_be_asked_for_uses_what_came_before_and_says_late(told):
    told.given(CAST + HISTORY + CAMPAIGN, at=AFTER)
    now = AFTER + dt.timedelta(hours=1)
    assert told.sealed(now, creator="ana") == [("ana", "refused", False)]
    assert told.sealed(now, creator="ana", late=True) == [("ana", "sealed", True)]
    assert told.sealed(now, creator="ana", late=True) == [("ana", "already sealed", False)]
    ana = told.row(creator="ana")
    assert ana["lift"]["expected"] == 4.5  # 41 whole days before the launch: 20.5 / 41 x 10 - 0.5
    assert (ana["lift"]["late"], ana["lift"]["grade"]) == (True, "C")
    assert (ana["baseline"]["late"], ana["baseline"]["sealed_by"]) == (True, "ana.controller")
    assert told.ws.roi().table.rows[0]["late"] == "late"


TEST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD
summer   | sales | 06-01  | 06-30 | USD

codes
code | creator | campaign
ANA  | ana     | spring
BO   | bo      | summer

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | spring   | ana     | 100.00 | USD      | 04-01
b         | summer   | bo      | 100.00 | USD      | 04-01

costs
document | state    | date  | agreement | type | amount | currency
i        | invoiced | 05-02 | a         | fee  | 100.00 | USD
j        | invoiced | 06-02 | b         | fee  | 100.00 | USD

experiments
experiment | campaign | design | outcome | factor   | low | high | level | to
geo-1      | spring   | geo    | orders  | {factor} | 0.2 | 1.6  | 0.90  | {to}
"""


def test_a_test_in_the_same_campaign_is_grade_a_and_in_another_one_b(told):
    told.given(
        TEST.format(factor="0.4", to="05-30")
        + orders(("ANA", "05-02", 10, 1), ("BO", "06-02", 10, 1))
    )
    ana, bo = told.row(creator="ana"), told.row(creator="bo")
    # 10 orders x 60.00 x 0.4 = 240.00 less 100; limits 0.2 and 1.6.
    assert ana["incremental_roi"] == {
        "point": 1.4, "low": 0.2, "high": 8.6, "level": 0.9, "grade": "A",
    }  # fmt: skip
    assert ana["lift"]["evidence"] == "experiment"
    assert (ana["lift"]["units"], ana["lift"]["expected"], ana["lift"]["observed"]) == (4, 6, 10)
    assert (bo["incremental_roi"]["point"], bo["incremental_roi"]["grade"]) == (1.4, "B")
    assert told.row(by="campaign", campaign="spring")["incremental_roi"]["grade"] == "A"


def test_a_tests_factor_may_exceed_one_and_grows_too_old_after_a_year(told):
    told.given(TEST.format(factor="1.2", to="05-10") + orders(("ANA", "05-02", 10, 1)))
    ana = told.row(creator="ana")
    assert (ana["lift"]["units"], ana["lift"]["expected"], ana["lift"]["log"]) == (12, -2, None)
    assert ana["incremental_roi"]["point"] == 6.2  # 720 - 100
    told.given(orders(("BO", "06-02", 1, 1)).replace("2026-06", "2027-06"))
    assert told.row(creator="ana")["lift"]["withheld"] == "NO_ORDER_BASELINE"


def test_a_test_that_still_runs_on_the_day_of_the_report_gives_no_factor(told):
    told.given(TEST.format(factor="0.4", to="05-10") + orders(("ANA", "05-02", 10, 1)))
    # As of 9 May the test has a day to go, whatever is known of it today.
    early = told.row(creator="ana", as_of=dt.datetime(2026, 5, 9, 20))
    assert early["lift"]["withheld"] == "NO_ORDER_BASELINE"
    assert early["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"
    ended = told.row(creator="ana", as_of=dt.datetime(2026, 5, 10, 20))
    assert (ended["lift"]["evidence"], ended["incremental_roi"]["grade"]) == ("experiment", "A")


def test_a_test_without_an_end_gives_no_factor_since_nobody_can_tell_its_age(told):
    told.given(TEST.format(factor="0.4", to="") + orders(("ANA", "05-02", 10, 1)))
    assert told.row(creator="ana")["lift"]["withheld"] == "NO_ORDER_BASELINE"


def posts(*parts):
    """Write posts and readings: (post id, creator, campaign, day, engagement) of each."""
    lines = ["posts", "platform | post_id | creator | published_at | campaign"]
    lines += [
        f"instagram | {p} | {who} | @{day} | {campaign}" for p, who, campaign, day, _ in parts
    ]
    lines += ["", "observations"]
    lines += [
        "platform | post_id | observed_at | views | reach | likes | comments | shares | saves"
    ]
    for post, _, _, day, count in parts:
        at = dt.datetime.fromisoformat(f"2026-{day}T12:00:00") + dt.timedelta(days=7)
        counters = f"{count * 10} | {count * 5} | {count - 30} | 10 | 10 | 10"
        lines.append(f"instagram | {post} | {at.isoformat()} | {counters}")
    return "\n" + "\n".join(lines) + "\n"


GLOW = """
campaigns
campaign | goal      | starts | ends  | currency
glow     | awareness | 05-01  | 05-31 | USD
spring   | sales     | 05-01  | 05-31 | USD

codes
code | creator | campaign
BO   | bo      | spring
ANA  | ana     | spring

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | glow     | ana     | 300.00 | USD      | 04-01
b         | spring   | bo      | 300.00 | USD      | 04-01

costs
document | state    | date  | agreement | type | amount | currency
i        | invoiced | 05-02 | a         | fee  | 300.00 | USD
j        | invoiced | 05-02 | b         | fee  | 300.00 | USD
"""
USUAL = posts(
    *(
        (f"{who}{number}", who, "", f"03-{day:02}", count)
        for who in ("ana", "bo")
        for number, (day, count) in enumerate(
            [(2, 900), (5, 1000), (9, 1100), (13, 1000), (17, 950), (21, 1050), (25, 1000)]
        )
    )
)
PAID = posts(("ana-ad", "ana", "glow", "05-02", 4000), ("bo-ad", "bo", "spring", "05-02", 4000))
VALUES = """
values
metric     | valid_from | unit_value | currency | basis          | approved_by
engagement | 01-01      | 0.05       | USD      | approved_value | {signed}
views      | 01-01      | 0.02       | USD      | media_value    | {signed}
"""


@pytest.fixture
def glowing(told):
    """Posts sealed before a campaign of two creators, one of them with orders by a new code."""
    told.given(GLOW + USUAL, at=BEFORE - dt.timedelta(hours=1))
    assert {verdict for _, verdict, _ in told.sealed(BEFORE)} == {"sealed"}
    return told.given(PAID + orders(("BO", "05-03", 10, 1)), at=AFTER)


def test_awareness_has_no_cash_return_but_a_cost_per_extra_engagement(glowing):
    ana = glowing.row(creator="ana")
    assert {ana[name]["withheld"] for name in ("roas", "roi", "incremental_roi")} == {
        "NO_CASH_OUTCOME"
    }
    lift, per = ana["lift"], ana["cost_per"]
    assert (lift["metric"], lift["observed"], lift["grade"]) == ("engagement", 4000, "C")
    assert lift["expected"] == pytest.approx(1000, rel=0.1)
    assert lift["expected"] + lift["units"] == 4000
    assert per["engagement"] == 8  # 300.00 / 4,000, in cents
    assert per["incremental_engagement"]["point"] == round(30000 / lift["units"])
    assert per["incremental_engagement"]["low"] == round(30000 / lift["units_high"])
    assert per["incremental_engagement"]["high"] == round(30000 / lift["units_low"])
    assert ana["baseline"]["engagement_rates"]["by_reach"] == 0.2
    assert ana["outputs"]["posts"] == 1


def test_a_post_that_two_campaigns_share_is_counted_once_between_them(told):
    told.given(GLOW + USUAL + VALUES.format(signed="cfo"), at=BEFORE - dt.timedelta(hours=1))
    told.sealed(BEFORE)
    shared = posts(("ana-ad", "ana", "glow:0.6;spring:0.4", "05-02", 4000))
    told.given(shared.replace("| campaign\n", "| campaigns\n"), at=AFTER)
    glow, spring = (
        told.row(campaign=name, creator="ana", metric="engagement") for name in ("glow", "spring")
    )
    assert (glow["outputs"]["engagement"], spring["outputs"]["engagement"]) == (2400, 1600)
    assert (glow["lift"]["observed"], spring["lift"]["observed"]) == (2400, 1600)
    assert (glow["media_value"], spring["media_value"]) == (48000, 32000)
    assert glow["lift"]["log"] == spring["lift"]["log"]
    assert glow["lift"]["units"] * 2 == pytest.approx(spring["lift"]["units"] * 3)
    assert glow["lift"]["units"] + glow["lift"]["expected"] == pytest.approx(2400)


def test_engagement_lift_never_makes_orders_incremental(glowing):
    bo = glowing.row(creator="bo", metric="engagement")
    assert bo["lift"]["units"] > 2000
    assert bo["ladder"][3]["amount"] == 60000
    assert bo["ladder"][4]["withheld"] == "NO_ORDER_BASELINE"
    assert bo["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"


def test_only_signed_values_count_and_media_value_stands_apart(told):
    told.given(GLOW + USUAL + VALUES.format(signed=""), at=BEFORE - dt.timedelta(hours=1))
    told.sealed(BEFORE)
    told.given(PAID, at=AFTER)
    ana = told.row(creator="ana")
    assert ana["valued_roi"]["withheld"] == "NO_VALUES"
    assert ana["media_value"] == 80000  # 40,000 views at 0.02


def test_valued_roi_adds_the_signed_value_of_extra_engagement_and_nothing_of_media_value(told):
    told.given(GLOW + USUAL + VALUES.format(signed="cfo"), at=BEFORE - dt.timedelta(hours=1))
    told.sealed(BEFORE)
    told.given(PAID, at=AFTER)
    ana = told.row(creator="ana")
    assert ana["valued_roi"]["schedule"] == "v1"
    worth = ana["lift"]["units"] * 5  # cents
    assert ana["valued_roi"]["point"] == pytest.approx((worth - 30000) / 30000, abs=0.002)
    assert ana["incremental_roi"]["withheld"] == "NO_CASH_OUTCOME"
    assert ana["media_value"] == 80000


def test_a_campaigns_own_value_stands_before_the_general_one(told):
    own = """
    values
    metric     | valid_from | campaign | unit_value | currency | basis          | approved_by
    engagement | 01-01      | glow     | 0.10       | USD      | approved_value | cfo
    """
    told.given(GLOW + USUAL + VALUES.format(signed="cfo") + own, at=BEFORE - dt.timedelta(hours=1))
    told.sealed(BEFORE)
    told.given(PAID, at=AFTER)
    ana = told.row(creator="ana")
    worth = ana["lift"]["units"] * 10
    assert ana["valued_roi"]["point"] == pytest.approx((worth - 30000) / 30000, abs=0.002)


def test_media_value_alone_is_no_schedule_of_values(told):
    told.given(
        GLOW
        + PAID
        + """
        values
        metric | valid_from | unit_value | currency | basis       | approved_by
        views  | 01-01      | 0.02       | USD      | media_value | cfo
        """
    )
    assert told.row(creator="ana")["valued_roi"]["withheld"] == "NO_VALUES"


def leads(*parts):
    """Write a table of leads: (code, first day, how many, days between, won) of each part."""
    rows = ["leads", "lead_id | created_at | stage | won_at | value | currency | code"]
    for code, first, count, step, won in parts:
        for number in range(count):
            at = dt.datetime.fromisoformat(f"2026-{first}T12:00:00") + dt.timedelta(
                days=number * step
            )
            stage = f"won | {at.isoformat()} | 200.00" if number < won else "lead | |"
            rows.append(f"{code}-{first}-{number} | {at.isoformat()} | {stage} | USD | {code}")
    return "\n" + "\n".join(rows) + "\n"


def test_leads_have_their_own_lift_won_ones_are_cash_and_the_others_have_a_signed_value(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        signup   | leads | 05-01  | 05-31 | USD

        codes
        code   | creator | campaign | kind
        ANA    | ana     |          | evergreen
        ANA-26 | ana     | signup   | creator

        agreements
        agreement | campaign | creator | fee    | currency | signed_on
        a         | signup   | ana     | 300.00 | USD      | 04-01

        costs
        document | state    | date  | agreement | type | amount | currency
        i        | invoiced | 05-02 | a         | fee  | 300.00 | USD

        values
        metric | valid_from | unit_value | currency | basis      | approved_by
        leads  | 01-01      | 8.00       | USD      | lead_value | cfo
        """
        + leads(("ANA", "03-21", 20, 2, 0)),
        at=BEFORE - dt.timedelta(hours=1),
    )
    assert told.sealed(BEFORE) == [("ana", "sealed", False)]
    told.given(leads(("ANA-26", "05-01", 11, 1, 3), ("ANA", "05-02", 4, 1, 0)), at=AFTER)
    row = told.row(creator="ana")
    # 10.375 of 15 leads are extra; three were won at 200.00 each.
    assert (row["lift"]["metric"], row["lift"]["units"]) == ("leads", 10.375)
    assert [step["amount"] for step in row["ladder"][1:5]] == [60000, 60000, 60000, 41500]
    assert row["incremental_roi"]["point"] == 0.383333  # (600 x 10.375 / 15 - 300) / 300
    # 12 of 15 are not won: 10.375 x 12 / 15 x 8.00 = 66.40 on top of 415.00.
    assert row["valued_roi"]["point"] == 0.604667
    assert row["cost_per"]["lead"] == 2000
    assert row["cost_per"]["incremental_lead"]["point"] == round(30000 / 10.375)
