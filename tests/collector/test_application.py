"""The collector as an application: its own paths are answered, all others are passed on."""

from __future__ import annotations

import asyncio

import pytest

from truelift.collector.application import Collector


@pytest.mark.parametrize("path", ["/", "/r", "/collect/", "/p.gif/x", "/api/v1/orders", "/hook"])
def test_other_paths_go_to_the_next_application(doors, path):
    async def next_app(scope, _receive, send):
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    answer = doors(next_app=next_app).ask("GET", path)
    assert (answer.status, answer.body.decode()) == (299, path)
    alone = doors().ask("GET", path)
    assert (alone.status, alone["content-type"]) == (404, "application/problem+json")


def test_answers_are_counted_by_route_and_status(door):
    door.ask("GET", "/r/ana1")
    door.ask("GET", "/r/none")
    door.ask("GET", "/p.gif")
    door.ask("POST", "/collect")
    door.ask("POST", "/hook/none")
    assert door.app.counters.answers == {
        ("/r/", 302): 1, ("/r/", 404): 1, ("/p.gif", 200): 1, ("/collect", 401): 1,
        ("/hook/", 404): 1,
    }  # fmt: skip


def test_alone_it_follows_the_life_of_its_server(door):
    told = iter(["lifespan.startup", "lifespan.shutdown"])
    said = []

    async def receive():
        return {"type": next(told)}

    async def send(message):
        said.append(message["type"])

    asyncio.run(Collector(door.machinery)({"type": "lifespan"}, receive, send))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    asyncio.run(Collector(door.machinery)({"type": "websocket"}, receive, send))
