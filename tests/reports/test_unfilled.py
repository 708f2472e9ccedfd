"""An answer without rows says what fills it."""

from __future__ import annotations

import pytest

from truelift.facts.kinds import KINDS
from truelift.reports.table import Table, plain_table
from truelift.reports.unfilled import QUESTIONS, in_place, not_yet, sentence


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_names_kinds_that_exist_and_says_something(question):
    assert set(QUESTIONS[question].needs) <= set(KINDS)
    assert sentence(question, None).endswith(".")


def test_what_was_not_known_by_the_time_asked_for_is_said():
    assert not_yet("orders", "2020-01-01T00:00:00Z") == (
        "No orders were known by 2020-01-01T00:00:00Z; ask for a later `--known-at`, or leave it "
        "out."
    )


def test_the_first_kind_that_is_missing_is_named_with_the_command_that_brings_it():
    empty = in_place(Table("Alerts", (), ()), "alerts", "orders")
    assert empty.instead.startswith("No orders are known yet")
    assert "`truelift import orders.csv`" in empty.instead
    assert in_place(Table("Alerts", (), ()), "alerts", None).instead.startswith("No alert stands")
    full = plain_table("Alerts", [{"id": 1}])
    assert in_place(full, "alerts", None) is full
