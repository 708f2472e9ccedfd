"""Verification: the methods of a workspace that compare what is kept with what is made anew."""

from __future__ import annotations

from truelift.operations.recompute import verify_kept
from truelift.workspace.opened import Opened


class Verification(Opened):
    """What a workspace checks of its own caches; a part of Workspace."""

    def verify(self) -> tuple[str, list[str]]:
        """Compare kept shares with a full recompute: what was compared, and what differs."""
        found = verify_kept(self._ground)
        return found.sentence, list(found.wrong)
