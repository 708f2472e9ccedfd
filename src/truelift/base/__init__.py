"""Base: the words everything else is made of.

In:   nothing.
Out:  money, time, estimates, ids, errors and column descriptions, all free of the domain.
Must not: know a campaign, a creator or a ledger; do any input or output.
"""
