"""Commands of who may send to the collector: site keys and webhooks. `main` registers them.

A secret is never an argument: it would stand in a shell's history and in the list of processes.
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.base.secret import Secret
from truelift.cli.options import Brand, Form, In, Out, opened, say, show

key_app = App(name="key", help="Keys with which pages and servers send rows to /collect.")
hook_app = App(name="hook", help="Webhooks of shops: where they are sent to, who signs them.")

Source = Literal["shopify", "woocommerce", "stripe", "standard"]


@key_app.command(name="add")
def add_key(
    *,
    workspace: In,
    server: Annotated[
        bool, Parameter(negative="", help="A server's key: it may send money, pages may not.")
    ] = False,
    origin: Annotated[
        tuple[str, ...], Parameter(help="Only pages of this origin (https://shop.example).")
    ] = (),
    note: Annotated[str, Parameter(help="What it is for.")] = "",
    brand: Brand = None,
) -> None:
    """Make a site key; its text goes to stdout, once."""
    with opened(workspace, brand) as ws:
        result, text = ws.add_key(server=server, origins=origin, note=note)
    sys.stdout.write(f"{text.reveal()}\n")
    say(f"Key {result.rows[0]['key_id']} is ready. Only its hash is kept: copy it now.")


@key_app.command(name="list")
def list_keys(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the site keys with who made them and which are revoked."""
    with opened(workspace, brand) as ws:
        show(ws.keys(), format, output)


@key_app.command(name="revoke")
def revoke_key(key_id: str, *, workspace: In, brand: Brand = None) -> None:
    """End a site key within a second; what was sent with it stays."""
    with opened(workspace, brand) as ws:
        ws.revoke_key(key_id)
    say(f"Key {key_id} is not admitted any more.")


@hook_app.command(name="add")
def add_hook(
    source: Source,
    *,
    workspace: In,
    id: Annotated[  # noqa: A002 - the word of the address
        str | None,
        Parameter(name="--id", help="Your own, or that of a hook to change its secret."),
    ] = None,
    secret_stdin: Annotated[
        bool, Parameter(negative="", help="Read the secret that the shop shows from stdin.")
    ] = False,
    brand: Brand = None,
) -> None:
    """Make a hook, or give one a second secret; a new secret goes to stdout, once."""
    given = Secret(sys.stdin.readline().strip()) if secret_stdin else None
    with opened(workspace, brand) as ws:
        result, text = ws.add_hook(source, hook_id=id, secret=given)
    row = result.rows[0]
    if given is None:
        sys.stdout.write(f"{text.reveal()}\n")
        say("The secret is shown once: copy it into the shop now.")
    say(f"Hook {source}/{row['hook_id']} is ready: POST to {row['path']} of your address.")


@hook_app.command(name="list")
def list_hooks(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the hooks with the fingerprints of their live secrets, never a secret."""
    with opened(workspace, brand) as ws:
        show(ws.hooks(), format, output)


@hook_app.command(name="revoke")
def revoke_hook(
    name: Annotated[str, Parameter(help="As `truelift hook list` has it: shopify/ID.")],
    *,
    workspace: In,
    brand: Brand = None,
) -> None:
    """End a hook and forget its secrets; what it sent stays."""
    with opened(workspace, brand) as ws:
        ws.revoke_hook(name)
    say(f"Hook {name} takes nothing any more.")
