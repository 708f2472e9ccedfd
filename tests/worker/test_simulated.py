import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

from truelift.worker.simulated import Visitors


def test_visitors_send_until_they_are_stopped_and_hear_where_a_click_leads():
    seen, heard = [], threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(302)
            self.send_header("location", "https://shop.test/?tl=c1")
            self.send_header("content-length", "0")
            self.end_headers()

        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_error(503)

        def log_message(self, *_):
            pass

    class Played:
        count = 0

        def next(self):
            self.count += 1
            rows = b"row" if self.count % 2 else None
            return SimpleNamespace(pause=0.001, path="/r/a", headers={}, rows=rows)

        def told(self, location):
            assert location == "https://shop.test/?tl=c1"
            heard.set()

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        visitors = Visitors(Played())
        visitors.start(server.server_port)
        assert heard.wait(20)
        visitors.stop()
        server.shutdown()
    assert {b"row", "/r/a"} <= set(seen)
    assert visitors.sent >= 2
