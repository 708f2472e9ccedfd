"""Commands of alerts: what asks for somebody, who looks after it, where it is told.

A secret is never an argument: it would stand in a shell's history and in the list of processes.
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.base.secret import Secret
from truelift.cli.options import Brand, Day, Form, In, KnownAt, Out, opened, say, show

alerts_app = App(name="alerts", help="What asks for somebody, and where it is told.")
channels_app = App(name="channels", help="Where alerts are told beside the feed.")
alerts_app.command(channels_app)

AlertId = Annotated[str, Parameter(help="As `truelift alerts` has it.")]


@alerts_app.default
def alerts(
    *,
    workspace: In,
    open: Annotated[  # noqa: A002 - the contract's word
        bool, Parameter(name="--open", negative="", help="Only open ones.")
    ] = False,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the alerts as they stand at the time of the data; keeps and tells nothing."""
    with opened(workspace, brand) as ws:
        show(ws.alerts(open_only=open, as_of=as_of, known_at=known_at), format, output)


@alerts_app.command
def check(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Ask the rules, keep what changed and tell the channels; a running process does it itself."""
    with opened(workspace, brand) as ws:
        show(ws.check_alerts(), format, output)


@alerts_app.command
def own(
    name: AlertId,
    /,
    *,
    workspace: In,
    owner: Annotated[str, Parameter(help="Who looks after it.")],
    brand: Brand = None,
) -> None:
    """Say who looks after an alert."""
    with opened(workspace, brand) as ws:
        ws.own_alert(name, owner)
    say(f"{owner} looks after {name}.")


@alerts_app.command
def snooze(
    name: AlertId,
    /,
    *,
    workspace: In,
    days: Annotated[float | None, Parameter(help="For so many days.")] = None,
    until: Annotated[str | None, Parameter(help="Until then; a day means its end.")] = None,
    brand: Brand = None,
) -> None:
    """Let nobody be told of an alert for a while; it stays open, and is told again then."""
    with opened(workspace, brand) as ws:
        row = ws.snooze_alert(name, days=days, until=until).rows[0]
    say(f"{name} is snoozed until {row['snoozed_until']}.")


@alerts_app.command
def close(name: AlertId, /, *, workspace: In, brand: Brand = None) -> None:
    """Close an alert; it comes back only after what it tells of was over."""
    with opened(workspace, brand) as ws:
        ws.close_alert(name)
    say(f"{name} is closed.")


@alerts_app.command(name="check-links")
def check_links(
    *,
    workspace: In,
    private: Annotated[
        bool, Parameter(negative="", help="Ask hosts with private addresses too.")
    ] = False,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Ask the destinations of all links in force whether they answer, and keep which do not."""
    with opened(workspace, brand) as ws:
        show(ws.check_links(private=private), format, output)


@channels_app.command(name="add")
def add_channel(
    kind: Literal["email", "webhook", "slack"],
    name: Annotated[str, Parameter(help="Your own; the name of another one changes it.")],
    /,
    *,
    workspace: In,
    to: Annotated[str | None, Parameter(help="E-mail address.")] = None,
    server: Annotated[str | None, Parameter(help="SMTP server, host:port.")] = None,
    sender: Annotated[str | None, Parameter(name="--from", help="Sender of the mail.")] = None,
    user: Annotated[
        str | None, Parameter(help="User of the SMTP server; the sender when empty.")
    ] = None,
    secret_stdin: Annotated[
        bool,
        Parameter(
            negative="",
            help=(
                "Read secrets from stdin: of email the password; of webhook and slack the "
                "address, and of webhook on a second line its own secret."
            ),
        ),
    ] = False,
    brand: Brand = None,
) -> None:
    """Add a channel; a webhook's new secret goes to stdout, once."""
    first, second = (
        (sys.stdin.readline().strip(), sys.stdin.readline().strip()) if secret_stdin else ("", "")
    )
    secret = first if kind == "email" else second
    address = to if kind == "email" else first or to
    with opened(workspace, brand) as ws:
        result, made = ws.add_alert_channel(
            kind, name, to=address, server=server, sender=sender, user=user,
            secret=Secret(secret) if secret else None,
        )  # fmt: skip
    if made is not None:
        sys.stdout.write(f"{made.reveal()}\n")
        say("The secret is shown once: give it to who receives the webhook.")
    say(f"Channel {result.rows[0]['name']} tells {result.rows[0]['to']}.")


@channels_app.command(name="list")
def list_channels(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the channels, never a secret."""
    with opened(workspace, brand) as ws:
        show(ws.alert_channels(), format, output)


@channels_app.command(name="remove")
def remove_channel(name: str, /, *, workspace: In, brand: Brand = None) -> None:
    """End a channel and forget its secrets."""
    with opened(workspace, brand) as ws:
        ws.remove_alert_channel(name)
    say(f"Channel {name} tells nobody any more.")
