import time
from dataclasses import replace
from types import SimpleNamespace

from truelift.operations.compact import SETTLED_SECONDS, compact


def test_only_segments_that_were_written_a_while_ago_are_merged(told):
    asked = []
    facts = SimpleNamespace(compact=lambda before: asked.append(before) or 16)
    assert compact(replace(told.ground, facts=facts)) == 16
    assert time.time() - SETTLED_SECONDS - 30 < asked[0] <= time.time() - SETTLED_SECONDS
    assert compact(told.ground) == 0
