"""Uploading: a file comes in, is looked at, mapped, tried, and only then imported.

In:   a file that a browser sends (multipart), and what a person says about its columns.
Out:  the pages of the upload; the file in the workspace's own folder, written as it comes.

Who sends is asked for their right before a byte of the body is read, and so is the size.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from truelift.base.errors import TrueliftError, UsageError
from truelift.facts.kinds import KINDS
from truelift.web.acts import DONE, ONCE, Outcome
from truelift.web.answers import TooLarge, own_form
from truelift.web.asked import read
from truelift.web.desk import Answer, Desk
from truelift.web.door import Result, Workspace
from truelift.web.screens.upload import CHECK, DATES, DECIMAL, KIND, MAPPED, UPLOAD, first, second
from truelift.web.visiting import PREFIX

Asking = Request[None, None, Any]
Runner = Callable[[Callable[[], Any]], Awaitable[Any]]

LARGEST_UPLOAD = 256 << 20
"""Bytes of a file that is sent, unless the settings say otherwise."""

BESIDE = 64 << 10
"""Bytes that the form around a file may take."""

PASTED = "pasted.csv"
_COLUMNS = sorted({name for kind in KINDS.values() for name in kind.names})
FIELDS = (
    UPLOAD, KIND, MAPPED, DATES, DECIMAL, CHECK, DONE,
    *(f"c.{name}" for name in _COLUMNS), *(f"f.{name}" for name in _COLUMNS),
)  # fmt: skip


@dataclass(slots=True)
class Received:
    """What came in: the once word of the form, the name of the file, and whether any byte did."""

    once: str = ""
    name: str = ""
    size: int = 0
    rows: Result | None = field(default=None, repr=False)

    @property
    def upload(self) -> str:
        """Give the id under which the file waits."""
        return str(self.rows.rows[0][UPLOAD]) if self.rows else ""

    @property
    def path(self) -> str:
        """Give where the file is written."""
        return str(self.rows.rows[0]["path"]) if self.rows else ""


def routes(
    desk: Desk,
    writer: tuple[Workspace, Runner],
    who_sends: Callable[[Asking], str | None],
    largest: int = LARGEST_UPLOAD,
) -> list[HTTPRouteHandler]:
    """Make the routes of the upload. Trying a file runs where forms do: pages go on meanwhile.

    who_sends: what a request says of whom it is by.
    """
    workspace, writing = writer

    @get("/upload")
    async def begin(request: Asking) -> Answer:
        asked = read("/upload", request.scope["query_string"], (DONE,))
        who = who_sends(request)
        page: Answer = await writing(lambda: first(desk, asked, workspace.acting(who), largest))
        return page

    @get("/upload/look")
    async def look(request: Asking) -> Answer:
        asked = read("/upload/look", request.scope["query_string"], FIELDS)
        who = who_sends(request)
        page: Answer = await writing(lambda: second(desk, asked, workspace.acting(who)))
        return page

    @post("/upload", request_max_body_size=None)
    async def send(request: Asking) -> Response[bytes]:
        own_form(request)
        told: Any = await writing(lambda: workspace.acting(who_sends(request)))
        await writing(told.waiting_uploads)  # who may not import is refused before anything is read
        _check_length(request, largest)
        received = Received()
        try:
            await _receive(request, told, writing, received, largest)
            where = f"/upload/look?{urlencode({UPLOAD: received.upload})}"
        except UsageError as error:
            desk.forms.keep(received.once, Outcome("upload", str(error), {}, refused=True))
            where = f"/upload?{urlencode({DONE: received.once})}"
        return Response(b"", status_code=303, headers={"location": f"{PREFIX.get()}{where}"})

    return [begin, look, send]


def _check_length(request: Asking, largest: int) -> None:
    """Refuse what says itself that it is too large, before it is read."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > largest + BESIDE:
        raise _too_large(largest)


def _too_large(largest: int) -> TooLarge:
    return TooLarge(
        f"The file is larger than {largest >> 20} MiB, which is what this server takes; send it in "
        "parts, pack it with gzip, or import it with the command line."
    )


async def _receive(
    request: Asking,
    told: Any,  # noqa: ANN401 - the workspace of who sends
    writing: Runner,
    received: Received,
    largest: int,
) -> None:
    """Write the file of a form as it comes; whatever goes wrong, no half a file stays."""
    try:
        async with contextlib.aclosing(_parts(request)) as parts:
            await _write(parts, told, writing, received, largest)
    except BaseException as error:
        if received.upload:
            await writing(lambda: told.drop_upload(received.upload))
        if isinstance(error, OSError):
            msg = f"The file could not be kept ({error.strerror}); ask whoever runs this server."
            raise TrueliftError(msg) from error
        raise


async def _parts(request: Asking) -> AsyncGenerator[tuple[MultipartSegment, bytes], None]:
    """Give the body's parts piece by piece, never more than a block of it."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        msg = "A file is sent by the form of this page (multipart/form-data)."
        raise UsageError(msg)
    segment: MultipartSegment | None = None
    try:
        parser = PushMultipartParser(options["boundary"], max_segment_count=8)
        async for block in request.stream():
            if not block:
                continue
            for event in parser.parse(block):
                if isinstance(event, MultipartSegment):
                    segment = event
                    yield segment, b""
                elif event and segment is not None:
                    yield segment, bytes(event)
        parser.close()
    except MultipartError:
        msg = "The file did not come whole; send it again."
        raise UsageError(msg) from None


async def _write(
    parts: AsyncIterator[tuple[MultipartSegment, bytes]],
    told: Any,  # noqa: ANN401 - as above
    writing: Runner,
    received: Received,
    largest: int,
) -> None:
    pasted = False
    with contextlib.ExitStack() as stack:
        file: Any = None
        async for segment, block in parts:
            name = segment.name or ""
            if name == ONCE:
                received.once = (received.once + block.decode("utf-8", "replace"))[:100]
            elif block and (name == "file" or (name == "text" and (pasted or not received.size))):
                pasted = pasted or name == "text"
                if file is None:
                    received.name = PASTED if pasted else segment.filename or PASTED
                    received.rows = await writing(lambda: told.begin_upload(received.name))
                    path = Path(received.path)
                    file = stack.enter_context(path.open("wb"))  # noqa: ASYNC230 - a block goes to the system's memory
                received.size += len(block)
                if received.size > largest:
                    raise _too_large(largest)
                file.write(block)
    if not received.size:
        msg = "No file was chosen and nothing was pasted: choose a file with rows, or paste some."
        raise UsageError(msg)
