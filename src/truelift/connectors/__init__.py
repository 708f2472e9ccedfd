"""Connectors: the wells. One file per kind of source.

In:   a file or an address, and a cursor.
Out:  event batches (facts.event) and faults.
Must not: know each other, the store, or whether a row will be believed.
"""
