"""The identities hold for whatever the rules book, and name the agreement when they do not."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from truelift.ledger.identities import AgreementSum, violations

PROPERTIES = runpy.run_path(str(Path(__file__).parent / "test_recognition_properties.py"))


def sums(entries):
    found = Counter()
    for entry in entries:
        for each in entry.postings:
            if each.agreement is not None and each.tax_code is None:
                key = each.agreement, each.currency, each.account, entry.rule, entry.kind
                found[key] += each.amount_minor
    return [AgreementSum(*key, amount) for key, amount in found.items()]


@settings(max_examples=200, deadline=None)
@given(PROPERTIES["facts_of"], PROPERTIES["policies"])
def test_whatever_the_facts_the_identities_hold(facts, policy):
    entries, _ = PROPERTIES["book"](facts, policy=policy)
    assert violations(sums(entries)) == []


def row(account, rule, amount, kind="x"):
    return AgreementSum("A1", "USD", account, rule, kind, amount)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("9500", "R01", -100, "commitment_used")], "committed 0.00 USD"),
        ([row("9500", "R01", 100, "tampered")], "open 1.00 USD"),
        ([row("2000", "R13", 500), row("6100", "R13", -500)], "payable -5.00 USD"),
        ([row("2000", "R99", -500), row("6100", "R99", 500)], "invoiced 0.00 USD"),
        ([row("6100", "R03", 500), row("2100", "R03", -400)], "accrued 5.00 USD"),
        ([row("1400", "R02", -500), row("1000", "R02", 500)], "prepaid -5.00 USD"),
    ],
)
def test_what_does_not_hold_is_told_in_a_sentence(rows, words):
    found = violations(rows)
    assert any(words in sentence for sentence in found)
    assert all(sentence.startswith("Agreement A1: ") for sentence in found)


def test_a_reversal_takes_a_commitment_back():
    rows = [
        row("9500", "R01", 100, "commitment"),
        row("9500", "R01", -100, "reversal:commitment"),
        row("9500", "R01", 90, "commitment~2"),
    ]
    assert violations(rows) == []
