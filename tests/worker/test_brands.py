"""A request finds the front of the brand that its address names."""

from __future__ import annotations

import asyncio

import pytest

from truelift.web.visiting import PREFIX
from truelift.worker.brands import Brands


def front(name, heard):
    async def answer(scope, _receive, _send):
        heard.append((name, scope.get("path"), scope.get("raw_path"), PREFIX.get()))

    return answer


def asked(path, raw=None, kind="http"):
    heard = []
    brands = Brands({name: front(name, heard) for name in ("acme", 'b/c "d"')})
    scope = {"type": kind, "path": path, "raw_path": (raw or path).encode()}
    asyncio.run(brands(scope, None, None))
    assert PREFIX.get() == ""
    return heard[0]


@pytest.mark.parametrize(
    ("raw", "path", "found"),
    [
        ("/roi", "/roi", ("acme", "/roi", b"/roi", "")),
        ("/b/acme/roi", "/b/acme/roi", ("acme", "/roi", b"/roi", "/b/acme")),
        ("/b/acme", "/b/acme", ("acme", "/", b"/", "/b/acme")),
        ("/b/nosuch/roi", "/b/nosuch/roi", ("acme", "/b/nosuch/roi", b"/b/nosuch/roi", "")),
        ("/bridge", "/bridge", ("acme", "/bridge", b"/bridge", "")),
        (
            "/b/b%2Fc%20%22d%22/campaign/x%2Ey?z=1", '/b/b/c "d"/campaign/x.y',
            ('b/c "d"', "/campaign/x.y", b"/campaign/x%2Ey", "/b/b%2Fc%20%22d%22"),
        ),
    ],
)  # fmt: skip
def test_each_request_is_answered_by_its_brand(raw, path, found):
    assert asked(path, raw) == found


def test_the_servers_life_is_the_first_ones():
    assert asked("/b/x/y", kind="lifespan")[0] == "acme"
