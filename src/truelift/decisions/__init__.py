"""Decisions: what to do. With whom the next unit of money does most, and why.

In:   valuation and measurement.
Out:  proposals, each with the chance of regret.
Must not: act on a proposal; a person decides.
"""
