"""Requests: few headers are looked at, none at length; a body keeps its limits."""

from __future__ import annotations

import asyncio

import pytest

from truelift.collector.request import BodyRefused, caller, every_header, whole_body


def parts(*pieces):
    queue = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        if piece is not None
        else {"type": "http.disconnect"}
        for number, piece in enumerate(pieces)
    ]

    async def receive():
        return queue.pop(0)

    return receive


def read(receive, length="", most=10):
    return asyncio.run(whole_body(receive, length, most, 1))


def test_a_body_comes_whole_or_in_pieces():
    assert read(parts(b"abc")) == b"abc"
    assert read(parts(b"abc", b"", b"def")) == b"abcdef"
    assert read(parts(b"a" * 10), "10") == b"a" * 10


@pytest.mark.parametrize(
    ("receive", "length", "status"),
    [
        (parts(b"a" * 11), "", 413),
        (parts(b"a" * 6, b"a" * 6), "", 413),
        (parts(b""), "11", 413),
        (parts(b""), "9" * 99, 413),
        (parts(b"a", None), "", 408),
    ],
)
def test_a_body_beyond_the_limits_is_refused(receive, length, status):
    with pytest.raises(BodyRefused) as refused:
        read(receive, length)
    assert refused.value.status == status


def test_the_first_of_a_header_counts_and_only_its_beginning_is_kept():
    scope = {"headers": [(b"user-agent", b"a" * 5_000), (b"user-agent", b"b"), (b"x-other", b"c")]}
    found = caller(scope)
    assert found.headers == {"user-agent": "a" * 1_024}
    assert (found.address, found.header("referer")) == ("", "")
    assert every_header(scope)["x-other"] == "c"


def test_a_wait_that_is_too_long_is_refused_and_a_stopped_server_stops():
    async def never():
        await asyncio.sleep(60)

    async def work():
        with pytest.raises(BodyRefused, match="in time"):
            await whole_body(never, "", 10, 0.01)
        assert asyncio.current_task().cancelling() == 0
        task = asyncio.create_task(whole_body(never, "", 10, 60))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
