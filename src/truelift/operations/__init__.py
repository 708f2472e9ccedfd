"""Operations: the verbs. Each reads, calls pure functions, and writes, in one transaction a store.

In:   a workspace and what to do.
Out:  stored facts, seals, shares and entries; rows for reports.
Must not: hold a formula; know which door asked.
"""
