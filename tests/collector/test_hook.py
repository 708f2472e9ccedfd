"""Hooks: what a shop signed is kept byte for byte; what it did not sign changes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

SECRETS = (b"old secret of the hook", b"new secret of the hook")
BODY = b'{"id": 5, "total_price": "10.00"}'


def b64(secret, message):
    return base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()


def stripe(at, body=BODY):
    made = hmac.new(SECRETS[0], f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe_signature": f"t={at},v1={made}"}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_delivery_is_kept_with_what_says_what_it_is(door, secret):
    answer = door.ask(
        "POST", "/hook/shopify/h1", BODY, x_shopify_hmac_sha256=b64(secret, BODY),
        x_shopify_topic="orders/paid", x_shopify_event_id="e1", cookie="secret",
    )  # fmt: skip
    assert answer.status == 200
    (hit,) = door.hits
    assert (hit.brand, hit.source, hit.hook_id) == ("acme", "shopify", "h1")
    assert (hit.delivery_id, hit.topic, hit.body, hit.stale) == ("e1", "orders/paid", BODY, False)
    assert hit.headers == {"x-shopify-topic": "orders/paid", "x-shopify-event-id": "e1"}


def test_a_signature_that_does_not_hold_is_refused_and_counted(door):
    for headers in ({}, {"x_shopify_hmac_sha256": b64(b"forged", BODY)}):
        assert door.ask("POST", "/hook/shopify/h1", BODY, **headers).status == 401
    assert not door.hits
    assert door.machinery.counters.bad_signatures == 2


@pytest.mark.parametrize(
    "path",
    ["/hook/shopify/other", "/hook/unknown/h1", "/hook/", "/hook/shopify", "/hook/shopify/h1/x"],
)
def test_there_are_no_other_hooks(door, path):
    assert door.ask("POST", path, BODY).status == 404


def test_a_delivery_signed_too_long_ago_is_kept_as_stale_and_refused(door):
    now = door.now_us // 1_000_000
    assert door.ask("POST", "/hook/stripe/h1", BODY, **stripe(now)).status == 200
    assert door.ask("POST", "/hook/stripe/h1", BODY, **stripe(now - 301)).status == 401
    assert [hit.stale for hit in door.hits] == [False, True]
    assert door.machinery.counters.stale == 1


def test_the_same_delivery_has_the_same_id(door):
    for _ in range(2):
        door.ask("POST", "/hook/shopify/h1", BODY, x_shopify_hmac_sha256=b64(SECRETS[0], BODY))
    first, second = door.hits
    assert first.delivery_id == second.delivery_id


@pytest.mark.parametrize("keeps", [None, False])
def test_a_delivery_that_is_not_safe_is_delivered_again(doors, keeps):
    door = doors(keeps=keeps)
    signature = {"x_shopify_hmac_sha256": b64(SECRETS[0], BODY)}
    answer = door.ask("POST", "/hook/shopify/h1", BODY, **signature)
    assert (answer.status, answer["retry-after"]) == (503, "5")


def test_a_body_beyond_the_limit_is_not_read(door):
    signature = {"x_shopify_hmac_sha256": "x", "content_length": str(2**20 + 1)}
    answer = door.ask("POST", "/hook/shopify/h1", b"", **signature)
    assert (answer.status, answer["connection"]) == (413, "close")
    assert door.ask("GET", "/hook/shopify/h1").status == 405


def test_a_shop_that_only_asks_if_somebody_is_here_is_told_so(door):
    assert door.ask("POST", "/hook/woocommerce/h1", b"webhook_id=12").json == {"kept": False}
    assert door.ask("POST", "/hook/woocommerce/h1", b"webhook_id=12&order=1").status == 401
    assert door.ask("POST", "/hook/shopify/h1", b"webhook_id=12").status == 401
    assert not door.hits
