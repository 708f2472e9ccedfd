"""Valuation: what it was worth. The only place where lift meets cost.

In:   attributed outcomes, lift, costs from the ledger, margins and value schedules.
Out:  cost states, the ladder, ROAS, ROI, incremental and valued ROI, cost per outcome.
Must not: do input or output; estimate lift; post entries.
"""
