"""Counts by usual days: what is sealed of codes and links, and what came of a campaign so far."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from truelift.measurement.seal import read_weekdays
from truelift.operations.counts import observed, window_days
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.panels import Panels
from truelift.operations.today import today
from truelift.store import workspace_database as records
from truelift.workspace.workspace import Workspace

ZONE = "America/New_York"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"

LINKS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
BO     | bo      |          | evergreen
BO-26  | bo      | spring   | creator

links
slug  | destination           | creator | campaign | kind
ana   | https://shop.example/ | ana     |          | evergreen
ana26 | https://shop.example/ | ana     | spring   | campaign
other | https://shop.example/ | ana     |          |

agreements
agreement | campaign | creator | currency | signed_on
a         | spring   | ana     | USD      | 04-01
b         | spring   | bo      | USD      | 04-01
"""


def clicks(slug, first, last, per_day, *, agent=BROWSER, name="c"):
    """Write clicks on a link: `per_day(weekday)` on each day of 2026 between two days."""
    day, rows = dt.date.fromisoformat(f"2026-{first}"), []
    while day <= dt.date.fromisoformat(f"2026-{last}"):
        rows += [
            f"{name}-{slug}-{day}-{n} | {day}T12:00:00 | {slug} | {agent}"
            for n in range(per_day(day.weekday()))
        ]
        day += dt.timedelta(days=1)
    return "\n".join(["", "clicks", "click_id | clicked_at | slug | user_agent", *rows, ""])


def busy_fridays(weekday):
    return 9 if weekday == 4 else 1


@pytest.fixture
def linked(told):
    """Ana's evergreen link has a history with busy Fridays, and her campaign begins on one."""
    told.given(
        LINKS
        + clicks("ana", "02-02", "04-29", busy_fridays)
        + clicks("other", "02-02", "04-29", lambda _: 3)
        + clicks("ana", "02-02", "04-29", lambda _: 2, agent="curl/8.5", name="bot"),
        at=dt.datetime(2026, 4, 30, 1),
    )
    told.sealed(dt.datetime(2026, 4, 30, 2))
    return told.given(
        """
        posts
        platform  | post_id | creator | published_at        | campaign
        instagram | ad      | ana     | 2026-05-01T00:00:00 | spring
        """
        + clicks("ana", "05-01", "05-01", busy_fridays)
        + clicks("ana26", "04-30", "04-30", lambda _: 40)
        + clicks("ana26", "05-02", "05-03", lambda _: 1),
        at=dt.datetime(2026, 5, 4),
    )


def test_a_history_of_clicks_is_of_evergreen_links_and_keeps_its_week(linked):
    with linked.ground.workspace.transaction() as connection:
        seals = {item.creator: item.record for item in records.seals(connection, "acme")}
    (sealed,) = seals["ana"]["counts"]
    assert (sealed["metric"], sealed["days"]) == ("clicks", 86)
    assert (sealed["codes"], sealed["links"]) == ([], ["ana"])
    assert (sealed["first_day"], sealed["last_day"]) == ("2026-02-02", "2026-04-28")
    factors = read_weekdays(seals["ana"], "clicks")
    assert factors[4] == pytest.approx(9 * 7 / 15, rel=0.05)
    assert sealed["usual_days"] == pytest.approx(84 + factors[:2].sum())
    assert read_weekdays(None, "clicks").tolist() == [1] * 7


def test_a_campaign_that_begins_on_a_busy_friday_is_no_lift(linked):
    figures = Measurement(knowledge(linked.ground)).lift("spring", "clicks")
    assert figures["ana"].observed == 11  # 9 on Friday, one each day after, none before the launch
    assert figures["ana"].expected == pytest.approx(11, abs=1.2)
    assert figures["ana"].low < 0 < figures["ana"].high


def test_every_day_counts_by_its_weekday_and_by_what_was_seen_of_it():
    factors = np.array([1.0, 1, 1, 1, 2, 0.5, 0.5])
    noon, evening = dt.datetime(2026, 5, 1, 16), dt.datetime(2026, 5, 2, 22)
    # Friday from noon in New York, and three quarters of Saturday.
    assert window_days(noon, evening, ZONE, factors) == pytest.approx(0.5 * 2 + 0.75 * 0.5)
    assert window_days(noon, noon, ZONE, factors) == 0


def test_without_sealed_factors_a_window_has_plain_days(told):
    panels = Panels(knowledge(told.ground, as_of=dt.datetime(2026, 7, 1)))
    noon = dt.datetime(2026, 5, 1, 16)
    # From 1 May, noon in New York, to its last midnight in May.
    windows = {"ana": (noon, dt.date(2026, 5, 31))}
    found = observed(panels, "spring", "orders", windows, {})
    assert round(found["ana"].days, 6) == 30.5
    assert found["ana"].units == 0


def counted_by_hand(rows):
    """Count human clicks in plain Python: (counted, visits)."""
    last, counted, visits = {}, 0, 0
    for at, click_id, slug, visitor, agent in sorted(rows):
        if agent != BROWSER:
            continue
        who = (slug, visitor or click_id)
        gap = (at - last[who]).total_seconds() if who in last else 10**6
        counted, visits = counted + (gap > 10), visits + (gap > 1800)
        last[who] = at
    return counted, visits


def test_double_fires_are_kept_and_not_counted_and_visits_stand_beside(told):
    chance = random.Random(7)
    start, rows = dt.datetime(2026, 5, 2, 12), []
    for number in range(400):
        at = start + dt.timedelta(seconds=chance.choice((5, 10, 11, 600, 1800, 1801, 9000))
                                  + chance.randrange(9) * 10)  # fmt: skip
        agent = "curl/8.5" if chance.random() < 0.1 else BROWSER
        visitor = chance.choice((*"abcdefghij", ""))
        rows.append((at, f"k{number:03}", chance.choice(("ana", "ana26")), visitor, agent))
    cells = "\n".join(
        f"{name} | {at.isoformat()}Z | {slug} | {visitor} | {agent}"
        for at, name, slug, visitor, agent in rows
    )
    told.given(
        LINKS
        + "\nposts\nplatform | post_id | creator | published_at | campaign\n"
        + "instagram | ad | ana | 2026-05-01T00:00:00 | spring\n"
        + "\nclicks\nclick_id | clicked_at | slug | visitor | user_agent\n" + cells,
        at=dt.datetime(2026, 5, 2, 23),
    )  # fmt: skip
    outputs = told.row(by="campaign", campaign="spring")["outputs"]
    counted, visits = counted_by_hand(rows)
    assert (outputs["clicks_raw"], outputs["clicks_counted"]) == (400, counted)
    assert outputs["visits"] == visits
    assert visits < counted < 360
    days = Panels(knowledge(told.ground)).counted_days("clicks")
    assert sum(row["units"] for row in days if row["campaign"] == "spring") == counted
    assert {row["kind"]: row["count"] for row in today(told.ground)}["clicks"] == counted
    assert len(Workspace(told.ground).list("clicks").rows) == 400
