"""The catalogue of posting rules: their ids, versions and sentences.

In:   nothing.
Out:  `RULES`.

A change in what a rule books is a new version. R21, reallocation of a budget, never books anything
and is not here. Costs of types that belong to R05, R09, R10 and R12 are booked from their cost
documents under those ids too; what an agreement and its documents both tell is one cost.
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
            "R00",
            1,
            "Balances of the period before go-live open the books on its first day, against 2990.",
        ),
        Rule(
            "R01",
            1,
            "A signed price (fee, usage right, agency) is a commitment (9500 to 9590) in its own "
            "book; it falls as the price accrues and the rest is released when the agreement is "
            "cancelled.",
        ),
        Rule(
            "R02",
            1,
            "A payment ahead of the work is prepaid (1400, usage rights 1410, to 1000) at its own "
            "rate; where nothing awaits delivery, up to the agreement's advance.",
        ),
        Rule(
            "R03",
            1,
            "A deliverable that is live (by policy: accepted) earns its share of the fee: 6100 to "
            "2100, or to 1400 as far as it was prepaid, oldest first. Production and amplification "
            "accrue from their documents: 6160, 6170 to 2140.",
        ),
        Rule(
            "R04",
            1,
            "A retainer earns its fee day by day from starts to ends, booked at each period's end "
            "as what is earned to date less what is booked: 6100 to 2100 or 1400.",
        ),
        Rule(
            "R05",
            1,
            "A usage right is cost when it may first be used, or day by day over its term, by "
            "policy: 6130 to 2130 or 1410.",
        ),
        Rule("R06", 1, "An order earns commission, rate times net base half-even: 6110 to 2110."),
        Rule("R07", 1, "A refund takes back its exact part of the commission: 2110 to 6110."),
        Rule(
            "R08",
            1,
            "After the days that policy names, what is left of an order's commission and not "
            "invoiced is validated: 2110 to 2111.",
        ),
        Rule(
            "R09",
            1,
            "A bonus is due on the day the readings of the agreement's posts together reach its "
            "threshold: 6150 to 2120.",
        ),
        Rule("R10", 1, "Gifted product at cost: 6120 to 1300; its fair value stands in the memo."),
        Rule("R11", 1, "A gift that came back (an accrued row below zero): 1300 to 6120."),
        Rule(
            "R12",
            1,
            "An agency fee is earned in the proportion in which the fee is: 6140 to 2140.",
        ),
        Rule(
            "R13",
            1,
            "An invoice turns the accrual, at its booked amount, into a payable (to 2000); the "
            "difference goes to the expense; tax goes to 1150, or to 6180 when irrecoverable.",
        ),
        Rule("R14", 1, "An invoice ahead of the work is prepaid: 1400 (or 1410) to 2000."),
        Rule(
            "R15",
            1,
            "A credit note (an invoiced row below zero) lowers the payable (2000), beyond it is a "
            "claim (1490); it settles claims, then prepayments, then lowers the expense.",
        ),
        Rule(
            "R16",
            1,
            "A payment settles the payable: 2000 to 1000, withheld tax to 2210, and the "
            "difference of the rates, in the brand's currency only, to 7100.",
        ),
        Rule(
            "R17",
            1,
            "At a period's end what is owed in foreign money is remeasured at the closing rate "
            "against 7110, and day 1 of the next period reverses it.",
        ),
        Rule(
            "R18",
            1,
            "Money that came back (a paid row below zero) settles a claim, else opens the payable "
            "again, else lowers what was prepaid: 1000 to 1490, 2000 or 1400.",
        ),
        Rule(
            "R19",
            1,
            "Cost taken back (an accrued row below zero, content deleted before the days that "
            "policy names): its accrual, beyond it a claim, to the expense.",
        ),
        Rule(
            "R20",
            1,
            "Attributed orders of a day, campaign and creator, in the statistical book: gross, "
            "discounts, tax, refunds, goods, fulfilment and the returns reserve against 9099.",
        ),
        Rule(
            "R22",
            1,
            "Cost without campaign moves to campaigns or creators by the dated rule of its "
            "document, else of its account; the account stays.",
        ),
        Rule(
            "R23",
            1,
            "By policy (US), production waits in 1400 until its campaign first runs: 1400 to "
            "6160, and back on that day.",
        ),
    )
}
