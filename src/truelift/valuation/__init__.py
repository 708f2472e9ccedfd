"""Valuation: what it was worth. The only place where lift meets cost.

In:   lift, shares, costs by state, margins and value schedules.
Out:  the ladder, ROI and incremental ROI, each an Estimate or Withheld with its reason.
Must not: measure lift or write the books; let media value into a return.
"""
