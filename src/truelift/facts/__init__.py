"""Facts: what happened, once it has been accepted.

In:   events (raw rows) and the catalog's nouns.
Out:  frozen facts, their kinds, and the acceptance steps that make a fact of an event.
Must not: read a clock; know whose a conversion is.
"""
