"""Catalog: who, and what was agreed.

In:   base.
Out:  frozen nouns (creator, campaign, agreement, code, link, value schedule, ...) and their kinds.
Must not: do input or output; know what happened.
"""
