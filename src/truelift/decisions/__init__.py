"""Decisions: what to do.

In:   valuation and measurement.
Out:  proposals, each with the chance of regret.
Must not: act on a proposal; a person decides.
"""
