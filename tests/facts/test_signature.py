"""Signatures: a body passes with either live secret, unchanged, soon after it was signed."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from truelift.facts.signature import SECOND_US, Signed, secret_bytes, signed

SECRETS = (b"old secret of the hook", b"new secret of the hook")
NOW = 1_780_000_000
BODY = b'{"id": "evt_1", "type": "checkout.session.completed"}'


def b64(secret, message):
    return base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()


def headers_of(source, secret, body=BODY, at=NOW):
    match source:
        case "shopify":
            return {
                "x-shopify-hmac-sha256": b64(secret, body),
                "x-shopify-topic": "orders/paid",
                "x-shopify-event-id": "e1",
                "x-shopify-webhook-id": "w1",
            }
        case "woocommerce":
            return {
                "x-wc-webhook-signature": b64(secret, body),
                "x-wc-webhook-topic": "order.created",
                "x-wc-webhook-delivery-id": "d1",
            }
        case "stripe":
            made = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
            return {"stripe-signature": f"t={at},v1={'0' * 64},v1={made},v0=x"}
        case _:
            made = b64(secret, f"msg_1.{at}.".encode() + body)
            given = f"v1,x v1,{made} v2,x"
            return {
                "webhook-id": "msg_1",
                "webhook-timestamp": str(at),
                "webhook-signature": given,
            }


EXPECTED = {
    "shopify": Signed("e1", "orders/paid"),
    "woocommerce": Signed("d1", "order.created"),
    "stripe": Signed("evt_1", "checkout.session.completed"),
    "standard": Signed("msg_1", "checkout.session.completed"),
}
EVERY = pytest.mark.parametrize("source", EXPECTED)


def ask(source, headers, body=BODY, secrets=SECRETS, now=NOW):
    return signed(source, headers, body, secrets, now * SECOND_US)


@EVERY
def test_either_live_secret_signs(source):
    for secret in SECRETS:
        assert ask(source, headers_of(source, secret)) == EXPECTED[source]


@EVERY
def test_another_secret_another_body_or_no_signature_is_refused(source):
    good = headers_of(source, SECRETS[0])
    assert ask(source, headers_of(source, b"somebody else's")) is None
    assert ask(source, good, BODY + b" ") is None
    assert ask(source, {}) is None
    assert ask(source, good, secrets=()) is None
    assert ask(source, dict.fromkeys(good, "\u00fc")) is None


@pytest.mark.parametrize("source", ["stripe", "standard"])
@pytest.mark.parametrize(("away", "stale"), [(0, False), (300, False), (301, True), (-301, True)])
def test_a_signed_time_too_far_away_is_stale(source, away, stale):
    found = ask(source, headers_of(source, SECRETS[0], at=NOW - away))
    assert found.stale is stale


@pytest.mark.parametrize("at", ["", "x", "-5", "1.5", "\u0663", "9" * 11])
def test_a_time_that_is_none_is_refused(at):
    made = headers_of("stripe", SECRETS[0])["stripe-signature"].replace(str(NOW), at)
    assert ask("stripe", {"stripe-signature": made}) is None
    assert ask("standard", headers_of("standard", SECRETS[0]) | {"webhook-timestamp": at}) is None


def test_two_times_in_one_signature_are_refused():
    made = headers_of("stripe", SECRETS[0])["stripe-signature"]
    assert ask("stripe", {"stripe-signature": f"{made},t=1"}) is None


@pytest.mark.parametrize("source", ["stripe", "standard"])
def test_a_body_that_is_no_json_has_no_topic(source):
    found = ask(source, headers_of(source, SECRETS[0], b"text"), b"text")
    assert found.topic == ""


def test_a_delivery_without_an_id_is_named_by_its_body():
    made = headers_of("shopify", SECRETS[0])
    by_webhook = {name: text for name, text in made.items() if name != "x-shopify-event-id"}
    assert ask("shopify", by_webhook).delivery_id == "w1"
    bare = {"x-shopify-hmac-sha256": made["x-shopify-hmac-sha256"]}
    first, second = ask("shopify", bare), ask("shopify", bare)
    assert first == second
    assert first.delivery_id.startswith("sha256:")


def test_a_secret_is_read_as_its_scheme_writes_it():
    assert secret_bytes("standard", "whsec_" + base64.b64encode(b"abc").decode()) == b"abc"
    assert secret_bytes("standard", "plain") == b"plain"
    assert secret_bytes("stripe", "whsec_abc") == b"whsec_abc"
    with pytest.raises(ValueError, match="base64"):
        secret_bytes("standard", "whsec_!")
