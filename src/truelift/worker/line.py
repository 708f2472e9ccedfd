"""Lines: threads that each do one thing after the other, and refuse when too much waits.

In:   calls, from the server's loop.
Out:  their results. What reads and what writes stand in lines of their own, so that a page is
      answered while an import runs; the stores of a line are used on its thread only.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from truelift.base.errors import Busy

Found = TypeVar("Found")

MOST_WAITING = 64


class Line:
    """One thread, and at most so many calls that wait for it."""

    def __init__(self, name: str, most_waiting: int = MOST_WAITING) -> None:
        """Start with nobody waiting."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._most = most_waiting
        self.waiting = 0

    async def __call__(self, call: Callable[[], Found]) -> Found:
        """Do a call when its turn comes; Busy when too many wait."""
        if self.waiting >= self._most:
            msg = "Too many requests are waiting; send this one again in a moment."
            raise Busy(msg)
        self.waiting += 1
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, lambda: context.run(call))
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Take no more calls; those that wait are dropped, the running one ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
