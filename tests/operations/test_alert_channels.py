"""Channels against servers that really listen: mail, a signed webhook, Slack's JSON."""

import contextlib
import http.server
import json
import socketserver
import threading
import time

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.base.secret import Secret
from truelift.decisions.alert import Alert, Message
from truelift.facts.signature import secret_bytes, signed
from truelift.operations import alert_channels as channels
from truelift.store import private_files

ALERT = Alert(
    id="abc", rule="pace", subject="s", sentence="<b> is slow & late.", action="Look.",
    campaign="summer", creator=None, opened_at=__import__("datetime").datetime(2026, 5, 1),
)  # fmt: skip
MESSAGE = Message("pace in summer\r\nBcc: x@y.example", (ALERT,))


class Mailbox(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        inside = False
        for line in self.rfile:
            if inside:
                self.server.got.append(line.decode())
                if line == b".\r\n":
                    inside = False
                    self.wfile.write(b"250 kept\r\n")
            elif line.upper().startswith(b"DATA"):
                inside = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


class Post(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers.items()), body))
        code = {"/gone": 410, "/moved": 302}.get(self.path, 200)
        self.send_response(code)
        if code == 302:
            self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_given):
        pass


@pytest.fixture
def serving():
    with contextlib.ExitStack() as stack:

        def serve(handler):
            server = stack.enter_context(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler))
            server.got = []
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            return server

        yield serve


def address(server, path="/in"):
    return f"http://127.0.0.1:{server.server_address[1]}{path}"


def tell(told):
    return channels.tell(told.ground, MESSAGE, told.clock.at)


def test_mail_is_sent_and_no_title_makes_a_header(told, serving):
    server = serving(Mailbox)
    channels.add_channel(
        told.ground, "email", "team", to="team@brand.example", sender="tl@brand.example",
        server=f"127.0.0.1:{server.server_address[1]}",
    )  # fmt: skip
    assert tell(told) == {"team": "sent"}
    text = "".join(server.got)
    assert "Subject: [acme] pace in summer Bcc: x@y.example" in text
    assert "\nBcc:" not in text
    assert "is slow & late. Look. (abc)" in text


def test_a_password_is_never_sent_without_encryption(told, serving):
    server = serving(Mailbox)
    channels.add_channel(
        told.ground, "email", "team", to="team@brand.example", sender="tl@brand.example",
        server=f"127.0.0.1:{server.server_address[1]}", secret=Secret("hunter2"),
    )  # fmt: skip
    assert tell(told) == {"team": "SMTPException"}
    assert server.got == []


def test_a_webhook_is_signed_as_the_standard_says_and_slack_gets_plain_text(told, serving):
    server = serving(Post)
    _, secret = channels.add_channel(told.ground, "webhook", "hook", to=address(server))
    channels.add_channel(told.ground, "slack", "slack", to=address(server, "/slack"))
    assert tell(told) == {"hook": "sent", "slack": "sent"}
    (headers, body), (_, slack) = server.got
    lower = {name.lower(): value for name, value in headers.items()}
    key = secret_bytes("standard", secret.reveal())
    found = signed("standard", lower, body, [key], int(time.time() * 1e6))
    assert (found.topic, found.stale) == ("alerts.raised", False)
    assert signed("standard", lower, body + b" ", [key], int(time.time() * 1e6)) is None
    assert json.loads(body)["data"]["alerts"][0]["why"] == ALERT.sentence
    assert "&lt;b&gt; is slow &amp; late." in json.loads(slack)["text"]


@pytest.mark.parametrize(("path", "said"), [("/gone", "answered 410"), ("/moved", "answered 302")])
def test_what_refuses_is_said_and_no_redirect_is_followed(told, serving, path, said):
    server = serving(Post)
    channels.add_channel(told.ground, "slack", "slack", to=address(server, path))
    assert tell(told) == {"slack": said}
    assert len(server.got) == 1


def test_secrets_stand_in_the_private_file_only_and_go_with_the_channel(told):
    channels.add_channel(told.ground, "slack", "slack", to="http://127.0.0.1:9/T0/secret")
    assert [row["to"] for row in told.ws.alert_channels().rows] == ["127.0.0.1"]
    assert "secret" in json.dumps(private_files.read(told.ground.folder, channels.SECRETS))
    assert tell(told) == {"slack": "URLError"}
    channels.remove_channel(told.ground, "slack")
    assert private_files.read(told.ground.folder, channels.SECRETS) == {}
    assert (told.ws.alert_channels().rows, tell(told)) == ([], {})
    with pytest.raises(NotFound):
        channels.remove_channel(told.ground, "slack")


@pytest.mark.parametrize(
    ("kind", "options"),
    [("pager", {}), ("email", {"to": "no"}), ("email", {"to": "a@b.example"}),
     ("email", {"to": "a@b.example", "sender": "c@d.example", "server": "http://x/"}),
     ("slack", {"to": "ftp://x/"}), ("webhook", {"to": "http://u:p@x/"}),
     ("webhook", {"to": "http://x/", "secret": Secret("whsec_***")})],
)  # fmt: skip
def test_what_is_no_channel_is_refused(told, kind, options):
    with pytest.raises(UsageError):
        channels.add_channel(told.ground, kind, "one", **options)


def test_a_channel_whose_secrets_were_lost_says_so(told):
    channels.add_channel(told.ground, "slack", "slack", to="http://127.0.0.1:9/")
    with private_files.changing(told.ground.folder, channels.SECRETS) as content:
        content.clear()
    assert tell(told) == {"slack": "its secrets are gone; add it again"}
