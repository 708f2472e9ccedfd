"""Click class: who made a request for a link, by what its user agent says of itself.

In:   user agents of clicks, as sent (facts.request_class looks at whole requests).
Out:  a class and the rule that gave it, per click. Nothing is deleted: "counted" is a query over
      the class, and newer lists can label the same clicks again.

Agents that pretend to be a browser stay human here; what tells them apart is the landing beacon.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from truelift.facts.agent_lists import BOT, HUMAN, PREFETCH, PREVIEW, agent_of
from truelift.facts.request_class import DATACENTER, HEAD, LONGEST_AGENT

CLASSES = (HUMAN, BOT, PREVIEW, PREFETCH, HEAD, DATACENTER, "duplicate")


def classify(user_agents: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, pa.Array]:
    """Label clicks: (class, rule with the lists' versions); a missing user agent is human.

    Both results are text arrays as long as the input. Each distinct agent is looked at once.
    """
    agents = user_agents
    if isinstance(agents, pa.ChunkedArray):
        agents = agents.combine_chunks()
    coded = pc.fill_null(agents, "").dictionary_encode()
    found = [agent_of(agent[:LONGEST_AGENT]) for agent in coded.dictionary.to_pylist()]
    labels = pa.array([each.label for each in found], pa.string())
    rules = pa.array([each.rule for each in found], pa.string())
    return labels.take(coded.indices), rules.take(coded.indices)
