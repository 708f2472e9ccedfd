"""Alerts over a told workspace: raised, kept once, owned, snoozed, closed, and over."""

import datetime as dt

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.decisions.alert import Rule, alert_id
from truelift.operations import alerts
from truelift.operations.watched import Watching

STORY = """
creators
creator | name
ana     | Ana
bo      | Bo

campaigns
campaign | goal  | starts | ends  | budget | currency | hashtags
spring   | sales | 05-01  | 05-31 | 400.00 | USD      | springday
pound    | sales | 05-01  | 05-31 | 400.00 | GBP      |

codes
code   | creator | campaign | kind
ANA-26 | ana     | spring   | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on | usage_to
a1        | spring   | ana     | 300.00 | USD      | 04-01     | 05-20
b1        | spring   | bo      | 200.00 | USD      | 04-01     |

deliverables
deliverable | agreement | price  | due_on | live_at
a2          | a1        | 100.00 | 05-12  |
b2          | b1        | 200.00 | 05-03  | @05-03

posts
platform  | post_id | creator | published_at | format | campaign | disclosed | caption
instagram | p1      | ana     | @05-08       | reel   | spring   | no        | Look!
instagram | s1      | ana     | @05-10       | story  | spring   | yes       |

orders
order_id | ordered_at | code   | currency | subtotal | cogs
o1       | @05-05     | ANA-26 | USD      | 100.00   | 40.00
"""
AT = dt.datetime(2026, 5, 11, 10)


@pytest.fixture
def story(told):
    return told.given(STORY, at=AT)


def rules(found):
    return sorted({(each.rule, each.subject) for each in found if each.open})


def test_the_rules_see_what_is_wrong_at_a_time_and_reading_keeps_nothing(story):
    _, found, _ = alerts.alerts(story.ground, as_of=AT)
    assert rules(found) == [
        ("budget_overrun", "spring"), ("code_before_post", "spring/ANA-26"),
        ("deliverable_due", "a2"), ("hashtag_missing", "instagram/p1"),
        ("no_baseline", "spring/bo"), ("not_disclosed", "instagram/p1"),
        ("story_expires", "instagram/s1"), ("usage_right_ends", "a1"),
    ]  # fmt: skip
    assert alerts.kept_alerts(story.ground) == {}
    shown = story.ws.alerts(open_only=True, as_of="2026-05-11T06:00").table
    assert len(shown.rows) == 8
    assert all(row["why"] and row["action"] for row in shown.rows)


def test_who_is_far_behind_plan_is_told_with_the_pace(story):
    story.given(
        """
        targets
        campaign | creator | metric | target
        spring   |         | orders | 300
        """,
        at=AT,
    )
    _, found, _ = alerts.alerts(story.ground, as_of=AT)
    (pace,) = [each for each in found if each.rule == "pace"]
    assert pace.subject == "spring//orders"
    assert "1 orders of 300, " in pace.sentence


def test_a_check_keeps_and_tells_once_and_an_alert_ends_with_its_cause(story):
    opened, told = alerts.check(story.ground, now=AT)
    assert sum(len(each.alerts) for each in told) == len(opened) == 8
    assert len(told) == 6
    again, more = alerts.check(story.ground, now=AT + dt.timedelta(minutes=2))
    assert (len(again), more) == (8, [])
    story.given(
        "posts\nplatform | post_id | creator | published_at | format | campaign | disclosed "
        "| caption\ninstagram | p1 | ana | @05-08 | reel | spring | yes | Look! #springday\n",
        at=AT + dt.timedelta(hours=1),
    )
    left, _ = alerts.check(story.ground, now=AT + dt.timedelta(hours=2))
    assert {"not_disclosed", "hashtag_missing"}.isdisjoint(each.rule for each in left)
    kept = alerts.kept_alerts(story.ground).values()
    assert {each.rule for each in kept if not each.open} == {"not_disclosed", "hashtag_missing"}


def test_what_was_raised_later_is_not_known_on_an_earlier_day(story):
    alerts.check(story.ground, now=AT)
    earlier = dt.datetime(2026, 5, 4)
    _, found, _ = alerts.alerts(story.ground, as_of=earlier)
    assert {each.opened_at for each in found} == {earlier}
    assert "hashtag_missing" not in {each.rule for each in found}


@pytest.mark.usefixtures("story")
def test_an_alert_is_owned_snoozed_and_closed_by_people(acting):
    ground = acting("kim", Role.MARKETER)
    alerts.check(ground, now=AT)
    name = next(each.id for each in alerts.kept_alerts(ground).values() if each.subject == "a2")
    assert alerts.own(ground, name, "kim").owner == "kim"
    until = AT + dt.timedelta(days=2)
    assert alerts.snooze(ground, name, until=until).snoozed_until == until
    closed = alerts.close(ground, name)
    assert (closed.closed_by, closed.muted) == ("kim", True)
    after, _ = alerts.check(ground, now=AT + dt.timedelta(hours=1))
    assert name not in {each.id for each in after}
    for call in (
        lambda: alerts.own(ground, name, "kim"),
        lambda: alerts.close(ground, "nothing"),
    ):
        with pytest.raises(NotFound, match="no open alert"):
            call()


def test_bad_words_and_who_only_reads_are_refused(story, acting):
    (first, *_) = alerts.alerts(story.ground, open_only=True, as_of=AT)[1]
    with pytest.raises(UsageError, match="who looks after"):
        alerts.own(story.ground, first.id, " ")
    with pytest.raises(UsageError, match="at most 90 days"):
        alerts.snooze(story.ground, first.id, until=AT - dt.timedelta(days=900))
    with pytest.raises(UsageError, match="--days"):
        story.ws.snooze_alert(first.id)
    with pytest.raises(Refused):
        alerts.check(acting("audrey", Role.AUDITOR))


def test_an_id_that_is_none_is_refused_before_a_rule_is_asked(story, monkeypatch):
    def asked(_watching):
        pytest.fail("a rule was asked")

    monkeypatch.setattr(Watching, "quick", asked)
    with pytest.raises(NotFound, match="no open alert"):
        alerts.snooze(story.ground, "nosuch", length=dt.timedelta(days=1))


def test_an_alert_that_was_never_kept_is_found_by_its_id_and_measured_only_if_it_is_a_return(
    story, monkeypatch
):
    (first, *_) = alerts.alerts(story.ground, open_only=True)[1]
    measured = alert_id(Rule.ROI_BELOW_TARGET, "spring/ana")
    calls = []
    monkeypatch.setattr(Watching, "expected", lambda _watching: calls.append(1) or [])
    assert alerts.own(story.ground, first.id, "kim").id == first.id
    assert calls == []
    with pytest.raises(NotFound):
        alerts.own(story.ground, measured, "kim")
    assert calls == [1]
