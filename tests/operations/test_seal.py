"""Sealing: before the launch, once, for those who take part, from what came before."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Grade
from truelift.measurement.seal import verify_seal
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.seal import correct_baseline, seal_baselines
from truelift.store import workspace_database as records

APRIL = dt.datetime(2026, 4, 20, 12)
MAY = dt.datetime(2026, 5, 20, 12)

CAST = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA    | ana     |          | evergreen
ANA-26 | ana     | spring   |
BO-26  | bo      | spring   |
ZOE    | zoe     | spring   |

participants
campaign | creator | arm
spring   | zoe     | control
spring   | eve     | treated
spring   | out     | excluded

posts
platform  | post_id | creator | published_at
instagram | a1      | ana     | @03-01
instagram | a2      | ana     | @03-08
instagram | b1      | bo      | @03-01

observations
platform  | post_id | observed_at | likes
instagram | a1      | @03-10      | 100
instagram | a2      | @03-17      | 120
"""


def seals(told):
    with told.ground.workspace.transaction() as connection:
        return records.seals(connection, told.ground.brand.brand)


def verdicts(told, at, **asked):
    told.clock.at = at
    return {
        item.creator: (item.verdict, item.late, item.posts)
        for item in seal_baselines(told.ground, **asked)
    }


def test_those_who_take_part_are_sealed_and_controls_are_written_down(told):
    told.given(CAST, at=APRIL)
    assert verdicts(told, APRIL) == {
        "ana": ("sealed", False, 2), "bo": ("sealed", False, 0),
        "eve": ("nothing to seal", False, 0),
    }  # fmt: skip
    kept = seals(told)
    assert {(seal.creator, seal.metric, seal.platform) for seal in kept} == {
        ("ana", "engagement", "instagram"), ("bo", "engagement", "instagram"),
    }  # fmt: skip
    for seal in kept:
        verify_seal(seal.record, seal.sha256)
        assert seal.record["controls"] == ["zoe"]
        assert (seal.sealed_at, seal.sealed_by) == (APRIL, "ana.controller")
        assert seal.record["source_hashes"]


def test_a_sealed_record_is_never_made_again(told):
    told.given(CAST, at=APRIL)
    verdicts(told, APRIL, creator="ana")
    before = seals(told)
    assert verdicts(told, APRIL + dt.timedelta(days=1), creator="ana")["ana"][0] == "already sealed"
    assert seals(told) == before
    with pytest.raises(NotFound, match="no campaign 'winter'"):
        verdicts(told, APRIL, campaign="winter")


def test_history_is_whole_days_outside_own_campaigns_and_two_weeks_at_least(told):
    told.given(
        CAST
        + """
        campaigns
        campaign | goal  | starts | ends  | currency
        march    | sales | 03-10  | 03-19 | USD

        codes
        code  | creator | campaign | kind      | valid_from
        ANA-3 | ana     | march    |           |
        BO    | bo      |          | evergreen | @04-10

        orders
        order_id | ordered_at | currency | subtotal | code
        1        | @03-01     | USD      | 10.00    | ANA
        2        | @03-10     | USD      | 10.00    | ANA-3
        3        | @03-12     | USD      | 10.00    | ANA
        4        | @04-02     | USD      | 10.00    | ANA
        5        | @04-12     | USD      | 10.00    | BO
        """,
        at=APRIL,
    )
    verdicts(told, APRIL)
    counts = {seal.creator: seal.record["counts"] for seal in seals(told) if not seal.platform}
    # From 1 March to 19 April are 50 days, ten of them in the campaign of March. Bo's code is ten
    # days old, too few for a history.
    assert set(counts) == {"ana"}
    (orders,) = counts["ana"]
    assert (orders["metric"], orders["n"], orders["days"]) == ("orders", 2, 40)
    assert (orders["codes"], orders["links"]) == (["ANA"], [])


@pytest.mark.parametrize("late", [True, False])
def test_after_the_launch_only_what_came_before_it_counts_and_only_when_asked_for(told, late):
    told.given(
        CAST
        + """
        posts
        platform  | post_id | creator | published_at | campaign
        instagram | ad      | ana     | @05-02       | spring
        instagram | a3      | ana     | @05-09       |

        observations
        platform  | post_id | observed_at | likes
        instagram | ad      | @05-10      | 900
        instagram | a3      | @05-12      | 900
        """,
        at=MAY,
    )
    told.clock.at = MAY
    found = {item.creator: item for item in seal_baselines(told.ground, late=late)}
    if not late:
        assert found["ana"].verdict == "refused"
        assert "seal with --late" in found["ana"].sentence
        return
    assert (found["ana"].verdict, found["ana"].late, found["ana"].posts) == ("sealed", True, 2)
    (seal,) = [seal for seal in seals(told) if seal.creator == "ana"]
    assert seal.record["late"] is True
    assert seal.record["window_end"].startswith("2026-05-02")


def test_without_any_campaign_every_creator_who_posts_can_be_sealed(told):
    told.given(
        """
        posts
        platform  | post_id | creator | published_at
        instagram | a1      | ana     | @03-01

        observations
        platform  | post_id | observed_at | likes
        instagram | a1      | @03-10      | 100
        """,
        at=APRIL,
    )
    assert verdicts(told, APRIL) == {"ana": ("sealed", False, 1)}


FOREIGN = """
posts
platform  | post_id | creator | published_at | sponsored_by
instagram | a2      | ana     | @03-08       | other brand
"""

LIVE = """
posts
platform  | post_id | creator | published_at | campaign
instagram | ad      | ana     | @05-02       | spring

observations
platform  | post_id | observed_at | likes
instagram | ad      | @05-10      | 900
"""


def corrected(told, at, **asked):
    told.clock.at = at
    asked = {"creator": "ana", "campaign": "spring", "reason": "a2 was another brand's"} | asked
    (verdict,) = correct_baseline(told.ground, **asked)
    return verdict


def listed(told):
    return [row for row in told.ws.list("baselines").rows if row["creator"] == "ana"]


@pytest.mark.soak
def test_a_correction_is_a_new_record_beside_the_one_it_supersedes(told):
    told.given(CAST, at=APRIL)
    verdicts(told, APRIL)
    (first,) = [seal for seal in seals(told) if seal.creator == "ana"]
    day = APRIL + dt.timedelta(days=1)
    told.given(FOREIGN, at=day)
    verdict = corrected(told, day)
    assert (verdict.verdict, verdict.late, verdict.posts) == ("corrected", False, 1)
    old, new = listed(told)
    assert (old["sha256"], old["posts"], old["superseded_by"]) == (first.sha256, 2, new["sha256"])
    assert (new["posts"], new["supersedes"], new["reason"]) == (
        1, first.sha256, "a2 was another brand's",
    )  # fmt: skip
    assert new["sha256"] == verdict.sha256
    for seal in seals(told):
        verify_seal(seal.record, seal.sha256)
    # A correction can be corrected: the chain goes on, and one record stands.
    told.given(FOREIGN.replace("a2 ", "a1 ").replace("03-08", "03-01"), at=day)
    assert corrected(told, day + dt.timedelta(days=1), reason="a1 too").verdict == "corrected"
    third = listed(told)[-1]
    assert (third["supersedes"], third["withheld"]) == (new["sha256"], "NO_BASELINE")
    assert [row["superseded_by"] is None for row in listed(told)] == [False, False, True]


def test_what_is_measured_afterwards_uses_the_correction_and_what_was_known_does_not(told):
    told.given(CAST, at=APRIL)
    verdicts(told, APRIL)
    told.given(LIVE, at=MAY)
    told.given(FOREIGN.replace("other brand", "").replace("03-08", "03-20"), at=MAY)
    told.given(
        """
        observations
        platform  | post_id | observed_at | likes
        instagram | a2      | @05-15      | 300
        """,
        at=MAY,
    )

    def lift(**asked):
        return Measurement(knowledge(told.ground, **asked)).lift("spring", "engagement")["ana"]

    before = lift()
    verdict = corrected(told, MAY + dt.timedelta(hours=1), reason="the count of a2 was stale")
    assert (verdict.verdict, verdict.late) == ("corrected", True)
    after = lift()
    assert (before.late, after.late, after.grade) == (False, True, Grade.C)
    assert after.log < before.log
    assert lift(known_at=MAY) == before


def test_a_correction_needs_a_reason_a_sealed_creator_and_something_to_correct(told):
    told.given(CAST, at=APRIL)
    assert corrected(told, APRIL).verdict == "refused"
    assert "never sealed" in corrected(told, APRIL).sentence
    verdicts(told, APRIL)
    with pytest.raises(UsageError, match="Say why"):
        corrected(told, APRIL, reason="  ")
    with pytest.raises(NotFound, match="no creator 'nobody'"):
        corrected(told, APRIL, creator="nobody")
    again = corrected(told, APRIL)
    assert (again.verdict, len(listed(told))) == ("refused", 1)
    assert "nothing to correct" in again.sentence
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        autumn   | sales | 09-01  | 09-30 | USD

        participants
        campaign | creator | arm
        autumn   | ana     | treated
        """,
        at=APRIL,
    )
    verdicts(told, APRIL, campaign="autumn")
    with pytest.raises(UsageError, match=r"several campaigns.*autumn, spring"):
        corrected(told, APRIL, campaign=None)


def test_a_creator_who_takes_part_in_nothing_was_never_sealed(told):
    told.given(CAST + "\ncreators\ncreator | name\nzoe | Zoe\n", at=APRIL)
    verdicts(told, APRIL)
    verdict = corrected(told, APRIL, creator="zoe")
    assert (verdict.verdict, verdict.campaign, verdict.creator) == ("refused", "spring", "zoe")
