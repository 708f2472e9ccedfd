"""Decisions: what to do while it runs: leaked codes, odd clicks, alerts.

In:   valuation, measurement, and what is known of orders and clicks.
Out:  verdicts with their evidence, and alerts; each says why.
Must not: act on a verdict; a person decides.
"""
