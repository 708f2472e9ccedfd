"""Workspace: the Python door, what `truelift.open` gives.

In:   a path, and files or frames.
Out:  results with rows, for notebooks and scripts.
Must not: touch the store or a connector; compute a figure.
"""
