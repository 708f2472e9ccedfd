"""Signatures of webhooks: who sent this body, byte for byte, and when it was signed.

In:   a scheme, the headers, the raw body, one or two secrets, the time.
Out:  Signed (delivery id, topic, whether it is stale), or None when no secret fits.

Every secret is tried in constant time. Only Stripe and Standard Webhooks sign a time; a delivery
signed more than 300 s away from now is stale: kept, never applied.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

TOLERANCE_US = 300_000_000
SECOND_US = 1_000_000
LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery whose signature holds."""

    delivery_id: str
    topic: str
    stale: bool = False


class _StripeEvent(msgspec.Struct):
    id: str = ""
    type: str = ""


class _TypedBody(msgspec.Struct):
    type: str = ""


_stripe_event = msgspec.json.Decoder(_StripeEvent)
_typed_body = msgspec.json.Decoder(_TypedBody)


def signed(
    source: str, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now_us: int
) -> Signed | None:
    """Check a delivery of a source; None when its signature does not hold or is missing."""
    return _SCHEMES[source](headers, body, secrets, now_us)


def _shopify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], _now_us: int
) -> Signed | None:
    if not _base64_fits(headers.get("x-shopify-hmac-sha256", ""), body, secrets):
        return None
    found = headers.get("x-shopify-event-id") or headers.get("x-shopify-webhook-id")
    return Signed(_id_of(found, body), headers.get("x-shopify-topic", ""))


def _woocommerce(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], _now_us: int
) -> Signed | None:
    if not _base64_fits(headers.get("x-wc-webhook-signature", ""), body, secrets):
        return None
    found = headers.get("x-wc-webhook-delivery-id")
    return Signed(_id_of(found, body), headers.get("x-wc-webhook-topic", ""))


def _stripe(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now_us: int
) -> Signed | None:
    parts = [part.partition("=") for part in headers.get("stripe-signature", "").split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    given = [value.strip().lower() for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not _is_time(times[0]):
        return None
    message = times[0].encode() + b"." + body
    made = [hmac.new(secret, message, hashlib.sha256).hexdigest() for secret in secrets]
    if not _any_same(given, made):
        return None
    try:
        event = _stripe_event.decode(body)
    except msgspec.DecodeError:
        event = _StripeEvent()
    return Signed(_id_of(event.id, body), event.type, _is_stale(times[0], now_us))


def _standard(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now_us: int
) -> Signed | None:
    name, time = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not _is_time(time):
        return None
    given = [
        part.partition(",")[2]
        for part in headers.get("webhook-signature", "").split(" ")
        if part.startswith("v1,")
    ]
    message = f"{name}.{time}.".encode() + body
    if not _any_same(given, [_base64_of(secret, message) for secret in secrets]):
        return None
    try:
        topic = _typed_body.decode(body).type
    except msgspec.DecodeError:
        topic = ""
    return Signed(name[:LONGEST_ID], topic, _is_stale(time, now_us))


_SCHEMES = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "stripe": _stripe,
    "standard": _standard,
}


def secret_bytes(source: str, text: str) -> bytes:
    """Give the bytes that sign: Standard Webhooks writes them as `whsec_` and base64.

    ValueError when the text is none.
    """
    if source != "standard" or not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        msg = "what follows whsec_ is no base64; copy the secret whole"
        raise ValueError(msg) from error


def _base64_fits(given: str, body: bytes, secrets: Sequence[bytes]) -> bool:
    return bool(given) and _any_same([given], [_base64_of(secret, body) for secret in secrets])


def _base64_of(secret: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, message, "sha256")).decode()


def _any_same(given: Sequence[str], made: Sequence[str]) -> bool:
    """Compare every signature with every one that would be right, all of them, in equal time."""
    found = False
    for each in given[:4]:
        for right in made:
            found |= hmac.compare_digest(each.encode("utf-8", "replace"), right.encode())
    return found


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("9999999999")


def _is_stale(text: str, now_us: int) -> bool:
    return abs(int(text) * SECOND_US - now_us) > TOLERANCE_US


def _id_of(found: str | None, body: bytes) -> str:
    """Give the sender's id of a delivery, else one made of the body: the same body is the same."""
    return (found or f"sha256:{hashlib.sha256(body).hexdigest()}")[:LONGEST_ID]
