"""Ledger: what creator campaigns cost, in the books.

In:   accepted facts about agreements, deliverables, commissions, cost documents; policy; rates.
Out:  balanced journal entries, faults, balances. All pure: no clock, no I/O, no floating point.
Must not: know lift or any estimate of return; nothing of that kind is ever booked.
"""
