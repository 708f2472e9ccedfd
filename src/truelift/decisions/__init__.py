"""Decisions: what to do. Where a running campaign's money brings most, and what a fee may be.

In:   valuation and measurement.
Out:  proposals, each with the chance of regret.
Must not: act on a proposal; a person decides.
"""
