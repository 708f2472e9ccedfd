"""A server on a Unix socket, and requests passed on to it as another server would get them."""

import asyncio
import contextlib

import pytest
import uvicorn

from truelift.worker.local_socket import address_in, private_socket
from truelift.worker.passing_on import PassingOn

NAME = "pages.sock"


class Pages:
    """The process with the pages: says what it got, or streams until the client goes away."""

    def __init__(self):
        self.got, self.left = None, asyncio.Event()

    async def __call__(self, scope, receive, send):
        body = b""
        more = True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body")
        self.got = scope, body
        headers = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x-path", scope["raw_path"])]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        if scope["path"] == "/live":
            await send({"type": "http.response.body", "body": b"data: 1", "more_body": True})
            while (await receive())["type"] != "http.disconnect":
                pass
            self.left.set()
            return
        await send({"type": "http.response.body", "body": body[::-1]})


@contextlib.asynccontextmanager
async def passing(folder):
    pages = Pages()
    config = uvicorn.Config(
        pages, lifespan="off", log_level="error", forwarded_allow_ips="*", access_log=False
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext
    with private_socket(folder, NAME) as listening, address_in(folder, NAME) as address:
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        passing_on = PassingOn(address)
        yield pages, passing_on
        await passing_on.close()
        server.should_exit = True
        await task


def scope_of(method="GET", path="/", headers=(), client=("203.0.113.9", 5), scheme="https"):
    path, _, query = path.partition("?")
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": list(headers), "client": client,
        "scheme": scheme,
    }  # fmt: skip


async def ask(application, scope, parts=(b"",), *, leave=None):
    """Send a request; give the status, headers and body that came back."""
    waiting = list(parts)
    gone = leave or asyncio.Event()
    answer = []

    async def receive():
        if waiting:
            body = waiting.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(waiting)}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        answer.append(message)
        if leave is not None and message["type"] == "http.response.body":
            leave.set()

    await asyncio.wait_for(application(scope, receive, send), 30)
    head, *bodies = answer
    return head["status"], head["headers"], b"".join(each.get("body", b"") for each in bodies)


def test_a_request_is_passed_on_as_it_came_and_its_answer_back(tmp_path):
    async def live():
        async with passing(tmp_path) as (pages, app):
            given = [
                (b"host", b"go.brand.example"), (b"x-forwarded-for", b"198.51.100.1"),
                (b"x-forwarded-proto", b"http"), (b"connection", b"keep-alive, x-mine"),
                (b"x-mine", b"1"), (b"cookie", b"s=1"), (b"content-length", b"6"),
            ]  # fmt: skip
            scope = scope_of("POST", "/a%20b/c?q=%2F&r=1", given)
            status, headers, body = await ask(app, scope, (b"abc", b"def"))
            assert (status, body) == (201, b"fedcba")
            assert [value for name, value in headers if name == b"set-cookie"] == [b"a=1", b"b=2"]
            assert (b"x-path", b"/a%20b/c") in headers
            got, sent = pages.got
            assert sent == b"abcdef"
            assert got["query_string"] == b"q=%2F&r=1"
            assert got["client"][0] == "203.0.113.9"
            assert got["scheme"] == "https"
            told = dict(got["headers"])
            assert told[b"host"] == b"go.brand.example"
            assert told[b"cookie"] == b"s=1"
            assert b"x-mine" not in told
            assert [name for name, _ in got["headers"]].count(b"x-forwarded-for") == 1
            assert told[b"forwarded"] == b"for=unknown"  # by another server, in front of us

            await ask(app, scope_of(client=("2001:db8::1", 5), scheme="http"))
            assert pages.got[0]["client"][0] == "2001:db8::1"
            assert pages.got[0]["scheme"] == "http"
            assert b"transfer-encoding" not in dict(pages.got[0]["headers"])
            assert b"forwarded" not in dict(pages.got[0]["headers"])
            status, _, body = await ask(app, scope_of("HEAD", "/"))
            assert (status, body) == (201, b"")

    asyncio.run(live())


def test_a_stream_is_passed_on_piece_by_piece_and_ends_with_its_client(tmp_path):
    async def live():
        async with passing(tmp_path) as (pages, app):
            _, _, body = await ask(app, scope_of(path="/live"), leave=asyncio.Event())
            assert body == b"data: 1"
            await asyncio.wait_for(pages.left.wait(), 30)

    asyncio.run(live())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_when_nobody_is_there_it_says_so_and_when_to_come_again(tmp_path, method):
    async def live():
        app = PassingOn(str(tmp_path / NAME))
        status, headers, body = await ask(app, scope_of(method))
        assert status == 503
        assert dict(headers)[b"retry-after"] == b"5"
        assert (b"Try again" in body) == (method == "GET")
        await app.close()

    asyncio.run(live())
