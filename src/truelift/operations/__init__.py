"""Operations: the verbs. Each reads, calls pure functions, and writes in one transaction per store.

In:   the ground (store.ground), connectors, and the pure stages.
Out:  facts, seals and entries kept; view models handed to the doors.
Must not: hold a formula or a rule of its own.
"""

from truelift.store.ground import Desk, Ground

__all__ = ["Desk", "Ground"]
