"""Precision and recall of matching on labelled sets; docs/matching.md shows what this measures."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from truelift.ledger.source import Facts
from truelift.ledger.supplier_documents import settle
from truelift.ledger.verdict import Outcome

SET = Path(__file__).with_name("matching_set.py")


def judged(seed, invoices=400):
    """Count what is exact and right, exact and wrong, to be found; decidable found, decidable."""
    labelled = runpy.run_path(str(SET))["drawn"](seed, invoices)
    facts = Facts(tuple(labelled.agreements))
    found = settle(labelled.invoices, labelled.lines, facts, (), {})
    right = wrong = sure = 0
    for verdict in (*found.invoices, *found.payments):
        if verdict.outcome is Outcome.EXACT and verdict.shares:
            told = {share.item: share.amount_minor for share in verdict.shares}
            if told == labelled.truth[verdict.line]:
                right += 1
                sure += verdict.line in labelled.decidable
            else:
                wrong += 1
    wanted = sum(bool(truth) for truth in labelled.truth.values())
    return right, wrong, wanted, sure, len(labelled.decidable)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_booked_by_itself_is_right_and_hardly_anything_is_left(seed):
    right, wrong, wanted, _, _ = judged(seed)
    assert wrong == 0
    assert right / wanted >= 0.95


def main() -> None:
    """Print precision and recall over many seeds: python test_matching_quality.py [SEEDS]."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    totals = [sum(column) for column in zip(*map(judged, range(seeds)), strict=True)]
    right, wrong, wanted, sure, decidable = totals
    sys.stdout.write(
        f"{seeds} seeds, {wanted} lines that settle something\n"
        f"precision of exact {right / (right + wrong):.4f} ({wrong} wrong)\n"
        f"recall {right / wanted:.4f} ({right} of {wanted})\n"
        f"recall of those that name what they settle {sure / decidable:.4f}\n"
    )


if __name__ == "__main__":
    main()
