"""The Python door: a workspace as an object, results as tables that every frame library reads.

    import truelift
    with truelift.open("demo") as ws:
        ws.roi(campaign="summer", by="creator")

Each method calls one operation; the command line and the pages go through here too.
"""

from __future__ import annotations

from truelift.operations import Ground


class Workspace:
    """An opened workspace for one brand."""

    def __init__(self, ground: Ground) -> None:
        """Stand on an opened ground."""
        self._ground = ground
