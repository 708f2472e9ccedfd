"""Checks: reasons to doubt a lift, each looked for in the data; one file for one doubt.

In:   histories behind sealed baselines, campaign posts and lifts, as columns.
Out:  Findings: a verdict, its figures with units, a sentence and what to do.
"""
