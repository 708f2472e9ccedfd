"""Links are asked whether they answer, by a person's command, and never look inside."""

import http.server
import threading

import pytest

from truelift.operations import alerts
from truelift.operations.link_checks import ask, is_public


class Shop(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        code = {"/gone": 404, "/guarded": 403, "/picky": 405}.get(self.path, 200)
        if self.path == "/inside":
            self.send_response(302)
            self.send_header("location", "gopher://inside/")
        else:
            self.send_response(code)
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - the name that http.server calls

    def log_message(self, *_given):
        pass


@pytest.fixture
def shop():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "alive"),
    [("/", True), ("/gone", False), ("/guarded", True), ("/picky", True), ("/inside", False)],
)
def test_what_answers_is_alive_and_what_keeps_machines_out_too(shop, path, alive):
    assert ask(shop + path, private=True)[0] is alive


def test_what_is_inside_or_no_web_address_is_not_asked(shop):
    assert ask(shop + "/") == (False, "127.0.0.1 has a private address")
    assert ask("gopher://inside/", private=True)[0] is False
    assert ask("http://127.0.0.1:9/", private=True)[0] is False


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("127.0.0.1", False), ("10.0.0.1", False), ("169.254.1.1", False),
     ("192.0.0.192", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False),
     ("2002:7f00:1::", False), ("224.0.0.1", False), ("fe80::1%eth0", False)],
)  # fmt: skip
def test_an_address_that_wraps_another_one_is_not_public(address, public):
    assert is_public(address) is public


def test_a_dead_link_is_an_alert_until_it_answers(told, monkeypatch):
    told.given(
        "links\nslug | destination | creator\nana1 | https://shop.example/a | ana\n"
        "bo1 | https://shop.example/b | bo\n\n"
        "orders\norder_id | ordered_at | currency | subtotal\no1 | @05-05 | USD | 9.00\n"
    )
    said = {"https://shop.example/a": (False, "answered 404")}
    monkeypatch.setattr(
        "truelift.operations.link_checks.ask",
        lambda address, **_private: said.get(address, (True, "answered 200")),
    )
    assert [row["alive"] for row in told.ws.check_links().rows] == [False, True]
    dead = [
        each for each in alerts.alerts(told.ground, open_only=True)[1] if each.rule == "dead_link"
    ]
    assert [each.subject for each in dead] == ["ana1"]
    said.clear()
    told.ws.check_links()
    assert not [each for each in alerts.alerts(told.ground)[1] if each.rule == "dead_link"]
