"""Commands of nodes: collectors on other machines, with the lake as their way to the worker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from truelift.cli.options import Brand, Form, In, Out, Port, opened, say, show

node_app = App(name="node", help="Collectors on other machines: where they are, and what is wrong.")

FolderOfNode = Annotated[Path, Parameter(help="A folder of the node's own, for its spool.")]


def collect(
    folder: FolderOfNode,
    *,
    workspace: In,
    node: Annotated[
        str | None, Parameter(help="The node's name; that of its folder by default.")
    ] = None,
    host: str = "127.0.0.1",
    port: Port = 8766,
    address: Annotated[
        str | None, Parameter(help="Where a worker reaches it; http://HOST:PORT by default.")
    ] = None,
    seal_seconds: Annotated[
        float, Parameter(help="How often hits go into the lake; 64 MB go at once.")
    ] = 10.0,
    keep_seconds: Annotated[
        float, Parameter(help="How long a segment of the spool stays though the lake has it.")
    ] = 120.0,
) -> None:
    """Collect as a node: clicks, pages, servers and shops; what it keeps goes into the lake."""
    from truelift.app import collect_as_node  # noqa: PLC0415 - loaded when needed

    def ready(at: int) -> None:
        say(f"Collecting at http://{host}:{at} (stop with Ctrl-C)")

    collect_as_node(
        folder, workspace, node, (host, port), address=address,
        seconds=(seal_seconds, keep_seconds),
        ready=ready,
    )  # fmt: skip


@node_app.command(name="list")
def list_nodes(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the nodes with when each was heard of last, and what is missing."""
    with opened(workspace, brand) as ws:
        show(ws.nodes(), format, output)


@node_app.command(name="forget")
def forget_node(node: str, *, workspace: In, brand: Brand = None) -> None:
    """Give a lost node up for good: figures count as whole without what it never sealed."""
    with opened(workspace, brand) as ws:
        ws.forget_node(node)
    say(f"Nothing more is expected of node {node}; what it sealed is taken in.")
