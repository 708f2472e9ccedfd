"""The command that compares what is kept with what is made anew. `main` registers it."""

from __future__ import annotations

from truelift.base.errors import CheckFailed
from truelift.cli.options import SHOWN, Brand, In, opened, say


def verify(*, workspace: In, brand: Brand = None) -> int:
    """Check that the shares kept since the last import are those a full recompute gives."""
    with opened(workspace, brand) as ws:
        told, wrong = ws.verify()
    for sentence in wrong[:SHOWN]:
        say(sentence)
    if len(wrong) > SHOWN:
        say(f"... and {len(wrong) - SHOWN} more conversions.")
    if not wrong:
        say(told)
    return CheckFailed.exit_code if wrong else 0
