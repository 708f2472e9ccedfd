import asyncio

from truelift.base.errors import NotAdmitted
from truelift.web.live import Live
from truelift.web.visiting import PARTIAL
from truelift.worker.front import Front
from truelift.worker.health import Watched
from truelift.worker.loop import Pulse


def answered(path, *, refuse=None, headers=(), fails=None, partial=()):
    """Ask a front; give (status, headers, body, the front)."""
    sent, life = [], []

    async def door(_scope, _receive, send):
        if fails:
            raise fails
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": "|".join(PARTIAL.get()).encode()})

    async def checked(_scope):
        if refuse:
            raise refuse

    async def beginning():
        life.append("begun")

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    front = Front(
        door, door, Live(), Watched(Pulse(partial=partial)), checked, beginning, beginning
    )
    scope = {"type": "http", "path": path, "method": "GET", "headers": list(headers)}
    asyncio.run(front(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[-1]["body"], front


def test_each_request_finds_its_door_and_is_counted():
    for path, door in (("/", "pages"), ("/api/v1/roi", "api"), ("/metrics", "/metrics")):
        status, headers, _, front = answered(path, headers=[(b"x-request-id", b"r1")])
        assert (status, headers[b"x-request-id"]) == (200, b"r1")
        assert front.watched.answers[(door, 200)] == 1
    assert answered("/healthz")[2] == b"ok\n"
    assert answered("/readyz")[::2][0] == 200
    assert answered("/live")[1][b"content-type"].startswith(b"text/event-stream")


def test_numbers_and_changes_are_told_only_to_who_may_read():
    for path in ("/metrics", "/live"):
        status, _, body, _ = answered(path, refuse=NotAdmitted("Say who you are."))
        assert (status, body) == (401, b"Say who you are.\n")


def test_what_figures_lack_is_told_on_every_page_and_keeps_nothing_from_being_ready():
    lost = ("Figures are partial: node us-1 is missing.",)
    _, headers, body, _ = answered("/", partial=lost)
    assert (headers[b"x-truelift-partial"], body.decode()) == (b"1", lost[0])
    assert b"x-truelift-partial" not in answered("/")[1]
    status, _, body, _ = answered("/readyz", partial=lost)
    assert (status, body.decode()) == (200, f"ready\n{lost[0]}\n")


def test_what_keeps_it_from_being_ready_is_answered():
    async def ask():
        sent = []

        async def send(message):
            sent.append(message)

        async def nothing():
            pass

        front = Front(None, None, Live(), Watched(Pulse(fault="It broke.")), None, nothing, nothing)
        await front({"type": "http", "path": "/readyz", "method": "GET", "headers": []}, None, send)
        return sent[0]["status"], sent[1]["body"]

    assert asyncio.run(ask()) == (503, b"The last round failed: It broke.\n")


def test_the_servers_life_is_told_and_a_beginning_that_fails_too():
    async def live_through(begin):
        sent, messages = [], ["startup", "shutdown"]

        async def receive():
            return {"type": f"lifespan.{messages.pop(0)}"}

        async def send(message):
            sent.append(message["type"])

        async def nothing():
            pass

        front = Front(None, None, Live(), Watched(Pulse()), None, begin, nothing)
        await front({"type": "lifespan"}, receive, send)
        return sent

    async def good():
        pass

    async def bad():
        raise OSError("no")  # noqa: EM101 - a fault

    assert asyncio.run(live_through(good)) == [
        "lifespan.startup.complete", "lifespan.shutdown.complete",
    ]  # fmt: skip
    assert asyncio.run(live_through(bad)) == ["lifespan.startup.failed"]
