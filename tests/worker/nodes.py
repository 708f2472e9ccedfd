"""A node's door answered by a plain server on a thread, which can be taken away and come back."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import threading
from urllib.parse import urlsplit

from truelift.base.secret import Secret
from truelift.worker.tail import NodeDoor

TOKEN = Secret("shared")
BEARER = {"authorization": "Bearer shared"}


def door(node, states=lambda: ([], []), token=TOKEN):
    async def end():
        pass

    return NodeDoor(node, token, states, lambda: b"metrics\n", lambda: None, end)


def asked(application, path, headers=None):
    """Ask an ASGI application; give status, headers and body."""
    parts, messages = urlsplit(path), []

    async def send(message):
        messages.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "method": "GET", "path": parts.path, "query_string": parts.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }  # fmt: skip
    asyncio.run(application(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], told, b"".join(each["body"] for each in messages[1:])


@contextlib.contextmanager
def answered(application, port=0):
    """Answer on a port until the end; give its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, body = asked(application, self.path, headers)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        connections = ()

        def get_request(self):
            found = super().get_request()
            self.connections = (*self.connections, found[0])
            return found

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        for each in server.connections:  # as a process that ends closes them
            with contextlib.suppress(OSError):
                each.shutdown(2)
            each.close()
        server.server_close()
        thread.join()
