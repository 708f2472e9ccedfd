"""Request class: who asks for a link, by the method, the headers and the agent of a live request.

In:   what the collector sees of a request. Light: the hot path loads no tables for it.
Out:  an Agent: class, the rule that gave it, the platform of the app it came from.

Duplicates are not told apart here: that takes other clicks, so it is a query where clicks are
counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from truelift.facts.agent_lists import BOT, HUMAN, PREFETCH, Agent, agent_of, list_version

HEAD, DATACENTER = "head", "datacenter"

LONGEST_AGENT = 1_024
"""Characters of a user agent that are looked at and kept."""

PURPOSE_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_AHEAD = ("prefetch", "prerender", "preview")


def request_class(
    method: str, user_agent: str, purposes: Mapping[str, str], *, datacenter: bool = False
) -> Agent:
    """Label a live request; the method weighs most, then the agent, then what it is for.

    purposes: those of PURPOSE_HEADERS that were sent. A browser always names itself, so a request
    without a user agent is a program's.
    """
    agent = agent_of(user_agent)
    if method == "HEAD":
        return Agent(HEAD, f"{list_version()}: asks for the head only", agent.in_app)
    if agent.label != HUMAN or (user_agent and not purposes and not datacenter):
        return agent
    if not user_agent:
        return Agent(BOT, f"{list_version()}: no user agent", None)
    for name, value in purposes.items():
        if any(word in value.lower() for word in _AHEAD):
            return Agent(PREFETCH, f"{list_version()}: {name}", agent.in_app)
    if datacenter:
        return Agent(DATACENTER, f"{list_version()}: address of a datacenter", agent.in_app)
    return agent
