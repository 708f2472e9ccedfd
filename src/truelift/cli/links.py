"""Commands of tracked links: make many at once, set them, print them. `main` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from truelift.base.errors import UsageError
from truelift.cli.options import SHOWN, Brand, Form, In, Out, opened, say, show

link_app = App(name="link", help="Tracked links: made in bulk, their settings, QR codes.")


@link_app.command(name="make")
def make(
    *creators: Annotated[str, Parameter(help="One link each.")],
    workspace: In,
    to: Annotated[str, Parameter(help="The page they lead to, https://shop.example/page.")],
    campaign: str = "",
    platform: Annotated[str, Parameter(help="Fills {platform} in the tags.")] = "",
    slug: Annotated[
        str, Parameter(help="Template of the slug, from {creator} {campaign} {platform}.")
    ] = "{creator}-{campaign}",
    utm: Annotated[str | None, Parameter(help="Template of the tags; empty for none.")] = None,
    code: Annotated[str, Parameter(help="Template of a promo code, such as {CREATOR}10.")] = "",
    evergreen: Annotated[
        bool, Parameter(negative="", help="Links that stand before and after campaigns.")
    ] = False,
    brand: Brand = None,
) -> int:
    """Make a link (and a code) for each creator, with the tags that analytics reads."""
    from truelift.catalog.link_making import UTM, LinkPlan  # noqa: PLC0415 - loaded when needed

    if not creators:
        msg = "Name at least one creator."
        raise UsageError(msg)
    plan = LinkPlan(
        to, campaign, platform, slug, UTM if utm is None else utm, code,
        "evergreen" if evergreen else "campaign",
    )  # fmt: skip
    with opened(workspace, brand) as ws:
        taken, faults = ws.add_links(plan, creators)
    for sentence in faults[:SHOWN]:
        say(sentence)
    say(f"{taken} links and codes are kept; `truelift links` lists them.")
    return 1 if faults else 0


@link_app.command(name="set")
def set_(
    slug: Annotated[str | None, Parameter(help="A link; every link when none is named.")] = None,
    /,
    *,
    workspace: In,
    turns: Annotated[
        tuple[str, ...], Parameter(help="A further destination that it takes turns with.")
    ] = (),
    no_turns: Annotated[bool, Parameter(negative="", help="Back to one destination.")] = False,
    fallback: Annotated[str | None, Parameter(help="Where it leads when not in force.")] = None,
    parameter: Annotated[
        str | None, Parameter(help="Name of the click id in addresses; of every link.")
    ] = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Set turns, fallback or the click id's name; in force within a second."""
    others = () if no_turns else turns or None
    with opened(workspace, brand) as ws:
        result = ws.set_links(slug, others=others, fallback=fallback, parameter=parameter)
    show(result, format, output)


@link_app.command(name="qr")
def qr(
    slug: str,
    *,
    workspace: In,
    base: Annotated[str, Parameter(help="Where the collector is, https://go.brand.example.")],
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="A file .svg or .png.")],
    brand: Brand = None,
) -> None:
    """Write a link's address as a QR code."""
    with opened(workspace, brand) as ws:
        address = ws.qr_code(slug, base, output)
    say(f"{output} leads to {address}.")
