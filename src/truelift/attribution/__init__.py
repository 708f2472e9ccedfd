"""Attribution: whose a conversion is.

In:   accepted conversions and labelled clicks; codes, links, profiles, aliases and posts.
Out:  touchpoints, paths, shares that sum to exactly the whole, conflicts of evidence.
Must not: know lift; use floating point for a share or for money; do input or output.

This Python is the reference; `store/sql/attribution.*.sql` says the same over whole tables, and a
test holds the two equal to the last part per million.
"""
