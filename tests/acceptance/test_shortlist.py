"""The shortlist of the sample programme beside its known truth."""

from __future__ import annotations

import json

from scipy import stats


def true_returns(demo):
    """Give what each creator really brought per unit of money, over its cash campaigns."""
    found = {}
    for pair in demo.truth["pairs"]:
        if pair["goal"] != "awareness" and pair["incremental_roi"] is not None:
            found.setdefault(pair["creator"], []).append(pair["incremental_roi"] + 1)
    return {name: sum(many) / len(many) for name, many in found.items()}


def test_who_looks_profitable_and_brings_nothing_ranks_down_and_the_truth_agrees(
    demo, truelift, show
):
    trap = demo.truth["special"]["trap"]["creator"]
    told = json.loads(truelift("shortlist", "-w", demo.workspace))
    rows = {row["creator"]: row for row in told["rows"]}
    truth = true_returns(demo)
    vera = rows[trap]
    assert vera["past"][0]["raw_return"] > 2
    assert truth[trap] < 1
    assert vera["expected_return"]["own_return"] < 1
    assert vera["rank"] > 0.9 * told["ranked"]
    assert "looks profitable, but most of it would have come without the campaign" in vera["why"]
    own = [row for row in told["rows"] if row["evidence"] == "own" and row["creator"] in truth]
    true = [truth[row["creator"]] for row in own]
    found = [row["expected_return"] for row in own]
    agreement = stats.spearmanr([one["point"] for one in found], true).statistic
    inside = sum(one["low"] <= real <= one["high"] for one, real in zip(found, true, strict=True))
    show(
        "truelift shortlist, beside the truth",
        f"{trap}: rank {vera['rank']} of {told['ranked']}",
        f"rank correlation with the true returns of {len(own)} measured creators: {agreement:.2f}",
        f"true return inside the 80 % interval: {inside} of {len(own)}",
    )
    assert agreement > 0.7
    assert inside >= 0.6 * len(own)
