"""What is kept up by changes is what would be read anew, whatever comes in and in which order."""

import datetime as dt
import random

import pytest

from truelift.operations.today import FORGOTTEN, MOST_RUNS, TENS, Today, runs, today

NOON = dt.datetime(2026, 5, 12, 16)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"


def clicks(draw, step):
    """Write clicks around noon: a few links and visitors, some again at another time, some bots."""
    lines = []
    for number in range(draw.randint(1, 12)):
        again = step > 0 and draw.random() < 0.15
        name = f"c{draw.randrange(step)}-0" if again else f"c{step}-{number}"
        after = draw.choice([0, 3, 9, 10, 10.5, 11, 19, 200, 86_390]) + draw.random()
        at = NOON + dt.timedelta(seconds=after)
        agent = draw.choice([BROWSER, BROWSER, "curl/8"])
        visitor = draw.choice(["v1", "v2", ""])
        lines.append(f"{name} | {at.isoformat()} | {draw.choice('ab')} | {visitor} | {agent}")
    return "\n".join(["", "clicks", "click_id | clicked_at | slug | visitor | user_agent", *lines])


@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_reading_everything_gives(told, seed):
    draw, kept = random.Random(seed), None
    for step in range(5):
        at = NOON + dt.timedelta(hours=step if step < 4 else 24)
        orders = f"""
        orders
        source | order_id | ordered_at | currency | subtotal
        shop   | {step}   | {at.isoformat()} | USD | 1{step}.00
        """
        told.tried(clicks(draw, step) + "\n" + orders, at=at)  # one file may contradict itself
        kept = kept or Today(told.ground)
        rows, heard = kept.told()
        fresh_rows, fresh_heard = Today(told.ground).told()
        assert rows == fresh_rows == today(told.ground)
        assert sorted(heard, key=str) == sorted(fresh_heard, key=str)
        assert {each.kind for each in heard} >= {"clicks", "orders"}


def test_what_was_never_committed_is_read_anew(told):
    told.given(clicks(random.Random(1), 0), at=NOON)
    kept = Today(told.ground)
    before = kept.told()
    kept._clicks[NOON] = 1_000
    assert kept.told() != before
    kept.forget()
    assert kept.told() == before


def test_stretches_reach_as_far_as_a_click_can_matter_and_are_joined():
    at = [NOON + number * TENS for number in range(100)]
    assert list(runs({at[0]})) == [(at[0], at[3])]
    assert at[3] - at[1] > FORGOTTEN
    assert list(runs({at[0], at[3], at[9]})) == [(at[0], at[6]), (at[9], at[12])]
    many = {NOON + number * 10 * TENS for number in range(MOST_RUNS + 1)}
    assert list(runs(many)) == [(NOON, NOON + (10 * MOST_RUNS + 3) * TENS)]
