"""The command that makes a folder the owner of its workspace. `main` registers it."""

from __future__ import annotations

from truelift.cli.options import Brand, In, opened, say


def own(*, workspace: In, brand: Brand = None) -> None:
    """Let this folder take in the facts of its workspace, where the one that did is gone for good.

    For a workspace in PostgreSQL that is kept by a copy of its folder, or one out of a backup. The
    other folder is refused from then on.
    """
    with opened(workspace, brand) as ws:
        for sentence in ws.own():
            say(sentence)
