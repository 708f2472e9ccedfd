"""Rendered: a page that was written a moment ago is given to who asks next, without writing it.

In:   what a request asks for, and what makes the page.
Out:  the same answer; two hundred people at one page cost what one does.

Kept are pages that are the same for everybody with the same rights, but for the name of who is
here: no page with a form that is sent once, and none that waits for something. What a person did
is on the next page at once; while facts come in by themselves a page is a second old at most.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from litestar import Response

from truelift.web.acts import ONCE
from truelift.web.asked import Asked
from truelift.web.desk import Answer, Desk
from truelift.web.visiting import CALLER, PARTIAL, PREFIX, UNNAMED, named

Key = tuple[Any, ...]

KEPT, SECONDS = 64, 1.0

OWN = (f'name="{ONCE}"'.encode(), b'http-equiv="refresh"')
"""What says that a page is for one person, or of one moment."""


@dataclass(slots=True)
class Rendered:
    """Pages of one desk as they were written last."""

    desk: Desk
    tick: Callable[[], float] = time.monotonic
    _pages: OrderedDict[Key, tuple[bytes, int, str, float]] = field(default_factory=OrderedDict)

    def answer(self, path: str, asked: Asked, show: Callable[[], Answer]) -> Answer:
        """Give a page, from what is kept where that still stands."""
        version, settled = self.desk.reading.version, self.desk.reading.settled
        key = (path, *sorted(asked.given.items()), asked.page, PREFIX.get(), PARTIAL.get(), _who())
        kept = self._pages.get(key)
        if kept is not None and kept[1] == settled:
            _, _, written, at = kept
            if written == version or self.tick() - at < SECONDS:
                self._pages.move_to_end(key)
                return _page(kept[0])
        token = UNNAMED.set(True)
        try:
            shown = show()
        finally:
            UNNAMED.reset(token)
        content = shown.content
        if shown.status_code not in {None, HTTPStatus.OK} or any(each in content for each in OWN):
            return _page(content, shown)
        # a page may be of answers that are still being made again: its own version counts
        self._pages[key] = (content, settled, self.desk.told or version, self.tick())
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        return _page(content, shown)


def _who() -> Key:
    """Give what pages tell apart of who asks, but for their name."""
    caller = CALLER.get()
    if caller is None:
        return ()
    visitor = caller.visitor
    return (visitor.rights, tuple(caller.brands), visitor.session is not None, visitor.owner)


def _page(content: bytes, shown: Answer | None = None) -> Answer:
    headers = dict(shown.headers) if shown is not None else {}
    status = shown.status_code if shown is not None else HTTPStatus.OK
    media = shown.media_type if shown is not None and shown.media_type else "text/html"
    return Response(named(content), status_code=status, media_type=media, headers=headers)
