"""A served workspace killed under mixed load: every cent that was acknowledged, and no more.

Clicks, rows of a server's key and signed webhooks, each of these delivered twice, over real
connections. `make soak` kills a hundred times.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import io
import itertools
import json
import random
import re
import signal
import time
from collections import Counter
from decimal import Decimal

import pytest

from truelift.cli.main import run

until = __import__("runpy").run_path(__file__.replace("test_kills.py", "conftest.py"))["until"]

CLICK_ID = re.compile(rb"[?&]tl=([A-Za-z0-9_-]{22})")
CONNECTIONS = 8
AT = "2026-03-07T12:00:00Z"


class Ledger:
    """What was sent and what was acknowledged: amounts in cents by id, and ids of clicks."""

    def __init__(self):
        self.orders, self.refunds = {}, {}
        self.acknowledged = {"orders": set(), "refunds": set(), "clicks": set()}
        self.numbers = itertools.count(1)


def told(*words):
    """Run a command and give what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert run(list(words)) == 0
    return out.getvalue().strip()


def post(path, body, headers):
    lines = [f"POST {path} HTTP/1.1", "host: a", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def signed(secret, name, body):
    """Sign as Standard Webhooks does."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    at = str(int(time.time()))
    told = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name, "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(told).decode(),
    }  # fmt: skip


async def asked(reader, writer, request):
    writer.write(request)
    answer = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"content-length: (\d+)", answer)[1]))
    return answer


async def trade(port, keys, ledger, chance):
    """Click, order by key or hook, refund some; until the server dies."""
    key, path, secret = keys
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, IndexError):
        while True:
            answer = await asked(reader, writer, b"GET /r/ana HTTP/1.1\r\nhost: a\r\n\r\n")
            ledger.acknowledged["clicks"].add(CLICK_ID.search(answer)[1].decode())
            number = next(ledger.numbers)
            name, cents = f"k{number}", chance.randrange(1, 30_000)
            ledger.orders[name] = cents
            cells = {
                "order_id": name, "ordered_at": AT, "currency": "USD",
                "subtotal": f"{cents / 100:.2f}", "code": "ANA",
            }  # fmt: skip
            if number % 2:
                body = json.dumps({"kind": "orders", **cells}).encode()
                requests = [post("/collect", body, {"x-truelift-key": key})]
            else:
                body = json.dumps({"type": "orders", "data": cells}).encode()
                requests = [post(path, body, signed(secret, f"d-{name}", body))] * 2
            for request in requests:
                if b" 20" in (await asked(reader, writer, request))[:13]:
                    ledger.acknowledged["orders"].add(name)
            if number % 5 == 0:
                ledger.refunds[name] = back = chance.randrange(1, cents + 1)
                body = json.dumps(
                    {"kind": "refunds", "refund_id": name, "order_id": name, "refunded_at": AT,
                     "amount": f"{back / 100:.2f}", "currency": "USD"}
                ).encode()  # fmt: skip
                answer = await asked(
                    reader, writer, post("/collect", body, {"x-truelift-key": key})
                )
                if b" 20" in answer[:13]:
                    ledger.acknowledged["refunds"].add(name)
    writer.close()


async def load(served, seconds, keys, ledger, chance):
    tasks = [
        asyncio.create_task(trade(served.port, keys, ledger, chance)) for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    await asyncio.to_thread(served.stop, signal.SIGKILL)
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)


def cents(text):
    return int((Decimal(text) * 100).to_integral_exact())


@pytest.mark.soak
@pytest.mark.parametrize("kills", [2, 100])
def test_kills_under_mixed_load_lose_no_cent_and_double_none(shop, serving, kills):
    key = told("key", "add", "--server", "-w", str(shop))
    secret = told("hook", "add", "standard", "--id", "shop-hook", "-w", str(shop))
    ledger, chance = Ledger(), random.Random(kills)
    for _ in range(kills):
        served = serving(shop).ready()
        seconds = chance.uniform(0.2, 1.5)
        asyncio.run(
            load(served, seconds, (key, "/hook/standard/shop-hook", secret), ledger, chance)
        )
    served = serving(shop).ready()
    until(lambda: "truelift_spool_waiting_bytes 0.0" in served.ask("/metrics")[2])
    clicks = Counter(row["click_id"] for row in served.rows("clicks"))
    assert ledger.acknowledged["clicks"] <= set(clicks)
    assert max(clicks.values()) == 1
    for kind, key_name, amount in (
        ("orders", "order_id", "subtotal"), ("refunds", "refund_id", "amount"),
    ):  # fmt: skip
        sent, acknowledged = getattr(ledger, kind), ledger.acknowledged[kind]
        rows = [row for row in served.rows(kind) if row[key_name].startswith("k")]
        found = {row[key_name]: cents(row[amount]) for row in rows}
        assert len(found) == len(rows)
        assert acknowledged <= set(found) <= set(sent)
        assert found == {name: sent[name] for name in found}
        assert acknowledged
