"""Valuation: what it was worth. The only place where lift meets cost.

In:   attributed outcomes, lift, costs from the ledger, margins and value schedules.
Out:  cost states, the ladder, ROAS, ROI, incremental and valued ROI, cost per outcome.
Must not: do input or output; estimate lift; post entries.
"""

FORMULAS = {
    "roas": "net / cost; net = matched - discounts - tax - refunds - returns reserve",
    "roi": "(contribution - cost) / cost; contribution = net - goods - fulfilment - fees",
    "incremental": (
        "contribution x incremental share; the share is 1 - e^-lift of orders (and of leads for "
        "won leads), or an experiment's factor"
    ),
    "incremental_roi": "(incremental contribution - cost) / cost; cash only, limits map one to one",
    "valued_roi": (
        "(incremental contribution + approved value of incremental outputs and unwon leads - cost) "
        "/ cost"
    ),
    "lift": "log of observed over expected by the sealed baseline, limits valid at every look",
    "cost": "sum of the ledger's cost accounts 6100-6180 for accrued; states of agreements beside",
}
"""The formula of each figure, in words; every explanation prints it."""
