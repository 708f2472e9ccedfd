"""Alert channels: where alerts are told beside the feed: e-mail, signed webhook, Slack's JSON.

In:   a message; channels with their secrets, which stand in a private file and nowhere else.
Out:  per channel `sent`, or why not. Nothing is retried here: what was not told waits for the next
      check. Only addresses that an admin entered are called; redirects are not followed.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from truelift.base.errors import NotFound, UsageError
from truelift.base.ids import content_hash
from truelift.base.secret import Secret
from truelift.base.time import Instant
from truelift.decisions.alert import Message
from truelift.facts.signature import secret_bytes
from truelift.operations.people import Action, needs
from truelift.reports.alerts import message_json, message_lines
from truelift.store import control_records, private_files
from truelift.store.control_records import ALERT_CHANNEL
from truelift.store.ground import Ground

Row = dict[str, Any]

EMAIL, WEBHOOK, SLACK = "email", "webhook", "slack"
KINDS = (EMAIL, WEBHOOK, SLACK)
SECRETS = "alert_channels.json"
SECONDS = 5.0
SENT = "sent"
_SUBMISSION = 587
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC inside
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_HOST = re.compile(r"([A-Za-z0-9.-]+)(?::(\d{1,5}))?")


@needs(Action.MANAGE_KEYS, "kind", "name")
def add_channel(
    ground: Ground,
    kind: str,
    name: str,
    *,
    to: str | None = None,
    server: str | None = None,
    sender: str | None = None,
    user: str | None = None,
    secret: Secret | None = None,
) -> tuple[Row, Secret | None]:
    """Add a channel, or change it; give its row, and a webhook's secret when it was made here.

    to: an e-mail address. server: of SMTP, host:port. secret: the SMTP password, the webhook's
    signing secret, or nothing of Slack. The address of a webhook or of Slack is a secret too and
    is handed in as `to`; only its host is shown.
    """
    if kind not in KINDS or not _NAME.fullmatch(name):
        msg = f"A channel is {', '.join(KINDS)}, with a name of letters, digits, _ and -."
        raise UsageError(msg)
    made = None
    if kind == EMAIL:
        _check_email(to, server, sender)
    else:
        _check_address(to)
    if kind == WEBHOOK and secret is None:
        made = secret = Secret(f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")
    if kind == WEBHOOK and secret is not None:
        _check_secret(secret)
    hidden = {"brand": ground.brand.brand, "to": to, "secret": secret.reveal() if secret else None}
    key = _key(ground, name)
    with private_files.changing(ground.folder, SECRETS) as content:
        content[key] = hidden
    shown = to if kind == EMAIL else urlsplit(to or "").hostname
    record = {
        "kind": kind, "name": name, "to": shown, "server": server, "sender": sender, "user": user,
        "removed": False, "turn": secrets.token_hex(4),
    }  # fmt: skip
    _keep(ground, name, record)
    return _row(record), made


@needs(Action.MANAGE_KEYS, "name")
def remove_channel(ground: Ground, name: str) -> Row:
    """End a channel and forget its secrets."""
    record = _channels(ground).get(name)
    if record is None:
        msg = f"There is no channel {name}; `truelift alerts channels list` names them."
        raise NotFound(msg)
    with private_files.changing(ground.folder, SECRETS) as content:
        content.pop(_key(ground, name), None)
    record |= {"removed": True, "turn": secrets.token_hex(4)}
    _keep(ground, name, record)
    return _row(record)


@needs(Action.READ)
def channel_rows(ground: Ground) -> list[Row]:
    """List the channels, never a secret."""
    return [_row(record) for record in _channels(ground).values()]


def tell(ground: Ground, message: Message, at: Instant) -> dict[str, str]:
    """Tell every channel; give by name `sent`, or what went wrong."""
    hidden = private_files.read(ground.folder, SECRETS)
    senders: dict[str, Callable[[Row, Row, Message, Ground, Instant], None]] = {
        EMAIL: _mail, WEBHOOK: _webhook, SLACK: _slack,
    }  # fmt: skip
    outcome = {}
    for name, record in _channels(ground).items():
        kept = hidden.get(_key(ground, name))
        if kept is None:
            outcome[name] = "its secrets are gone; add it again"
            continue
        try:
            senders[record["kind"]](record, kept, message, ground, at)
            outcome[name] = SENT
        except (OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
            outcome[name] = _said(error)
    return outcome


def _said(error: Exception) -> str:
    """Say what went wrong; never with an address, which may hold a secret."""
    if isinstance(error, urllib.error.HTTPError):
        return f"answered {error.code}"
    return type(error).__name__


def _mail(record: Row, kept: Row, message: Message, ground: Ground, at: Instant) -> None:
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"[{ground.brand.brand}] {message.title}".split())
    mail["From"], mail["To"] = record["sender"], kept["to"]
    mail["Date"] = formatdate((at - _EPOCH).total_seconds())
    mail["Message-ID"] = make_msgid(domain="truelift.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(message_lines(message)) + "\n")
    host, _, port = record["server"].partition(":")
    with smtplib.SMTP(host, int(port or _SUBMISSION), timeout=SECONDS) as server:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif kept["secret"]:
            msg = "the server offers no encryption, and a password is never sent without"
            raise smtplib.SMTPException(msg)
        if kept["secret"]:
            server.login(record["user"] or record["sender"], kept["secret"])
        server.send_message(mail)


def _webhook(record: Row, kept: Row, message: Message, ground: Ground, at: Instant) -> None:  # noqa: ARG001 - as the others
    """Post JSON, signed as Standard Webhooks does: id.timestamp.body with HMAC-SHA256."""
    body = json.dumps(message_json(message, ground.brand.brand, at), sort_keys=True).encode()
    delivery = f"msg_{content_hash([ground.workspace_id, at.isoformat(), message.title])[:24]}"
    # The receiver compares with its own clock, so this is the machine's and not the sample's.
    moment = str(int(dt.datetime.now(dt.UTC).timestamp()))
    signed = f"{delivery}.{moment}.".encode() + body
    digest = hmac.digest(secret_bytes("standard", kept["secret"]), signed, hashlib.sha256)
    _post(kept["to"], body, {
        "webhook-id": delivery, "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    })  # fmt: skip


def _slack(record: Row, kept: Row, message: Message, ground: Ground, at: Instant) -> None:  # noqa: ARG001 - as the others
    head, *lines = message_lines(message)
    text = "\n".join([f"*{_plain(head)}*", *(f"\u2022 {_plain(line)}" for line in lines)])
    _post(kept["to"], json.dumps({"text": text}).encode(), {})


def _plain(text: str) -> str:
    """Write text that Slack takes for text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: only the address that was entered is called."""

    def redirect_request(self, *_given: object, **_more: object) -> None:
        """Give none."""


def _post(address: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310 - http and https only, checked when it was added
        address, data=body, headers={"content-type": "application/json", **headers}, method="POST"
    )
    opener = urllib.request.build_opener(_Stay)
    with opener.open(request, timeout=SECONDS) as answer:
        answer.read(1_024)


def _check_email(to: str | None, server: str | None, sender: str | None) -> None:
    for what, text in (("--to", to), ("--from", sender)):
        if text is None or not _ADDRESS.fullmatch(text):
            msg = f"{what} of an e-mail channel is one address such as team@brand.example."
            raise UsageError(msg)
    if server is None or not _HOST.fullmatch(server):
        msg = "--server of an e-mail channel is a host and port, such as smtp.brand.example:587."
        raise UsageError(msg)


def _check_address(to: str | None) -> None:
    parts = urlsplit(to or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        msg = "The address of the channel is an http or https address, without a user in it."
        raise UsageError(msg)


def _check_secret(secret: Secret) -> None:
    try:
        secret_bytes("standard", secret.reveal())
    except ValueError as error:
        msg = f"The secret cannot be used: {error}."
        raise UsageError(msg) from None


def _key(ground: Ground, name: str) -> str:
    return f"{ground.brand.brand}/{name}"


def _channels(ground: Ground) -> dict[str, Row]:
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, ALERT_CHANNEL)
    told = {"recorded_at", "recorded_by"}
    return {
        name: {key: value for key, value in item.record.items() if key not in told}
        for name, item in sorted(kept.items())
        if not item.record["removed"]
    }


def _row(record: Row) -> Row:
    return {name: record[name] for name in ("name", "kind", "to", "server", "sender", "removed")}


def _keep(ground: Ground, name: str, record: Row) -> None:
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, ALERT_CHANNEL, name, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
