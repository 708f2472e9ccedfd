import asyncio
import json

from truelift.web import live as lives
from truelift.web.live import Live, event


class Page:
    """An open page: what it was sent, and when it goes away."""

    def __init__(self):
        self.sent, self.gone = [], asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def told(self):
        bodies = [message.get("body", b"").decode() for message in self.sent]
        return [json.loads(text.partition("data: ")[2]) for text in bodies if "data: " in text]


async def settle():
    for _ in range(20):
        await asyncio.sleep(0.002)


def test_every_open_page_is_told_and_all_streams_end_with_the_server():
    async def play():
        live, pages = Live(), [Page(), Page()]
        live.publish("early", "nobody hears this")
        live.begin()
        tasks = [asyncio.ensure_future(live.stream(page.receive, page.send)) for page in pages]
        await settle()
        assert live.streams == 2
        await asyncio.to_thread(live.publish, "a.1", "<b>1</b>")
        await settle()
        for version in ("a.2", "a.3"):  # a page that lags gets the newest one
            live._tell(version, "")
        await settle()
        assert [each["version"] for each in pages[0].told] == ["a.1", "a.3"]
        pages[0].gone.set()
        await settle()
        assert live.streams == 1
        live.end()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        assert pages[1].sent[-1] == {"type": "http.response.body", "body": b""}
        late = Page()
        await live.stream(late.receive, late.send)
        assert late.sent[0]["status"] == 503

    asyncio.run(play())


def test_a_quiet_stream_says_that_it_is_still_here(monkeypatch):
    monkeypatch.setattr(lives, "KEEP_ALIVE_SECONDS", 0.01)

    async def play():
        live, page = Live(), Page()
        live.begin()
        task = asyncio.ensure_future(live.stream(page.receive, page.send))
        await asyncio.sleep(0.1)
        live.end()
        await task
        assert any(message.get("body") == b": still here\n\n" for message in page.sent)

    asyncio.run(play())


def test_an_event_is_one_line_of_data():
    assert event("v", "a\nb").count("\n") == 3
