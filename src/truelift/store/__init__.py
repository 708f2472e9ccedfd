"""Store: the ground. Engines, SQL, the journal's tables, segments.

In:   facts, entries and records to keep; names of queries.
Out:  rows.
Must not: hold meaning; a number is defined by a query file or a pure stage, never here.
"""
