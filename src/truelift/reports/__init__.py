"""Reports: what is shown. Pure view models that every door renders, so they cannot disagree.

In:   valuation's figures, the ledger's balances.
Out:  rows with names, units and figure ids; JSON objects and flat tables of them.
Must not: format for one door only; do input or output.
"""
