"""Alerts open, stay, are snoozed, closed and over; messages group them and are few."""

import datetime as dt
from dataclasses import replace

import pytest

from truelift.decisions.alert import PER_HOUR, Finding, Level, Rule, level_of, messages, step

NOON = dt.datetime(2026, 5, 1, 12)
HOUR = dt.timedelta(hours=1)


def finding(subject="summer", level=Level.RAISED, rule=Rule.PACE, **given):
    return Finding(
        rule=rule, subject=subject, sentence="It is.", action="Do.", level=level, **given
    )


def opened(**given):
    (alert,) = step({}, [finding()], NOON).values()
    return replace(alert, **given)


@pytest.mark.parametrize(
    ("value", "level"), [(1.0, Level.RAISED), (0.95, Level.BETWEEN), (0.9, None), (0.1, None)]
)
def test_a_figure_is_raised_beyond_one_limit_and_over_below_another(value, level):
    assert level_of(value, 1.0, 0.9) is level


def test_an_alert_opens_when_raised_stays_between_and_ends_when_over():
    assert step({}, [finding(level=Level.BETWEEN)], NOON) == {}
    alert = opened()
    assert alert.waits(NOON)
    assert step({alert.id: alert}, [finding(level=Level.BETWEEN)], NOON + HOUR) == {}
    over = step({alert.id: alert}, [], NOON + HOUR)[alert.id]
    assert (over.open, over.closed_at) == (False, NOON + HOUR)
    assert step({over.id: over}, [], NOON + 2 * HOUR) == {}
    assert step({over.id: over}, [finding(level=Level.BETWEEN)], NOON + 2 * HOUR) == {}


@pytest.mark.parametrize(("hours", "told"), [(2, False), (30, True)])
def test_what_comes_back_soon_is_not_told_again(hours, told):
    over = opened(open=False, closed_at=NOON, owner="kim", told_at=NOON)
    back = step({over.id: over}, [finding()], NOON + hours * HOUR)[over.id]
    assert (back.open, back.waits(NOON + hours * HOUR), back.owner) == (True, told, "kim")


def test_what_a_person_closed_stays_closed_until_it_is_over():
    muted = opened(open=False, muted=True, closed_at=NOON, closed_by="kim")
    assert step({muted.id: muted}, [finding()], NOON + HOUR) == {}
    over = step({muted.id: muted}, [], NOON + 30 * HOUR)[muted.id]
    assert (over.muted, over.closed_at) == (False, NOON)
    assert step({over.id: over}, [finding()], NOON + 60 * HOUR)[muted.id].open


def test_a_snoozed_alert_is_told_again_when_the_time_is_over():
    alert = opened(told_at=NOON, snoozed_until=NOON + 2 * HOUR)
    assert not alert.waits(NOON + HOUR)
    assert step({alert.id: alert}, [finding()], NOON + HOUR) == {}
    woken = step({alert.id: alert}, [finding()], NOON + 2 * HOUR)[alert.id]
    assert woken.waits(NOON + 2 * HOUR)


def test_messages_group_by_rule_and_campaign():
    found = [finding(f"s{at}", campaign="summer") for at in range(3)]
    found.append(finding("shop", rule=Rule.NO_ORDERS))
    made = messages(step({}, found, NOON).values(), [], NOON)
    assert [(each.title, len(each.alerts)) for each in made] == [
        ("no orders", 1), ("pace in summer: 3", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("sent", "made"), [(0, PER_HOUR), (PER_HOUR - 1, 1), (PER_HOUR, 0)])
def test_only_so_many_messages_an_hour_and_the_last_takes_the_rest(sent, made):
    found = [finding(f"s{at}", campaign=f"campaign-{at}") for at in range(20)]
    got = messages(step({}, found, NOON).values(), [NOON] * sent, NOON)
    assert len(got) == made
    assert sum(len(each.alerts) for each in got) == (20 if made else 0)
    later = NOON + HOUR
    assert len(messages(step({}, found, later).values(), [NOON] * sent, later)) == PER_HOUR
