"""The scorecard, in figures and in sentences."""

from __future__ import annotations

import datetime as dt

from truelift.decisions.scorecard import ADVICE, FORECAST, LIMITS, Score
from truelift.reports.scorecard import ScoreRow, once, score_json, score_table, sentence

DAY = dt.datetime(2026, 5, 15)


SAID = "expected gain by won contribution 40.00 USD, by what is known now 50.00 USD; that was"


def row(score, **given):
    told = {"campaign": "spring", "as_of": DAY, "known_at": DAY, "proposal": None, "state": None}
    told["value_basis"] = "won contribution"
    return ScoreRow(**told | given, score=score)


def advice(*, held, recommended=True, outcome=5_000.0, regret=0.0):
    return Score(ADVICE, None, 4_000.0, 3_000.0, 5_000.0, outcome, held, regret, recommended)


ROWS = [
    row(Score(LIMITS, "ana", 0.5, 0.1, 0.9, 0.45, held=True)),
    row(Score(LIMITS, "ana", 0.5, 0.1, 0.9, -0.2, held=False)),
    row(Score(FORECAST, "ana", 9_000.0, 8_000.0, 10_000.0, 8_500.4, held=True)),
    row(Score(FORECAST, "ana", 9_000.0, 8_000.0, 10_000.0, 500.0, held=False)),
    row(advice(held=True, regret=4_000.0), state="rejected", moves=(("vera", -1_600),)),
    row(
        advice(held=False, recommended=False, regret=5_000.0),
        state="not decided",
        moves=(("vera", -100),),
    ),
    row(advice(held=True)),
]


def test_every_row_says_what_was_said_and_what_came():
    told = [each["why"] for each in score_json(ROWS, "USD")["rows"]]
    assert told == [
        "Said +0.10 to +0.90, now +0.45 (log lift): held.",
        "Said +0.10 to +0.90, now -0.20 (log lift): did not hold.",
        "Said 80.00 USD to 100.00 USD by won contribution, now 85.00 USD: held.",
        "Said 80.00 USD to 100.00 USD by won contribution, now 5.00 USD: did not hold.",
        f"Advised less for vera (16.00 USD): {SAID} right; rejected, regret 40.00 USD.",
        f"Advised against less for vera (1.00 USD): {SAID} wrong; not decided, regret 50.00 USD.",
        "Advised to leave all as it is; no move was possible that would have gained.",
    ]  # fmt: skip


def test_kinds_are_counted_and_the_table_has_advice_first():
    told = score_json(ROWS, "USD")
    assert [(each["kind"], each["held"], each["count"]) for each in told["tallies"]] == [
        ("limits", 1, 2), ("forecast", 1, 2), ("advice", 2, 3),
    ]  # fmt: skip
    assert told["tallies"][2]["regret"] == 9_000
    assert told["rows"][4]["moves"] == {"vera": -1_600}
    assert (
        "2 of 3 pieces of advice: right by what is known now (regret of what was decided "
        "or left 90.00 USD in all)" in (told["sentence"])
    )
    table = score_table(ROWS, "USD")
    assert [line["kind"] for line in table.rows][:3] == ["advice"] * 3
    assert table.rows[0]["held"] == "yes"


def test_advice_that_was_decided_counts_once():
    moves = (("vera", -1_600),)
    weekly = row(advice(held=True), state="not decided", moves=moves)
    decided = row(advice(held=True), state="rejected", moves=moves, proposal="other id")
    later = row(advice(held=True), state="not decided", moves=moves, as_of=DAY.replace(day=22))
    other = row(advice(held=True), state="not decided", moves=(("vera", -800),))
    assert once([*ROWS[:3], weekly, other, later, decided]) == [*ROWS[:3], other, later, decided]
    assert once([weekly, later]) == [weekly, later]


def test_where_nothing_was_said_it_says_so():
    assert sentence([], "USD").startswith("Nothing was said yet")
