"""Decisions: what to do. How it will end, where money brings most, who leaks, whom to ask.

In:   valuation and measurement.
Out:  proposals, each with the chance of regret.
Must not: act on a proposal; a person decides.
"""
