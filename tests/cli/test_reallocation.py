"""Moving money at the command line: rows like every other, and words for what is off."""

from __future__ import annotations

import json

import pytest


def test_a_campaign_that_is_over_has_a_reason_in_place_of_advice(command, shop):
    code, out, _ = command("reallocate", "-w", shop, "--campaign", "spring", "--format", "json",
                           "--floor", "ana=1.00", "--cap", "ana=900.00", "--exclude", "bo",
                           "--exclusive", "ana+bo")  # fmt: skip
    assert code == 0
    told = json.loads(out)
    assert told["proposal"]["withheld"]
    assert {row["creator"] for row in told["rows"]} == {"ana", "bo"}
    assert all(row["why"].startswith("Stays as it is: ") for row in told["rows"])


def test_every_part_prints_rows(command, shop):
    for words in (("fee", "--campaign", "spring"), ("reallocate", "scorecard"),
                  ("reallocate", "versions")):  # fmt: skip
        code, out, _ = command(*words, "-w", shop, "--format", "json")
        assert code == 0
        assert "rows" in json.loads(out)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--campaign", "spring", "--floor", "ana"), 2, "--floor ana is not creator=amount"),
        (("--campaign", "spring", "--budget", "much"), 2, "'much' of budget is not an amount"),
        (
            ("--campaign", "spring", "--floor", "ana=1", "--floor", "ana=2"),
            2,
            "--floor names ana twice (1 and 2); name it once.",
        ),
        (("--campaign", "winter"), 1, "There is no campaign 'winter'"),
    ],
)
def test_what_cannot_be_read_is_named(command, shop, words, code, said):
    found, _, errors = command("reallocate", "-w", shop, *words)
    assert (found, said in errors) == (code, True), errors


def test_what_was_not_known_by_the_time_asked_for_is_said(command, shop):
    for words in (("forecast",), ("shortlist",)):
        code, out, _ = command(*words, "-w", shop, "--known-at", "2020-01-01")
        assert (code, "were known by 2020-01-0" in out) == (0, True), out


def test_deciding_needs_an_id_of_a_proposal_and_a_reason(command, shop):
    code, _, said = command("reallocate", "accept", "nothing", "-w", shop)
    assert (code, "is not a figure id" in said) == (2, True)
    code, out, _ = command("reallocate", "-w", shop, "--campaign", "spring", "--format", "json")
    proposal = json.loads(out)["proposal"]["id"]
    code, _, said = command("reallocate", "accept", proposal, "-w", shop)
    assert (code, "There is nothing to accept" in said) == (2, True)
    code, out, _ = command("reallocate", "reject", proposal, "-w", shop, "--reason", "over",
                           "--format", "json")  # fmt: skip
    assert (code, json.loads(out)["rows"][0]["state"]) == (0, "rejected")
    code, _, said = command("reallocate", "scorecard", "-w", shop, "--every", "0")
    assert (code, "is no number of days" in said) == (2, True)
    code, _, said = command("reallocate", "scorecard", "-w", shop, "--campaign", "winter")
    assert (code, "There is no campaign" in said) == (1, True)
