"""The catalogue of posting rules: their ids, versions and sentences.

In:   nothing.
Out:  `RULES`.

A change in what a rule books is a new version. Rules that are not here yet are not booked: R04
retainers, R05 usage over its term, R08 validation, R09 bonus thresholds, R11 returned gifts, R15
credit notes, R17 remeasurement, R18 failed payments, R19 clawback, R20 statistics. R21,
reallocation, never books anything. Costs of types that belong to R05, R09, R10 and R12 are booked
from their cost documents under those ids.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One posting rule: what moves which accounts, in a sentence a controller can check."""

    rule: str
    version: int
    sentence: str


RULES: dict[str, Rule] = {
    each.rule: each
    for each in (
        Rule(
            "R01",
            1,
            "A signed fixed price is a commitment (9500 to 9590) in its own book; it falls as the "
            "price accrues and the rest is released when the agreement is cancelled.",
        ),
        Rule("R02", 1, "A payment ahead of the work is prepaid (1400 to 1000) at its own rate."),
        Rule(
            "R03",
            1,
            "A deliverable that is live earns its share of the fee: 6100 to 2100, or to 1400 as "
            "far as it was prepaid, oldest first.",
        ),
        Rule("R05", 1, "Usage rights: 6130 to 2130 from their cost documents."),
        Rule("R06", 1, "An order earns commission, rate times net base half-even: 6110 to 2110."),
        Rule("R07", 1, "A refund takes back its exact part of the commission: 2110 to 6110."),
        Rule("R09", 1, "Bonuses: 6150 to 2120 from their cost documents."),
        Rule("R10", 1, "Gifted product at cost: 6120 to 1300."),
        Rule("R12", 1, "Agency fees: 6140 to 2140 from their cost documents."),
        Rule(
            "R13",
            1,
            "An invoice turns the accrual, at its booked amount, into a payable (to 2000); the "
            "difference goes to the expense; tax goes to 1150, or to 6180 when irrecoverable.",
        ),
        Rule("R14", 1, "An invoice ahead of the work is prepaid: 1400 to 2000."),
        Rule(
            "R16",
            1,
            "A payment settles the payable: 2000 to 1000, withheld tax to 2210, and the "
            "difference of the rates, in the brand's currency only, to 7100.",
        ),
    )
}
