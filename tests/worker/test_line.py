import asyncio
import contextvars
import threading

import pytest

from truelift.base.errors import Busy
from truelift.worker.line import Line


def test_calls_run_one_after_the_other_on_a_thread_of_their_own():
    told = contextvars.ContextVar("told", default="")

    async def ask():
        line = Line("a")
        told.set("mine")
        names = await asyncio.gather(*(line(lambda: threading.current_thread().name) for _ in "ab"))
        assert set(names) == {"a_0"}
        assert await line(told.get) == "mine"
        with pytest.raises(ZeroDivisionError):
            await line(lambda: 1 / 0)
        line.close()

    asyncio.run(ask())


def test_when_too_many_wait_the_next_is_refused():
    async def ask():
        line, go = Line("a", most_waiting=2), threading.Event()
        first = [asyncio.ensure_future(line(go.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="in a moment"):
            await line(go.wait)
        go.set()
        await asyncio.gather(*first)
        assert line.waiting == 0
        line.close()

    asyncio.run(ask())
