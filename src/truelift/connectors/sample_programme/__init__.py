"""The sample programme: one more source, whose truth is known.

In:   a seed and a folder.
Out:  canonical files as dated deliveries, programme.json (what to do when) and truth.json.
Must not: read a clock; know the store; give other bytes on another run.
"""

from __future__ import annotations

from truelift.connectors.sample_programme.programme import Programme, Step, write

__all__ = ["Programme", "Step", "write"]
