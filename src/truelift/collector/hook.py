"""Hooks: POST /hook/{source}/{id}, signed by a shop. Kept byte for byte, then answered."""

from __future__ import annotations

from truelift.catalog.served import HookEndpoint
from truelift.collector.answer import JSON, NO_STORE, Receive, Scope, Send, answer, problem
from truelift.collector.machinery import Machinery
from truelift.collector.request import BodyRefused, every_header, whole_body
from truelift.facts.hit import Hook, encode
from truelift.facts.signature import signed

ROUTE = "/hook/"
KEPT_HEADERS = frozenset(
    {
        "content-type", "user-agent", "webhook-id", "webhook-timestamp", "x-shopify-topic",
        "x-shopify-shop-domain", "x-shopify-webhook-id", "x-shopify-event-id",
        "x-shopify-triggered-at", "x-shopify-api-version", "x-wc-webhook-topic",
        "x-wc-webhook-resource", "x-wc-webhook-event", "x-wc-webhook-source", "x-wc-webhook-id",
        "x-wc-webhook-delivery-id",
    }
)  # fmt: skip
"""Headers that say what a delivery is; signatures are not kept."""

_TAKEN = b'{"kept":true}'


async def hook(machinery: Machinery, scope: Scope, receive: Receive, send: Send) -> int:
    """Take a delivery; give the status."""
    source, _, hook_id = scope["path"][len(ROUTE) :].partition("/")
    endpoint = machinery.served().hooks.get((source, hook_id))
    if endpoint is None:
        await problem(send, 404, "There is no such hook; `truelift hook list` names them.")
        return 404
    if scope["method"] != "POST":
        allow = [(b"allow", b"POST")]
        await problem(send, 405, "Webhooks are sent with POST.", headers=allow)
        return 405
    headers = every_header(scope)
    limits = machinery.limits
    try:
        body = await whole_body(
            receive, headers.get("content-length", ""), limits.body_bytes, limits.body_seconds
        )
    except BodyRefused as refused:
        await problem(send, refused.status, refused.detail)
        return refused.status
    if _is_ping(source, headers, body):
        await answer(send, 200, [JSON, NO_STORE], b'{"kept":false}')
        return 200
    return await _take(machinery, endpoint, headers, body, send)


async def _take(
    machinery: Machinery, endpoint: HookEndpoint, headers: dict[str, str], body: bytes, send: Send
) -> int:
    now_us = machinery.now_us()
    found = signed(endpoint.source, headers, body, endpoint.secrets, now_us)
    if found is None:
        machinery.counters.bad_signatures += 1
        detail = "No secret of this hook fits the signature; check the secret at the sender."
        await problem(send, 401, detail)
        return 401
    kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    commit = machinery.append(
        encode(
            Hook(
                brand=endpoint.brand, source=endpoint.source, hook_id=endpoint.hook_id,
                delivery_id=found.delivery_id, received_us=now_us, body=body, topic=found.topic,
                headers=kept, stale=found.stale,
            )
        )
    )  # fmt: skip
    if commit is None or not await commit.committed:
        detail = "Nothing was kept: the disk is full or too slow. Deliver it again later."
        await problem(send, 503, detail)
        return 503
    if found.stale:
        machinery.counters.stale += 1
        detail = "The delivery was signed more than 300 s away from now; check both clocks."
        await problem(send, 401, detail)
        return 401
    await answer(send, 200, [JSON, NO_STORE], _TAKEN)
    return 200


def _is_ping(source: str, headers: dict[str, str], body: bytes) -> bool:
    """Say whether WooCommerce only asks if somebody is here; that request is not signed."""
    return (
        source == "woocommerce"
        and "x-wc-webhook-signature" not in headers
        and body.startswith(b"webhook_id=")
        and body[len(b"webhook_id=") :].isdigit()
    )
