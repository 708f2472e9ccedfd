"""Reports: what is shown. Pure view models that every door renders, so doors cannot disagree.

In:   valuation, measurement, ledger and attribution.
Out:  rows, columns and the figures that explain them.
Must not: format for one door only; compute a figure that no stage defines.
"""
